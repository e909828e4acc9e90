//! What `doctor` wants to know next. Pure: escalation is decided here, from what is known, and tested without a network.

use super::around;
use crate::{
    model::{
        agent_role,
        agents::{self, AgentRole},
        around::readiness,
        component::Component,
        kubelet,
        question::{AccessSpec, Credential, ObjectRef, Permission, Question, Who},
        snapshot::Snapshot,
        survey,
    },
    view::{
        View,
        cluster_agent::{self, TokenSource},
    },
};
use std::{collections::BTreeSet, net::IpAddr};

/// The questions that are worth asking, answered ones included.
///
/// Wave by wave: the survey of `detect` with the agents' workloads; what these refer to, and what their account
/// may; the endpoints as nobody; the endpoints with certificate and token.
#[must_use]
pub fn doctor(snapshot: &Snapshot) -> BTreeSet<Question> {
    if snapshot.wanted.on_node.is_some() {
        return super::on_node::doctor(snapshot);
    }
    let view = View::new(snapshot);
    if !snapshot.wanted.endpoints.is_empty() {
        return probes(&view);
    }
    let mut questions = super::detect(snapshot);
    questions.insert(Question::List(agents::daemon_sets()));
    questions.extend(agents::cluster_agent_pods().map(Question::List));
    questions.extend(agents::labelled_deployments().map(Question::List));
    questions
        .extend([agents::deployments(), agents::injected_pods(), agents::services()].map(Question::List));
    questions.extend(around::of_cluster());
    questions.insert(Question::Probe(readiness()));

    if snapshot.wanted.all_nodes {
        questions.insert(Question::List(survey::all_nodes()));
    }
    let names = known_names(&view);
    // An endpoint may depend on any of these, so none is asked before all of them are answered.
    let is_ready = questions.iter().chain(&names).all(|question| snapshot.has(question));
    questions.extend(names);
    if is_ready {
        questions.extend(view.certificate_objects().into_iter().map(Question::Object));
        questions.extend(token_objects(&view).into_iter().map(Question::Object));
        questions.extend(probes(&view));
        questions.extend(reviews(&view));
        questions.extend(around::of_denied(&view));
        questions.extend(said(&view));
    }
    questions
}

/// What becomes askable once nodes and agents are known by name.
fn known_names(view: &View<'_>) -> BTreeSet<Question> {
    let mut questions = around::of_names(view);
    let addresses = view.instances.iter().filter_map(|instance| instance.node.as_deref());
    for node in addresses.filter_map(|name| view.nodes.get(name)) {
        let address = node.address("InternalIP").and_then(|address| address.parse::<IpAddr>().ok());
        questions.extend(address.map(Question::Here));
    }
    let workloads = view.agents.workloads.as_deref().unwrap_or_default();
    for workload in workloads {
        for node in view.control_plane_nodes().unwrap_or_default() {
            questions.insert(Question::List(agents::pods_on(
                &workload.namespace,
                &workload.selector,
                &node.name,
            )));
        }
        questions.extend(view.agents.config_maps_of(workload).into_iter().map(Question::Object));
        let account = workload.account();
        questions.insert(may_get_metrics(Who::Account(account.clone())));
        questions.extend(
            kubelet::SUBRESOURCES
                .map(|subresource| kubelet::review(&account, subresource))
                .map(Question::May),
        );
    }
    for (_, workload) in view.agents.of_all_roles() {
        if agent_role::asks_through_the_api_server(workload) {
            questions.insert(Question::May(kubelet::review(&workload.account(), "proxy")));
        }
        let service = cluster_agent::service_of(workload, &cluster_agent::address(workload));
        questions.extend(service.map(|(namespace, name)| Question::List(agents::service(&namespace, &name))));
    }
    // What the Cluster Agent hands out stands in its own files.
    for workload in view.agents.cluster_agents().unwrap_or_default() {
        questions.extend(view.agents.config_maps_of(workload).into_iter().map(Question::Object));
    }
    for (role, workload) in view.agents.identities() {
        if role == AgentRole::Runner {
            questions.insert(may_get_metrics(Who::Account(workload.account())));
        }
        if view.snapshot.wanted.as_agent {
            questions.insert(Question::Token(workload.token()));
        }
    }
    if view.snapshot.services(&agents::services()).value().is_some_and(|listed| !listed.complete) {
        questions.extend(agents::control_plane_services().map(Question::List));
    }
    for node in view.instances_of(Component::Kubelet).filter_map(|kubelet| kubelet.node.clone()) {
        questions.insert(Question::KubeletConfig(node));
    }
    if view.snapshot.wanted.listening.logs || view.snapshot.wanted.listening.exec {
        questions.extend(
            view.agents
                .speaking()
                .map(|(_, workload)| agents::pods_of(&workload.namespace, &workload.selector))
                .map(Question::List),
        );
    }
    if !workloads.is_empty() {
        questions.insert(may_get_metrics(Who::Anonymous));
    }
    questions
}

/// The Secrets that hold the tokens of the agents and of the Cluster Agent.
fn token_objects(view: &View<'_>) -> BTreeSet<ObjectRef> {
    let presenting = view.agents.of_all_roles().map(|(_, workload)| workload);
    presenting
        .chain(view.agents.cluster_agents().unwrap_or_default())
        .filter_map(|workload| match cluster_agent::token_source(workload) {
            TokenSource::Secret { namespace, name, .. } => Some(agents::secret(&namespace, &name)),
            TokenSource::Written | TokenSource::Missing => None,
        })
        .collect()
}

/// The accounts whose token an endpoint has refused: whether it is a bad one the API server knows.
fn reviews(view: &View<'_>) -> BTreeSet<Question> {
    view.instances
        .iter()
        .flat_map(|instance| view.probes(instance))
        .filter(|(_, record)| record.status() == Some(401))
        .filter_map(|(spec, _)| match &spec.credential {
            Credential::Account(account) => Some(Question::Review(account.clone())),
            _ => None,
        })
        .collect()
}

/// What agents and control plane say of themselves, as far as that was asked for.
fn said(view: &View<'_>) -> BTreeSet<Question> {
    let mut questions = BTreeSet::new();
    if view.snapshot.wanted.listening.logs {
        questions.extend(view.speakers().into_iter().map(|speaker| Question::Logs(speaker.log)));
    }
    if view.snapshot.wanted.listening.exec {
        questions.extend(view.informants().into_iter().map(|informant| Question::Exec(informant.command)));
    }
    questions
}

fn may_get_metrics(who: Who) -> Question {
    Question::May(AccessSpec { who, action: Permission::path("get", "/metrics") })
}

fn probes(view: &View<'_>) -> BTreeSet<Question> {
    view.instances.iter().flat_map(|instance| view.plan(instance)).map(Question::Probe).collect()
}

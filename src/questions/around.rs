//! What is worth knowing about what stands around the agents, once they are known by name. It asks for nothing twice and for
//! nothing that nobody judges.

use crate::{
    model::{
        agents::{self, AgentRole},
        answer::Answer,
        around,
        facts::Node,
        kubelet,
        observed::Observed,
        question::{AccountRef, ListSpec, Permission, Question, Who},
        rights::RoleKind,
        snapshot::Snapshot,
        workload::Workload,
    },
    view::{
        View,
        cluster_agent::{self, Address},
    },
};
use std::collections::BTreeSet;

/// How many namespaces with agents are looked at; sidecars may be in many.
const MAX_NAMESPACES: usize = 8;

/// How many control-plane nodes are asked about themselves.
const MAX_NODES: usize = 9;

/// What is asked of every cluster.
pub(super) fn of_cluster() -> impl Iterator<Item = Question> {
    around::of_cluster().into_iter().map(Question::List)
}

/// What is asked once agents and nodes are known by name.
pub(super) fn of_names(view: &View<'_>) -> BTreeSet<Question> {
    let mut questions = BTreeSet::new();
    if serves(view.snapshot, around::OPERATOR_GROUP) {
        questions.insert(Question::List(around::datadog_agents()));
    }
    let cluster_agents = view.agents.cluster_agents().unwrap_or_default();
    for namespace in view.agents.namespaces().into_iter().take(MAX_NAMESPACES) {
        questions.insert(Question::Object(around::namespace(namespace)));
        questions.insert(Question::List(around::warnings(namespace)));
    }
    for workload in &cluster_agents {
        let account = workload.account();
        questions.insert(Question::List(around::network_policies(&workload.namespace)));
        questions.insert(Question::List(around::leases(&workload.namespace)));
        questions.extend(around::of_cluster_agent(&account).map(Question::May));
    }
    questions.extend(view.agents.runners.iter().map(|runner| Question::List(of_workload(runner))));
    let accounts: BTreeSet<AccountRef> = view
        .agents
        .of_all_roles()
        .map(|(_, workload)| workload.account())
        .chain(cluster_agents.iter().map(|workload| workload.account()))
        .collect();
    questions.extend(accounts.iter().map(|account| Question::Object(around::service_account(account))));
    for (role, workload) in view.agents.identities() {
        let account = workload.account();
        if matches!(role, AgentRole::NodeAgent | AgentRole::Runner) {
            questions.insert(Question::May(around::may_read_leases(&account)));
            if serves(view.snapshot, around::EKS_GROUP) {
                questions
                    .extend(["kcm", "ksh"].map(|part| Question::May(around::may_read_eks(&account, part))));
            }
        }
        if role == AgentRole::NodeAgent {
            questions.extend(
                kubelet::FINE_GRAINED
                    .map(|subresource| Question::May(kubelet::review(&account, subresource))),
            );
        }
    }
    questions.extend(services(view));
    let nodes = view.control_plane_nodes().unwrap_or_default();
    questions.extend(nodes.into_iter().take(MAX_NODES).flat_map(of_node));
    if !view.agents.is_nobody() {
        questions
            .extend(around::COMPONENT_USERS.map(|user| Question::May(around::may_read_authentication(user))));
    }
    questions
}

/// A control-plane node's lease and what its kubelet says of its static pods.
fn of_node(node: &Node) -> [Question; 2] {
    [Question::List(around::node_lease(&node.name)), Question::KubeletPods(node.name.clone())]
}

fn of_workload(workload: &Workload) -> ListSpec {
    agents::pods_of(&workload.namespace, &workload.selector)
}

/// The addresses behind the API server's own Service, behind the Cluster Agent's, and behind those that configure checks.
fn services(view: &View<'_>) -> BTreeSet<Question> {
    let mut named: BTreeSet<(String, String)> = [("default".to_owned(), "kubernetes".to_owned())].into();
    for (_, workload) in view.agents.of_all_roles() {
        let address = cluster_agent::address(workload);
        if !matches!(address, Address::Disabled) {
            named.extend(cluster_agent::service_of(workload, &address));
        }
    }
    let (written, _) = view.written();
    named.extend(written.iter().flat_map(|written| written.check.endpoints_of.iter().cloned()));
    let annotated = view.agents.annotated_services().unwrap_or_default();
    named.extend(annotated.into_iter().map(|service| (service.namespace.clone(), service.name.clone())));
    named
        .into_iter()
        .map(|(namespace, name)| Question::List(around::endpoint_slices(&namespace, &name)))
        .collect()
}

/// Bindings and roles, where an account lacks a right: what is bound to whom tells why.
pub(super) fn of_denied(view: &View<'_>) -> BTreeSet<Question> {
    let is_lacking = view.snapshot.asked.iter().any(|asked| match (&asked.question, &asked.answer) {
        (Question::May(spec), Observed::Seen(Answer::Access(access))) => {
            matches!(spec.who, Who::Account(_)) && !access.allowed && !is_one_of_two(&spec.action)
        }
        _ => false,
    });
    if !is_lacking {
        return BTreeSet::new();
    }
    let mut questions: BTreeSet<Question> = [Question::List(around::bindings())].into();
    let bindings = view.snapshot.bindings(&around::bindings());
    let names: BTreeSet<&str> = view.agents.account_names();
    for binding in bindings.value().into_iter().flat_map(|listed| &listed.items) {
        let is_near = binding.subjects.iter().any(|subject| names.contains(subject.name.as_str()));
        if is_near && binding.role.kind == RoleKind::ClusterRole {
            questions.insert(Question::Object(around::cluster_role(&binding.role.name)));
        }
    }
    questions
}

/// Whether a right is one of two that will do: to all of a kubelet, or to the parts of it that agents read.
fn is_one_of_two(right: &Permission) -> bool {
    match right {
        Permission::Resource { resource, subresource: Some(part), .. } => {
            resource == "nodes" && kubelet::FINE_GRAINED.contains(&part.as_str())
        }
        _ => false,
    }
}

fn serves(snapshot: &Snapshot, group: &str) -> bool {
    let groups = snapshot.api_groups();
    groups.value().is_some_and(|groups| {
        groups.iter().any(|served| served.split_once('/').is_some_and(|(name, _)| name == group))
    })
}

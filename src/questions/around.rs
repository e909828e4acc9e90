//! What is worth knowing about what stands around the agents, once they are known by name. It asks for nothing twice and for
//! nothing that nobody judges.

use crate::{
    model::{
        agents::{self, AgentRole},
        answer::Answer,
        around,
        component::Component,
        facts::Node,
        kubelet, monitors,
        observed::Observed,
        question::{AccessSpec, AccountRef, ListSpec, ObjectRef, Question, Who},
        rights::{BindingSubject, RoleKind, SubjectKind},
        snapshot::Snapshot,
        workload::Workload,
    },
    view::{
        View, Written,
        accounts::lease_name,
        cluster_agent::{self, Address},
        exposed_lists,
        kubelets::CLUSTER_CA_FILE,
        references::{copies, env_objects, references},
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
    if view.serves(around::OPERATOR_GROUP) {
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
        questions.extend(around::of_cluster_agent(&account, lease_name(workload)).map(Question::May));
    }
    questions.extend(view.agents.runners.iter().map(|runner| Question::List(of_workload(runner))));
    let is_ailing = |workload: &Workload| workload.replicas.is_some_and(|replicas| !replicas.are_whole());
    let ailing = view.agents.of_all_roles().filter(|(_, workload)| is_ailing(workload));
    questions.extend(ailing.map(|(_, workload)| {
        Question::List(agents::pods_of_ailing(&workload.namespace, &workload.selector))
    }));
    let accounts: BTreeSet<AccountRef> = view
        .agents
        .of_all_roles()
        .map(|(_, workload)| workload.account())
        .chain(cluster_agents.iter().map(|workload| workload.account()))
        .collect();
    questions.extend(accounts.iter().map(|account| Question::Object(around::service_account(account))));
    questions.extend(of_accounts(view));
    questions.extend(referred_to(view).into_iter().map(Question::Object));
    questions.extend(services(view));
    questions.extend(exposed_lists(view).into_iter().map(Question::List));
    questions.extend(of_kubelets(view));
    questions.extend(of_checks(view));
    questions.extend(of_heapster(view.snapshot));
    let nodes = view.control_plane_nodes().unwrap_or_default();
    questions.extend(nodes.into_iter().take(MAX_NODES).flat_map(of_node));
    if !view.agents.is_nobody() {
        questions
            .extend(around::COMPONENT_USERS.map(|user| Question::May(around::may_read_authentication(user))));
    }
    questions
}

/// What the agents verify the certificates of kubelets with, where they verify them.
fn of_kubelets(view: &View<'_>) -> BTreeSet<Question> {
    let verifying =
        view.instances_of(Component::Kubelet).filter_map(|kubelet| view.verifying(kubelet).ok()?);
    verifying.map(|workload| Question::Object(cluster_ca(workload))).collect()
}

/// The cluster's CA, where a check verifies with it.
fn of_checks(view: &View<'_>) -> Vec<Question> {
    let (written, _) = view.written();
    let verifies = |written: &Written<'_>| {
        let mut files = written.check.instances.iter().filter_map(|instance| instance.tls_ca_cert.as_deref());
        files.any(|file| file == CLUSTER_CA_FILE)
    };
    let workloads = written.iter().filter(|written| verifies(written)).filter_map(|written| written.workload);
    workloads.map(|workload| Question::Object(cluster_ca(workload))).collect()
}

fn cluster_ca(workload: &Workload) -> ObjectRef {
    agents::config_map(&workload.namespace, around::CLUSTER_CA)
}

/// The right that was given to Heapster, and whether nobody in particular may ask it, where there are signs of it.
fn of_heapster(snapshot: &Snapshot) -> Vec<Question> {
    if !monitors::has_heapster(snapshot) {
        return Vec::new();
    }
    vec![Question::List(monitors::heapster_binding()), Question::May(around::may_proxy_services())]
}

/// What the accounts that run checks may do, beyond what is asked of each in any case.
fn of_accounts(view: &View<'_>) -> BTreeSet<Question> {
    let mut reviews = BTreeSet::new();
    // Of runners one account stands for all; of node agents there are as many as DaemonSets.
    let first = view.agents.identities();
    for (role, workload) in view.agents.of_all_roles() {
        let account = workload.account();
        match role {
            AgentRole::NodeAgent => {
                reviews.extend(kubelet::FINE_GRAINED.map(|part| kubelet::review(&account, part)));
                reviews.insert(around::may_do_everything(&account));
            }
            AgentRole::Runner if first.get(&role) == Some(&workload) => {}
            _ => continue,
        }
        reviews.insert(around::may_read_leases(&account));
        if view.serves(around::EKS_GROUP) {
            reviews.extend(around::EKS_PARTS.map(|part| around::may_read_eks(&account, part)));
        }
    }
    reviews.into_iter().map(Question::May).collect()
}

/// The objects without which pods do not start, and the origins of those that are copies.
fn referred_to(view: &View<'_>) -> BTreeSet<ObjectRef> {
    let accounts = view.agents.of_all_roles();
    let cluster_agents = view.agents.cluster_agents().unwrap_or_default().into_iter();
    let everybody = accounts.chain(cluster_agents.map(|workload| (AgentRole::ClusterAgent, workload)));
    let mut objects = BTreeSet::new();
    for (role, workload) in everybody {
        objects.extend(references(role, workload).into_iter().map(|reference| reference.object));
        // Whether these set a variable has to be known of the optional ones too.
        objects.extend(env_objects(role, workload).map(|(object, _)| object));
        objects.extend(copies(workload).into_iter().flat_map(|(_, origins)| origins));
    }
    objects
}

/// A control-plane node's lease and what its kubelet says of its static pods.
fn of_node(node: &Node) -> [Question; 2] {
    [Question::List(around::node_lease(&node.name)), Question::KubeletPods(node.name.clone())]
}

fn of_workload(workload: &Workload) -> ListSpec {
    agents::pods_of(&workload.namespace, &workload.selector)
}

/// The addresses behind the API server's own Service, behind the Cluster Agent's, behind those of its webhooks and behind
/// those that configure checks.
fn services(view: &View<'_>) -> BTreeSet<Question> {
    let mut named: BTreeSet<(String, String)> = [("default".to_owned(), "kubernetes".to_owned())].into();
    for (_, workload) in view.agents.of_all_roles() {
        let address = cluster_agent::address(workload);
        if !matches!(address, Address::Disabled) {
            named.extend(cluster_agent::service_of(workload, &address));
        }
    }
    let webhooks = view.snapshot.webhooks(&around::webhooks());
    let webhooks = webhooks.value().into_iter().flat_map(|listed| &listed.items);
    let called =
        webhooks.filter(|webhook| webhook.is_datadogs()).filter_map(|webhook| webhook.service.as_ref());
    named.extend(called.map(|(namespace, name, _)| (namespace.clone(), name.clone())));
    let (written, _) = view.written();
    named.extend(written.iter().flat_map(|written| written.check.endpoints_of.iter().cloned()));
    let annotated = view.agents.annotated_services().unwrap_or_default();
    named.extend(annotated.into_iter().map(|service| (service.namespace.clone(), service.name.clone())));
    named
        .into_iter()
        .map(|(namespace, name)| Question::List(around::endpoint_slices(&namespace, &name)))
        .collect()
}

/// The groups that every account is in, besides those of its own namespace.
const GROUPS_OF_ALL: [&str; 2] = ["system:authenticated", "system:serviceaccounts"];

/// How many roles are read where a right is missing.
const MAX_ROLES: usize = 20;

/// Bindings and roles, where an account lacks a right or where the API server may not be asked: what is bound to whom tells
/// why, and what an account may.
pub(super) fn of_denied(view: &View<'_>) -> BTreeSet<Question> {
    let is_denied = view.snapshot.asked.iter().any(|asked| match (&asked.question, &asked.answer) {
        (Question::May(AccessSpec { who: Who::Account(_), .. }), Observed::Denied(_)) => true,
        (Question::May(spec), Observed::Seen(Answer::Access(access))) => {
            !access.allowed && is_needed(view, spec)
        }
        _ => false,
    });
    if !is_denied {
        return BTreeSet::new();
    }
    let mut questions: BTreeSet<Question> = [Question::List(around::bindings())].into();
    let bindings = view.snapshot.bindings(&around::bindings());
    let names: BTreeSet<&str> = view.agents.account_names();
    let namespaces = view.agents.namespaces();
    let is_near = |subject: &BindingSubject| match subject.kind {
        SubjectKind::ServiceAccount => {
            names.contains(subject.name.as_str())
                || subject.namespace.as_deref().is_some_and(|namespace| namespaces.contains(&namespace))
        }
        SubjectKind::Group => GROUPS_OF_ALL.contains(&subject.name.as_str()),
        SubjectKind::User => false,
    };
    let bindings = bindings.value().into_iter().flat_map(|listed| &listed.items);
    let roles: BTreeSet<&str> = bindings
        .filter(|binding| binding.role.kind == RoleKind::ClusterRole && binding.subjects.iter().any(is_near))
        .map(|binding| binding.role.name.as_str())
        .collect();
    questions
        .extend(roles.into_iter().take(MAX_ROLES).map(|role| Question::Object(around::cluster_role(role))));
    questions
}

/// Whether an account needs what it was asked about: of the rights to a kubelet one or the other will do.
fn is_needed(view: &View<'_>, spec: &AccessSpec) -> bool {
    let Who::Account(account) = &spec.who else { return false };
    let is_allowed = |part: &str| {
        let review = kubelet::review(account, part);
        view.snapshot.access(&review).value().is_some_and(|access| access.allowed)
    };
    let is_finer = kubelet::FINE_GRAINED[1..].iter().any(|part| kubelet::review(account, part) == *spec);
    view.needed_by(account).contains(&spec.action) && !(is_finer && is_allowed("proxy"))
}

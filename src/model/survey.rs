//! The questions of detection, in one place, so that what is asked and what is looked up cannot differ. It decides nothing.

use super::{
    facts::CONTROL_PLANE_LABELS,
    question::{ListSpec, ObjectKind, ObjectRef, Question, Resource},
};

/// How many nodes are read without a selector: enough to see what kinds of node there are, at 3 KB and more each.
pub const MAX_NODES: u32 = 50;

/// How many are read where the first ones do not agree. Constant as well, and enough for every pool of most clusters.
pub const MAX_MORE_NODES: u32 = 250;

/// How many nodes are read where every kubelet is asked: as many as Kubernetes says that a cluster may have.
pub const MAX_ALL_NODES: u32 = 5000;

/// How many nodes are read by each control-plane label. More than seven are unusual; products that label their
/// workers so are known after a few.
pub const MAX_CONTROL_PLANE_NODES: u32 = 15;

/// How many pods are read by each selector: four programs on seven nodes, at 5 KB each.
pub const MAX_CONTROL_PLANE_PODS: u32 = 30;

/// How many pods of `kube-system` are kept of what was pasted.
pub const MAX_PASTED_PODS: u32 = 1000;

/// How many namespaces are read, as names only.
pub const MAX_NAMESPACES: u32 = 100;

/// How many `DaemonSets` and how many Deployments of `kube-system` are read, as names only.
pub const MAX_WORKLOADS: u32 = 100;

/// The namespace of a cluster's own parts.
pub const SYSTEM_NAMESPACE: &str = "kube-system";

/// The programs of a control plane, as the label `component` of their static pods names them.
pub const CONTROL_PLANE_PROGRAMS: [&str; 4] =
    ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"];

/// The values of the label `k8s-app` that control-plane pods carry where they have no label `component`.
///
/// Source: kOps' static pods, bootkube and its descendants. Agents that run on every node are left out: their names
/// are in the lists of workloads, and a hundred of their pods tell no more.
pub const CONTROL_PLANE_APPS: [&str; 7] = [
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "etcd-manager-main",
    "etcd-manager-events",
    "kops-controller",
    "dns-controller",
];

/// The nodes, as far as the limit reaches.
#[must_use]
pub const fn nodes() -> ListSpec {
    ListSpec::all(Resource::Nodes, MAX_NODES)
}

/// The nodes with each of the labels that mark control-plane nodes: a selector cannot say "or" about keys.
#[must_use]
pub fn control_plane_nodes() -> [ListSpec; 3] {
    CONTROL_PLANE_LABELS.map(|label| ListSpec::all(Resource::Nodes, MAX_CONTROL_PLANE_NODES).labelled(label))
}

/// The control-plane pods as kubeadm and most others label them: by tier, and by component.
#[must_use]
pub fn control_plane_pods() -> [ListSpec; 2] {
    let by_component = format!("component in ({})", CONTROL_PLANE_PROGRAMS.join(","));
    ["tier=control-plane".to_owned(), by_component].map(labelled_pods)
}

/// The control-plane pods that carry `k8s-app` instead.
#[must_use]
pub fn control_plane_app_pods() -> ListSpec {
    labelled_pods(format!("k8s-app in ({})", CONTROL_PLANE_APPS.join(",")))
}

fn labelled_pods(selector: String) -> ListSpec {
    ListSpec::all(Resource::Pods, MAX_CONTROL_PLANE_PODS).within(SYSTEM_NAMESPACE).labelled(selector)
}

/// All pods of `kube-system`. Nobody asks for them, since agents on five thousand nodes are among them; whoever pastes
/// them has asked already.
#[must_use]
pub fn system_pods() -> ListSpec {
    ListSpec::all(Resource::Pods, MAX_PASTED_PODS).within(SYSTEM_NAMESPACE)
}

/// The names of the namespaces.
#[must_use]
pub const fn namespaces() -> ListSpec {
    ListSpec::all(Resource::Namespaces, MAX_NAMESPACES).names()
}

/// The names of the workloads of `kube-system` of one kind.
#[must_use]
pub fn workloads(kind: Resource) -> ListSpec {
    ListSpec::all(kind, MAX_WORKLOADS).within(SYSTEM_NAMESPACE).names()
}

/// The `ConfigMaps` whose presence tells something.
#[must_use]
pub fn config_maps() -> [ObjectRef; 1] {
    [config_map("kube-system", "kubeadm-config")]
}

fn config_map(namespace: &str, name: &str) -> ObjectRef {
    ObjectRef { kind: ObjectKind::ConfigMap, namespace: namespace.to_owned(), name: name.to_owned() }
}

/// The `ConfigMap` in which MicroShift names its version; asked for where its API groups are seen.
#[must_use]
pub fn microshift_version() -> ObjectRef {
    config_map("kube-public", "microshift-version")
}

/// A node that is not Fargate's, if there is one; asked for where some of Fargate's are seen, since they do not prove
/// that there is no other.
#[must_use]
pub fn nodes_off_fargate() -> ListSpec {
    ListSpec::all(Resource::Nodes, 1).labelled("eks.amazonaws.com/compute-type!=fargate")
}

/// A longer list of the nodes; asked for where what the first ones say does not agree.
#[must_use]
pub const fn more_nodes() -> ListSpec {
    ListSpec::all(Resource::Nodes, MAX_MORE_NODES)
}

/// Where all kubelets are; asked for where every one is to be asked.
#[must_use]
pub const fn all_nodes() -> ListSpec {
    ListSpec::all(Resource::Nodes, MAX_ALL_NODES).addresses()
}

/// All questions that detection asks first. None of them needs the answer to another.
#[must_use]
pub fn questions() -> Vec<Question> {
    let lists = [nodes()]
        .into_iter()
        .chain(control_plane_nodes())
        .chain(control_plane_pods())
        .chain([control_plane_app_pods(), namespaces()])
        .chain([workloads(Resource::DaemonSets), workloads(Resource::Deployments)])
        .map(Question::List);
    let objects = config_maps().map(Question::Object);
    [Question::Version, Question::ApiGroups].into_iter().chain(lists).chain(objects).collect()
}

/// All questions that pasted output can answer: the first ones of detection, and one that is too dear to ask.
#[must_use]
pub fn pasted() -> Vec<Question> {
    questions().into_iter().chain([Question::List(system_pods())]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_everything_with_a_limit_and_nothing_twice() {
        let mut questions = questions();
        let count = questions.len();
        questions.sort();
        questions.dedup();
        assert_eq!(questions.len(), count);
        assert!(count <= 14, "{count} requests in the first wave");
        for question in questions {
            if let Question::List(spec) = question {
                assert!((1..=100).contains(&spec.limit), "{spec:?}");
            }
        }
    }
}

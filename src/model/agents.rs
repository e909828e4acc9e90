//! The questions about Datadog's own workloads, in one place, so that what is asked and what is looked up cannot differ.
//!
//! Without node agents these are eight lists; each workload found adds the objects that it refers to, by name.

pub use super::agent_role::AgentRole;

use super::question::{ListSpec, ObjectKind, ObjectRef, Resource};
use std::collections::BTreeMap;

/// How many `DaemonSets` are read. They are few on any cluster; a partial list is treated as partial.
pub const MAX_DAEMON_SETS: u32 = 500;

/// How many Deployments are read: one page, as sidecars that people write themselves bear no label.
pub const MAX_DEPLOYMENTS: u32 = 500;

/// How many Services are read for their annotations: one page.
pub const MAX_SERVICES: u32 = 500;

/// How many pods of one workload on one node, or of the Cluster Agent, are read.
pub const MAX_AGENT_PODS: u32 = 20;

/// How many pods with an injected sidecar are read. Those of one workload are alike, so that a few of each are enough.
pub const MAX_INJECTED_PODS: u32 = 100;

/// How many workloads with a sidecar are judged. Each costs at most three requests: the Secret with its token, the
/// Service that it asks for, and what its account may do.
pub const MAX_SIDECARS: usize = 20;

/// The label by which the admission controller of the Cluster Agent chooses the pods that it injects a sidecar into.
///
/// Source: the Cluster Agent's webhook `agent_sidecar`, its default selector.
pub const INJECTED_LABEL: &str = "agent.datadoghq.com/sidecar";

/// Every `DaemonSet`: the agents' own is recognised by its containers, because labels differ between chart,
/// operator and hand-written manifests.
#[must_use]
pub fn daemon_sets() -> ListSpec {
    ListSpec::all(Resource::DaemonSets, MAX_DAEMON_SETS)
}

/// Every Deployment, as far as one page reaches: sidecars are recognised by their containers.
#[must_use]
pub fn deployments() -> ListSpec {
    ListSpec::all(Resource::Deployments, MAX_DEPLOYMENTS)
}

/// The pods that the admission controller injects a sidecar into.
#[must_use]
pub fn injected_pods() -> ListSpec {
    ListSpec::all(Resource::Pods, MAX_INJECTED_PODS).labelled(INJECTED_LABEL).specifications()
}

/// Every Service, as far as one page reaches, for the checks in its annotations.
#[must_use]
pub fn services() -> ListSpec {
    ListSpec::all(Resource::Services, MAX_SERVICES)
}

/// The namespaces of the Services by which control-plane components are known, for clusters with more Services than
/// one page holds.
///
/// Source: Datadog's page on control-plane monitoring: the API server's own Service, and those of `OpenShift` and RKE.
#[must_use]
pub fn control_plane_services() -> [ListSpec; 2] {
    ["default", "kube-system"].map(|namespace| services().within(namespace))
}

/// The pods of the Cluster Agent, as the Helm chart and the operator label them.
#[must_use]
pub fn cluster_agent_pods() -> [ListSpec; 2] {
    ["app.kubernetes.io/component=cluster-agent", "agent.datadoghq.com/component=cluster-agent"]
        .map(|labels| ListSpec::all(Resource::Pods, MAX_AGENT_PODS).labelled(labels))
}

/// The Deployments of the Cluster Agent and of the runners of cluster checks, as the Helm chart and the operator label
/// them.
#[must_use]
pub fn labelled_deployments() -> [ListSpec; 2] {
    [
        "app.kubernetes.io/component in (cluster-agent,clusterchecks-agent)",
        "agent.datadoghq.com/component in (cluster-agent,cluster-checks-runner)",
    ]
    .map(|labels| ListSpec::all(Resource::Deployments, MAX_AGENT_PODS).labelled(labels))
}

/// One Service by its name, as a list that is empty where it does not exist.
#[must_use]
pub fn service(namespace: &str, name: &str) -> ListSpec {
    ListSpec::all(Resource::Services, 1)
        .names()
        .within(namespace)
        .with_fields(format!("metadata.name={name}"))
}

/// The variable that holds the token between the agents and the Cluster Agent.
pub const TOKEN_VARIABLE: &str = "DD_CLUSTER_AGENT_AUTH_TOKEN";

/// The pods of one workload on one node.
#[must_use]
pub fn pods_on(namespace: &str, selector: &BTreeMap<String, String>, node: &str) -> ListSpec {
    pods_of(namespace, selector).with_fields(format!("spec.nodeName={node}"))
}

/// The pods of one workload, as far as one page reaches.
#[must_use]
pub fn pods_of(namespace: &str, selector: &BTreeMap<String, String>) -> ListSpec {
    ListSpec::all(Resource::Pods, MAX_AGENT_PODS).within(namespace).labelled(selected_by(selector))
}

/// The pods of a workload that lacks some, or some of whose pods are not ready: which ones these are no selector tells, so
/// that far more are read than of one that is well.
#[must_use]
pub fn pods_of_ailing(namespace: &str, selector: &BTreeMap<String, String>) -> ListSpec {
    /// Three megabytes.
    const MAX_PODS: u32 = 500;
    ListSpec::all(Resource::Pods, MAX_PODS).within(namespace).labelled(selected_by(selector))
}

fn selected_by(selector: &BTreeMap<String, String>) -> String {
    let labels: Vec<String> = selector.iter().map(|(key, value)| format!("{key}={value}")).collect();
    labels.join(",")
}

/// A `ConfigMap`.
#[must_use]
pub fn config_map(namespace: &str, name: &str) -> ObjectRef {
    ObjectRef { kind: ObjectKind::ConfigMap, namespace: namespace.to_owned(), name: name.to_owned() }
}

/// A Secret.
#[must_use]
pub fn secret(namespace: &str, name: &str) -> ObjectRef {
    ObjectRef { kind: ObjectKind::Secret, namespace: namespace.to_owned(), name: name.to_owned() }
}

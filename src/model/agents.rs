//! The questions about Datadog's own workloads, in one place, so that what is asked and what is looked up cannot differ.

use super::question::{ListSpec, ObjectKind, ObjectRef, Resource};
use std::collections::BTreeMap;

/// How many `DaemonSets` are read. They are few on any cluster; a partial list is treated as partial.
pub const MAX_DAEMON_SETS: u32 = 500;

/// How many pods of one workload on one node, or of the Cluster Agent, are read.
pub const MAX_AGENT_PODS: u32 = 20;

/// Every `DaemonSet`: the agents' own is recognised by its containers, because labels differ between chart,
/// operator and hand-written manifests.
#[must_use]
pub fn daemon_sets() -> ListSpec {
    ListSpec::all(Resource::DaemonSets, MAX_DAEMON_SETS)
}

/// The pods of the Cluster Agent, as the Helm chart and the operator label them.
#[must_use]
pub fn cluster_agent_pods() -> [ListSpec; 2] {
    ["app.kubernetes.io/component=cluster-agent", "agent.datadoghq.com/component=cluster-agent"]
        .map(|labels| ListSpec::all(Resource::Pods, MAX_AGENT_PODS).labelled(labels))
}

/// The Deployments of the Cluster Agent, as the Helm chart and the operator label them.
#[must_use]
pub fn cluster_agent_deployments() -> [ListSpec; 2] {
    ["app.kubernetes.io/component=cluster-agent", "agent.datadoghq.com/component=cluster-agent"]
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
    let labels: Vec<String> = selector.iter().map(|(key, value)| format!("{key}={value}")).collect();
    ListSpec::all(Resource::Pods, MAX_AGENT_PODS)
        .within(namespace)
        .labelled(labels.join(","))
        .with_fields(format!("spec.nodeName={node}"))
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

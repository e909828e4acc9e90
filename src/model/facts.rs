//! What the Kubernetes API, a node or pasted files told: slim forms of their objects, with allow-listed parts only.

use super::check_config::AnnotatedChecks;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The API server's version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerVersion {
    /// `major` as served, such as `1`.
    pub major: String,
    /// `minor` as served, such as `36` or `21+`.
    pub minor: String,
    /// `gitVersion`, such as `v1.36.2`.
    pub git_version: String,
    /// `platform`, such as `linux/amd64`.
    pub platform: String,
}

/// A node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations; values only of those whose meaning is known.
    pub annotations: BTreeMap<String, String>,
    /// `spec.providerID`.
    pub provider_id: Option<String>,
    /// Its taints.
    pub taints: Vec<Taint>,
    /// `spec.unschedulable`.
    pub unschedulable: bool,
    /// Its addresses: type and address.
    pub addresses: Vec<(String, String)>,
    /// The kubelet's version.
    pub kubelet_version: String,
    /// The operating system's name.
    pub os_image: String,
    /// The kernel's version.
    pub kernel_version: String,
    /// The container runtime with its version.
    pub runtime: String,
    /// The port of its kubelet, from `status.daemonEndpoints`.
    pub kubelet_port: Option<u16>,
    /// Its conditions, by type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub conditions: BTreeMap<String, NodeCondition>,
    /// How many pods it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod_capacity: Option<u32>,
}

/// A condition of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeCondition {
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// When the kubelet said so last.
    pub heartbeat: Option<Timestamp>,
}

/// A taint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Taint {
    /// Its key.
    pub key: String,
    /// Its value, mostly empty.
    pub value: String,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    pub effect: String,
}

/// A pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pod {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations; values only of those whose meaning is known.
    pub annotations: BTreeMap<String, String>,
    /// The checks of control-plane components that its annotations configure for its containers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub checks: AnnotatedChecks,
    /// The node that it runs on.
    pub node: Option<String>,
    /// Whether it shares the node's network.
    pub host_network: bool,
    /// Its address.
    pub address: Option<String>,
    /// `status.phase`.
    pub phase: String,
    /// Whether its `Ready` condition is true.
    pub ready: bool,
    /// The service account that it runs as.
    pub service_account: Option<String>,
    /// The name of the workload that owns it, with its kind, such as `DaemonSet/datadog`.
    pub owner: Option<String>,
    /// Its containers.
    pub containers: Vec<Container>,
    /// Its containers that run before the others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub init_containers: Vec<Container>,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// Why it is not placed on a node, in one word, where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unplaced: Option<String>,
}

/// A container of a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Its image.
    pub image: String,
    /// Its command-line flags, without dashes; values only of those that are known to be harmless.
    pub flags: BTreeMap<String, String>,
    /// The ports that it declares.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<ContainerPort>,
    /// How it fares, where its node has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ContainerState>,
}

/// A port that a container declares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerPort {
    /// Its name, which may be empty.
    pub name: String,
    /// Its number.
    pub number: u16,
}

/// How a container fares.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerState {
    /// Whether it is ready.
    pub ready: bool,
    /// How often it was started again.
    pub restarts: u32,
    /// Why it does not run, in one word such as `CrashLoopBackOff`; `None` where it runs or has ended.
    pub waiting: Option<String>,
    /// Why it ended last, in one word such as `OOMKilled`.
    pub ended: Option<String>,
    /// With what it ended last.
    pub exit_code: Option<i32>,
    /// Since when it runs.
    pub started: Option<Timestamp>,
}

/// A Service whose annotations configure checks of control-plane components. Of other Services nothing is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnotatedService {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The checks, for the Service as one or for each of its endpoints.
    pub checks: AnnotatedChecks,
    /// The labels of the pods behind it; empty where it selects none by itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub selector: BTreeMap<String, String>,
    /// Its ports in their order: name, which may be empty, and number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<(String, u16)>,
    /// How the checks of its endpoints are addressed (`ad.datadoghq.com/endpoints.resolve`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolve: Option<String>,
    /// Who manages its fields, besides kubectl and ctlmon.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub managers: Vec<String>,
}

/// What is kept of a kubelet's configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KubeletConfig {
    /// `authentication.webhook.enabled`: whether it asks the API server whose token it got.
    pub webhook: Option<bool>,
    /// `authentication.anonymous.enabled`.
    pub anonymous: Option<bool>,
    /// `authorization.mode`.
    pub authorization: Option<String>,
    /// `readOnlyPort`; 0 or absent where it is closed.
    pub read_only_port: Option<u16>,
    /// `serverTLSBootstrap`: whether its serving certificate is signed by the cluster.
    pub server_tls_bootstrap: Option<bool>,
    /// `clusterDomain`: the domain of Services' names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster_domain: Option<String>,
}

/// An object of which only the metadata was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Named {
    /// Its namespace; empty for cluster scope.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
}

/// The labels by which installers mark control-plane nodes, the newest first.
///
/// Source: kubeadm since 1.20, kubeadm before it, RKE1.
pub const CONTROL_PLANE_LABELS: [&str; 3] = [
    "node-role.kubernetes.io/control-plane",
    "node-role.kubernetes.io/master",
    "node-role.kubernetes.io/controlplane",
];

/// The label of the nodes on which no `DaemonSet` runs a pod, so that agents are sidecars there, and its value.
///
/// Source: Amazon EKS, pods on Fargate.
const WITHOUT_DAEMON_SETS: (&str, &str) = ("eks.amazonaws.com/compute-type", "fargate");

impl Node {
    /// Whether it runs no pod of any `DaemonSet`.
    #[must_use]
    pub fn takes_no_daemon_set(&self) -> bool {
        self.labels.get(WITHOUT_DAEMON_SETS.0).is_some_and(|kind| kind == WITHOUT_DAEMON_SETS.1)
    }

    /// Whether a label marks it as a control-plane node. A label is a claim: some hosted products put it on workers.
    #[must_use]
    pub fn is_labelled_control_plane(&self) -> bool {
        CONTROL_PLANE_LABELS.iter().any(|label| self.labels.contains_key(*label))
    }

    /// Its first address of this type, such as `InternalIP`.
    #[must_use]
    pub fn address(&self, kind: &str) -> Option<&str> {
        self.addresses.iter().find(|(of, _)| of == kind).map(|(_, address)| address.as_str())
    }
}

impl Container {
    /// The image's short name: the last part of its path, without tag and digest.
    ///
    /// This is what the Agent's `ad_identifiers` are compared with.
    #[must_use]
    pub fn short_image(&self) -> &str {
        short_image(&self.image)
    }

    /// Whether an entry of `ad_identifiers` means it: by its image's short name, or by the whole without tag and digest.
    #[must_use]
    pub fn is_identified_by(&self, identifier: &str) -> bool {
        image_is_identified_by(&self.image, identifier)
    }
}

/// Whether an entry of `ad_identifiers` means an image: by its short name, or by the whole without tag and digest.
#[must_use]
pub fn image_is_identified_by(image: &str, identifier: &str) -> bool {
    let short = short_image(image);
    let rest = image.strip_prefix(identifier);
    identifier == short
        || identifier.ends_with(&format!("/{short}"))
            && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '@']))
}

/// The last part of an image's path, without tag and digest.
#[must_use]
pub fn short_image(image: &str) -> &str {
    let without_digest = image.split('@').next().unwrap_or(image);
    let last = without_digest.rsplit('/').next().unwrap_or(without_digest);
    last.split(':').next().unwrap_or(last)
}

/// The tag of an image; `None` where it has none, or a digest alone.
#[must_use]
pub fn image_tag(image: &str) -> Option<&str> {
    let name = image.split('@').next().unwrap_or(image);
    let last = name.rsplit('/').next().unwrap_or(name);
    last.split_once(':').map(|(_, tag)| tag).filter(|tag| !tag.is_empty())
}

//! What stands around the agents and the control plane, in slim form: leases, events, endpoints, aggregated APIs and the like.
//! Free text is left behind; what is known of it is kept as a value of an enumeration.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A lease, by which one of several copies says that it leads, or a node that it lives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Who holds it; `None` where nobody does.
    pub holder: Option<String>,
    /// When it was renewed.
    pub renewed: Option<Timestamp>,
    /// For how many seconds it holds from then on.
    pub seconds: Option<i64>,
}

/// An event about an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its namespace.
    pub namespace: String,
    /// The kind of the object that it is about.
    pub kind: String,
    /// The name of that object.
    pub name: String,
    /// Its reason, one word such as `FailedMount`.
    pub reason: String,
    /// What its message is known to tell; of the rest nothing is kept.
    pub tells: Vec<Told>,
    /// How often it happened.
    pub count: u32,
    /// When it happened last.
    pub last: Option<Timestamp>,
}

/// What the message of an event tells, by a literal of Kubernetes' own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// Pod Security forbids the pod.
    PodSecurity,
    /// No security context constraint of OpenShift allows the pod.
    SecurityContextConstraints,
    /// GKE Autopilot's admission refuses the pod.
    Autopilot,
    /// A path of the node is not what the volume says that it is.
    HostPathType,
    /// A Secret, or an entry of one, does not exist.
    SecretMissing,
    /// A `ConfigMap`, or an entry of one, does not exist.
    ConfigMapMissing,
    /// A port of the node is taken.
    HostPortTaken,
    /// No node takes the pod for its taints.
    Untolerated,
    /// A mount names a volume that the pod does not have.
    VolumeUnknown,
    /// A webhook of Datadog's could not be called.
    WebhookFailed,
    /// An image could not be pulled.
    ImagePull,
    /// A file system is read-only.
    ReadOnly,
    /// Somebody was to grant rights that he does not hold himself.
    Escalation,
}

/// Each message with the literal that it is known by, as the components write it.
///
/// Source: the literals that users report, collected with the failure modes; `violates PodSecurity` and `secret "x" not
/// found` were seen on a real cluster.
const TOLD: [(Told, &str); 15] = [
    (Told::PodSecurity, "violates PodSecurity"),
    (Told::SecurityContextConstraints, "security context constraint"),
    (Told::Autopilot, "autogke-"),
    (Told::Autopilot, "GKE Warden rejected"),
    (Told::HostPathType, "hostPath type check failed"),
    (Told::SecretMissing, "couldn't find key"),
    (Told::HostPortTaken, "didn't have free ports"),
    (Told::Untolerated, "untolerated taint"),
    (Told::VolumeUnknown, "].name: Not found:"),
    (Told::WebhookFailed, "failed calling webhook \"datadog"),
    (Told::ImagePull, "Failed to pull image"),
    (Told::ImagePull, "Back-off pulling image"),
    (Told::ReadOnly, "read-only file system"),
    (Told::SecurityContextConstraints, "unable to validate against any security context"),
    (Told::Escalation, "attempting to grant RBAC permissions not currently held"),
];

impl Told {
    /// All that a message is known to tell, sorted, each once.
    #[must_use]
    pub fn of(message: &str) -> Vec<Self> {
        let missing = |kind: &str| message.contains(&format!("{kind} \"")) && message.contains("not found");
        let mut told: Vec<Self> = TOLD
            .iter()
            .filter(|(_, literal)| message.contains(literal))
            .map(|(told, _)| *told)
            .chain(missing("secret").then_some(Self::SecretMissing))
            .chain(missing("configmap").then_some(Self::ConfigMapMissing))
            .collect();
        told.sort_unstable();
        told.dedup();
        told
    }

    /// In words, as a clause.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::PodSecurity => "Pod Security forbids it",
            Self::SecurityContextConstraints => "no security context constraint allows it",
            Self::Autopilot => "the admission of GKE Autopilot refuses it",
            Self::HostPathType => "a path of the node is not of the type that the volume wants",
            Self::SecretMissing => "a Secret, or an entry of it, does not exist",
            Self::ConfigMapMissing => "a ConfigMap, or an entry of it, does not exist",
            Self::HostPortTaken => "a port of the node is taken",
            Self::Untolerated => "taints are not tolerated",
            Self::VolumeUnknown => "a mount names a volume that does not exist",
            Self::WebhookFailed => "a webhook of Datadog's could not be called",
            Self::ImagePull => "an image could not be pulled",
            Self::ReadOnly => "a file system is read-only",
            Self::Escalation => "rights were to be granted by somebody who does not hold them",
        }
    }
}

/// The addresses behind a Service, or a part of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointSlice {
    /// Its namespace.
    pub namespace: String,
    /// The Service that it belongs to.
    pub service: String,
    /// The addresses.
    pub addresses: Vec<SliceAddress>,
    /// The ports: name, which may be empty, and number.
    pub ports: Vec<(String, u16)>,
}

/// One address behind a Service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SliceAddress {
    /// The address.
    pub address: String,
    /// Whether it is ready; what is not said counts as ready, as consumers are told to take it.
    pub ready: bool,
    /// The node that it is on.
    pub node: Option<String>,
    /// The kind and name of what has the address, such as a pod.
    pub target: Option<(String, String)>,
}

/// An API that another server answers, or the API server itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiService {
    /// Its name, such as `v1beta1.external.metrics.k8s.io`.
    pub name: String,
    /// Namespace and name of the Service behind it; `None` where the API server answers itself.
    pub service: Option<(String, String)>,
    /// Whether it can be reached; `None` where nothing is said.
    pub available: Option<bool>,
    /// Why not, in one word.
    pub reason: String,
}

/// A request for a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningRequest {
    /// Its name.
    pub name: String,
    /// Who is to sign it, such as `kubernetes.io/kubelet-serving`.
    pub signer: String,
    /// Who asks, such as `system:node:worker-1`.
    pub user: String,
    /// Its conditions that are true: `Approved`, `Denied`, `Failed`; none while it waits.
    pub conditions: Vec<String>,
    /// Whether a certificate was issued.
    pub issued: bool,
    /// When it was made.
    pub created: Option<Timestamp>,
}

/// One webhook that changes objects when they are made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// The name of the object in which it stands.
    pub configuration: String,
    /// Its name.
    pub name: String,
    /// Namespace and name of the Service that is called, and the port.
    pub service: Option<(String, String, u16)>,
    /// For how many seconds it is waited for.
    pub timeout: Option<i64>,
    /// `Ignore` or `Fail`.
    pub failure_policy: String,
}

impl Webhook {
    /// Whether it is the Cluster Agent's.
    ///
    /// Source: the chart's and the operator's default `webhookName`, and how the Cluster Agent names its webhooks.
    #[must_use]
    pub fn is_datadogs(&self) -> bool {
        self.configuration == "datadog-webhook" || self.name.starts_with("datadog.webhook.")
    }
}

/// A `DatadogAgent`, of which only what is known to be harmless is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatadogAgent {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Annotations of the operator's own, such as the product that it is told.
    pub annotations: BTreeMap<String, String>,
    /// `features.controlPlaneMonitoring.enabled`.
    pub control_plane_monitoring: Option<bool>,
    /// `features.clusterChecks.enabled`.
    pub cluster_checks: Option<bool>,
    /// `features.clusterChecks.useClusterChecksRunners`.
    pub runners: Option<bool>,
    /// `global.disableNonResourceRules`.
    pub disable_non_resource_rules: Option<bool>,
    /// `global.clusterName`.
    pub cluster_name: Option<String>,
    /// `global.site`.
    pub site: Option<String>,
    /// `status.clusterProvider`, the product that the operator takes the cluster for.
    pub provider: Option<String>,
    /// Its conditions: type to status and reason.
    pub conditions: BTreeMap<String, (String, String)>,
    /// What the messages of its conditions are known to tell; of the rest nothing is kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tells: Vec<Told>,
}

/// What is kept of a namespace that agents are in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Namespace {
    /// Its labels, among which those of Pod Security are.
    pub labels: BTreeMap<String, String>,
}

/// What is kept of a service account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceAccount {
    /// `automountServiceAccountToken`.
    pub automount_token: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(message: &str, expected: &[Told]) {
        assert_eq!(Told::of(message), expected, "{message}");
    }

    #[test]
    fn messages_are_known_by_their_literals() {
        check("Error: secret \"datadog\" not found", &[Told::SecretMissing]);
        check("Error: couldn't find key token in Secret datadog/x", &[Told::SecretMissing]);
        check("MountVolume.SetUp failed: configmap \"c\" not found", &[Told::ConfigMapMissing]);
        check(
            "pods \"a\" is forbidden: violates PodSecurity \"baseline:latest\": hostPath volumes (volume \"x\")",
            &[Told::PodSecurity],
        );
        check("0/3 nodes are available: 1 node(s) didn't have free ports", &[Told::HostPortTaken]);
        check("Successfully assigned datadog/a to b", &[]);
    }
}

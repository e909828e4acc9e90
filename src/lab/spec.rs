//! What a practice cluster is like, as data. The servers read it and never change it; a fault changes it and nothing else.

pub use super::voice::{LineSpec, RunSpec, VoiceSpec};

use super::edit::Edit;

use crate::model::{
    component::Component, facts::Taint, question::AccountRef, rights::Rights, workload::Toleration,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::{collections::BTreeMap, net::IpAddr};

/// A practice cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct LabSpec {
    /// What keys, serial numbers and object ids are derived from: equal seeds make equal clusters.
    pub seed: u64,
    /// The time in the cluster when it starts.
    pub now: Timestamp,
    /// Whether that time passes.
    pub pace: Pace,
    /// How long ago the cluster was set up.
    pub age: SignedDuration,
    /// Its nodes. Somebody who uses the cluster in one process stands on the first.
    pub nodes: Vec<NodeSpec>,
    /// The components that run as static pods.
    pub components: Vec<ComponentSpec>,
    /// Its certificate authorities and certificates.
    pub pki: PkiSpec,
    /// The Secrets.
    pub secrets: Vec<SecretSpec>,
    /// With which alerts etcd refuses client certificates.
    pub etcd_alerts: Alerts,
    /// Roles and bindings.
    pub rights: Rights,
    /// Bearer tokens that are good from the start, besides those that are asked for later.
    pub tokens: Vec<TokenSpec>,
    /// The Datadog node agents.
    pub agents: AgentSpec,
    /// The checks that annotations of a component's static pods configure, on every node.
    pub annotated: BTreeMap<Component, AgentCheck>,
    /// The Datadog Cluster Agent.
    pub cluster_agent: ClusterAgentSpec,
    /// The runners of cluster checks.
    pub runners: RunnerSpec,
    /// An application with an Agent in its own pod.
    pub sidecar: SidecarSpec,
    /// What its programs write and tell of themselves, by a name for each of them.
    pub voices: BTreeMap<String, VoiceSpec>,
    /// All other objects, with `apiVersion`, `kind` and as much of `metadata` as they need.
    pub objects: Vec<Value>,
    /// The name of the cluster that all of Datadog's containers are given.
    pub cluster_name: String,
    /// Whether Datadog is installed; without it there are neither agents nor a Cluster Agent, and nothing beside the
    /// application.
    pub has_datadog: bool,
    /// What somebody has changed in the objects that follow from all this.
    pub edits: Vec<Edit>,
    /// The version of the API server, such as `v1.36.2`.
    pub version: String,
    /// API groups that others serve, with their versions, such as `datadoghq.com/v2alpha1`.
    pub groups: Vec<String>,
    /// What answers in a component's place, where something else does: the text that it serves.
    pub in_place: BTreeMap<Component, String>,
    /// Samples of a component's metrics that are other than usual: the series as it is written, and its value.
    pub samples: Vec<(Component, String, String)>,
    /// The parts of the API server's health that fail.
    pub failing: Vec<String>,
}

/// Whether time passes in the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// It stands still, so that reports do not depend on when they are made.
    Still,
    /// It passes as everywhere, which a cluster that is served to other processes needs.
    Running,
}

/// With which TLS alerts a server written in Go refuses client certificates, which depends on the Go that built it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alerts {
    /// One for each kind of reason, as from Go 1.20 on.
    ByReason,
    /// `bad_certificate` for everything, a missing certificate too, as etcd 3.4 of Debian sends (Go 1.19).
    BadCertificate,
}

/// A node and its kubelet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeSpec {
    /// Its name.
    pub name: String,
    /// Its internal address.
    pub address: IpAddr,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its taints.
    pub taints: Vec<Taint>,
    /// The addresses of its pods.
    pub pod_cidr: String,
    /// Its kubelet.
    pub kubelet: KubeletSpec,
    /// Whether it is a node of the cluster; one that is not belongs to whoever runs the control plane.
    pub is_member: bool,
}

/// A kubelet, in the words of its own configuration where that has words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each one is a switch of its own")]
pub struct KubeletSpec {
    /// Whether its port is open; where it is not, connections are refused.
    pub is_listening: bool,
    /// Whether it lets in those who bring no credential (`authentication.anonymous.enabled`).
    pub anonymous: bool,
    /// Whether it asks the API server whose a token is (`authentication.webhook.enabled`); where it does not, tokens
    /// are not looked at.
    pub webhook: bool,
    /// How it decides who may do what (`authorization.mode`).
    pub authorization: KubeletAuthorization,
    /// Its serving certificate.
    pub serving: String,
    /// Whether it says of static pods that they are pending, as kubelets do that have not reached the API server since.
    pub static_pods_pending: bool,
}

/// How a kubelet decides who may do what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KubeletAuthorization {
    /// It asks the API server.
    Webhook,
    /// Everybody whom it lets in may do everything.
    AlwaysAllow,
}

/// A component of the control plane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentSpec {
    /// Which one.
    pub component: Component,
    /// The node whose static pod it is.
    pub node: String,
    /// Its image.
    pub image: String,
    /// Its flags without dashes, as they stand in the static pod; the server obeys those that concern access.
    pub flags: BTreeMap<String, String>,
    /// Its serving certificate, which for some of them no flag names.
    pub serving: String,
    /// By which object the cluster shows it.
    pub shown: Shown,
}

/// By which object a cluster shows a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// By the mirror pod of a static pod, as kubeadm makes them in kube-system.
    StaticPod,
    /// By a pod of a namespace of its own, with a label of its own.
    PodIn {
        /// The namespace.
        namespace: &'static str,
        /// How the pod's name begins, and the value of its label `app`.
        app: &'static str,
    },
    /// By nothing: it is a program of its node, or somebody else runs it.
    Nothing,
}

/// Certificate authorities and certificates by the names that the rest of the spec uses for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PkiSpec {
    /// Authorities. Two of them may have the same subject.
    pub authorities: BTreeMap<String, AuthoritySpec>,
    /// Leaf certificates.
    pub certificates: BTreeMap<String, CertificateSpec>,
}

/// A certificate authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthoritySpec {
    /// The common name, which is all of its subject.
    pub common_name: String,
    /// The host names of its subject alternative names.
    pub dns: Vec<String>,
    /// When it holds.
    pub validity: Validity,
    /// The kind of its key.
    pub key: KeyType,
}

/// A leaf certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateSpec {
    /// The common name.
    pub common_name: String,
    /// The organization, which is a group to Kubernetes.
    pub organization: Option<String>,
    /// Who signs it.
    pub issuer: Issuer,
    /// What it is for; good for everything where it is empty.
    pub purposes: Vec<Purpose>,
    /// The host names of its subject alternative names.
    pub dns: Vec<String>,
    /// The addresses of its subject alternative names; repetitions are kept.
    pub addresses: Vec<IpAddr>,
    /// When it holds.
    pub validity: Validity,
    /// The kind of its key.
    pub key: KeyType,
}

/// Who signs a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issuer {
    /// An authority of the spec, by its name there.
    Authority(String),
    /// An authority whose certificate the server sends along, as the components do with what they make in memory.
    SentAuthority(String),
    /// The certificate's own key.
    Itself,
}

/// What a certificate is for (extended key usage).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// `serverAuth`.
    Server,
    /// `clientAuth`.
    Client,
}

/// The kind of a key.
///
/// kubeadm makes RSA keys of 2048 bits; making one takes longer than starting the whole practice cluster, so it has
/// elliptic curves instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
}

/// When a certificate holds, as seen from the cluster's `now`: the past is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// `notBefore`.
    pub from: SignedDuration,
    /// `notAfter`.
    pub until: SignedDuration,
}

/// A Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretSpec {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its entries.
    pub entries: BTreeMap<String, SecretEntry>,
}

/// Where an entry of a Secret comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretEntry {
    /// The certificate of an authority, as PEM.
    Authority(String),
    /// A certificate, as PEM.
    Certificate(String),
    /// The private key of a certificate, as PEM.
    Key(String),
    /// The text itself.
    Text(String),
}

/// A bearer token of a service account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenSpec {
    /// The token.
    pub text: String,
    /// Whose it is.
    pub account: AccountRef,
    /// For whom it is meant.
    pub audiences: Vec<String>,
    /// When it ends, as seen from the cluster's `now`.
    pub until: SignedDuration,
}

/// The Datadog node agents: a `DaemonSet`, its account and its checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentSpec {
    /// The account; the `DaemonSet` and all that Helm makes bear the same name.
    pub account: AccountRef,
    /// Whether the pods share their node's network.
    pub host_network: bool,
    /// Which taints the pods tolerate.
    pub tolerations: Vec<Toleration>,
    /// The checks in their `confd` by file name.
    pub checks: BTreeMap<String, AgentCheck>,
    /// The Secret with the client certificate for etcd, and where it is mounted.
    pub client_certificate: Option<(String, String)>,
    /// How they find the Cluster Agent and what they show it.
    pub cluster_agent: ClusterAgentReference,
    /// For whom the token of their account is meant, where they mount one of their own making.
    pub token_audience: Option<String>,
    /// What becomes of their pods.
    pub pods: AgentPods,
}

/// What becomes of the node agents' pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentPods {
    /// They run and are ready.
    Ready,
    /// They exist and are not ready; this of the status of their container is other than usual.
    Faring(Value),
    /// They were never made.
    Unmade,
    /// There is no `DaemonSet` that would make them, while all else of Datadog's is there.
    Unwanted,
}

/// The runners of cluster checks: a Deployment and its account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunnerSpec {
    /// The name of the Deployment.
    pub name: String,
    /// The account.
    pub account: AccountRef,
    /// How they find the Cluster Agent and what they show it.
    pub cluster_agent: ClusterAgentReference,
}

/// An application in a namespace of its own with an Agent beside it, as on EKS Fargate where no Agent runs on nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SidecarSpec {
    /// The application's account; its Deployment bears the same name.
    pub account: AccountRef,
    /// The node of its pod.
    pub node: String,
    /// How the Agent finds the Cluster Agent and what it shows it.
    pub cluster_agent: ClusterAgentReference,
}

/// What an Agent is told of the Cluster Agent. Nothing of it need be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterAgentReference {
    /// The Service, whose variables are read (`DD_CLUSTER_AGENT_KUBERNETES_SERVICE_NAME`).
    pub service: String,
    /// The URL that overrules the Service (`DD_CLUSTER_AGENT_URL`).
    pub url: Option<String>,
    /// The Secret with the token, by name, and the entry in it.
    pub token: (String, String),
}

/// A check as a person configures it, in a file of the agents' `confd` or in an annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentCheck {
    /// The short image name of the container that the check attaches to.
    pub identifier: String,
    /// The metrics endpoint.
    pub url: String,
    /// The other settings of its instance, in the order in which they are written.
    pub settings: Vec<(String, String)>,
}

/// The Datadog Cluster Agent: a Deployment with one pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterAgentSpec {
    /// The name of the Deployment, of its account and of the Service.
    pub name: String,
    /// The Secret with the token that its own pod refers to, by name, and the entry in it.
    pub token_from: (String, String),
    /// The node of its pod.
    pub node: String,
    /// The address of its pod.
    pub address: IpAddr,
    /// The token that it demands, which need not be the one in a Secret: a pod keeps the one that it started with.
    pub token: String,
    /// Its serving certificate.
    pub serving: String,
}

impl LabSpec {
    /// The component of this kind on this node.
    #[must_use]
    pub fn component(&self, component: Component, node: &str) -> Option<&ComponentSpec> {
        self.components.iter().find(|spec| spec.component == component && spec.node == node)
    }

    /// The node of this name.
    #[must_use]
    pub fn node(&self, name: &str) -> Option<&NodeSpec> {
        self.nodes.iter().find(|node| node.name == name)
    }

    /// The nodes of the cluster.
    pub fn members(&self) -> impl Iterator<Item = &NodeSpec> + Clone {
        self.nodes.iter().filter(|node| node.is_member)
    }

    /// The serving certificate of etcd's last member.
    pub fn last_etcd_serving(&mut self) -> Option<&mut CertificateSpec> {
        let member = self.components.iter().rfind(|part| part.component == Component::Etcd)?;
        self.pki.certificates.get_mut(&member.serving)
    }

    /// Has a program write a line several times within the last minutes, as it repeats what goes on being wrong.
    pub fn say(&mut self, voice: &str, line: &str) {
        if let Some(voice) = self.voices.get_mut(voice) {
            for seconds_ago in [200, 120, 40] {
                voice.write(seconds_ago, line);
            }
        }
    }

    /// The run of a check by the node agents.
    pub fn run(&mut self, check: &str) -> Option<&mut RunSpec> {
        self.voices.get_mut("agents")?.checks.iter_mut().find(|run| run.check == check)
    }

    /// When the cluster was set up.
    #[must_use]
    pub fn set_up_at(&self) -> Timestamp {
        self.now.saturating_sub(self.age).unwrap_or(self.now)
    }
}

impl ComponentSpec {
    /// The value of a flag.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<&str> {
        self.flags.get(name).map(String::as_str)
    }
}

impl CertificateSpec {
    /// The organization replaced.
    #[must_use]
    pub fn in_group(mut self, group: &str) -> Self {
        self.organization = Some(group.to_owned());
        self
    }

    /// The subject alternative names replaced.
    #[must_use]
    pub fn named(mut self, dns: &[&str], addresses: &[IpAddr]) -> Self {
        self.dns = dns.iter().map(|name| (*name).to_owned()).collect();
        self.addresses = addresses.to_vec();
        self
    }
}

//! Answers, raw as they were seen. What they mean is decided behind the seam, so that tomorrow's checks can judge yesterday's file.

use super::{
    check_config::CheckConfig,
    component::Component,
    facts::{AnnotatedService, KubeletConfig, Named, Node, Pod, ServerVersion},
    host::{HostFile, HostPath, HostProcess, HostSocket, Manifests},
    installed::{Application, Installed, ServedBy},
    network_policy::NetworkPolicy,
    observed::{Failure, FailureKind},
    rights::{Binding, Role},
    said::{LogSeen, SelfReport},
    secret::Fingerprint,
    surroundings::{
        ApiService, DatadogAgent, EndpointSlice, Event, Lease, Namespace, ServiceAccount, SigningRequest,
        Webhook,
    },
    workload::Workload,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The answer to one question; its kind must fit the question's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// To [`super::question::Question::Version`].
    Version(ServerVersion),
    /// To [`super::question::Question::ApiGroups`]: names of groups with their versions, `group/version`.
    ApiGroups(Vec<String>),
    /// Nodes.
    Nodes(Listed<Node>),
    /// Pods.
    Pods(Listed<Pod>),
    /// Services that configure checks; those that do not are counted as read and left out.
    Services(Listed<AnnotatedService>),
    /// Workloads with their pod templates.
    Workloads(Listed<Workload>),
    /// Objects of which only the metadata was read.
    Names(Listed<Named>),
    /// Role bindings.
    Bindings(Listed<Binding>),
    /// Events.
    Events(Listed<Event>),
    /// Leases.
    Leases(Listed<Lease>),
    /// Network policies.
    NetworkPolicies(Listed<NetworkPolicy>),
    /// The addresses behind Services.
    EndpointSlices(Listed<EndpointSlice>),
    /// Aggregated APIs.
    ApiServices(Listed<ApiService>),
    /// Requests for certificates.
    SigningRequests(Listed<SigningRequest>),
    /// Webhooks that change objects, of all configurations that were read.
    Webhooks(Listed<Webhook>),
    /// `DatadogAgents`.
    DatadogAgents(Listed<DatadogAgent>),
    /// A `ConfigMap`.
    ConfigMap(ConfigMapFacts),
    /// A Secret.
    Secret(SecretFacts),
    /// A namespace.
    Namespace(Namespace),
    /// A service account.
    ServiceAccount(ServiceAccount),
    /// A role.
    Role(Role),
    /// An access review.
    Access(AccessAnswer),
    /// A token that is now in the keyring.
    Token(TokenFacts),
    /// What the API server says of a token.
    Review(ReviewAnswer),
    /// A Helm release or a `DatadogAgent`.
    Installed(Installed),
    /// Applications of Argo CD that install the chart.
    Applications(Listed<Application>),
    /// Who serves a group of the API.
    ServedBy(ServedBy),
    /// A kubelet's configuration.
    KubeletConfig(KubeletConfig),
    /// The phase of each static pod of a node, by the pod's name, as its kubelet says it.
    KubeletPods(BTreeMap<String, String>),
    /// Whether the address is one of this machine's.
    Here(bool),
    /// Certificates in files.
    Certificates(CertificateFile),
    /// Programs that run on the node.
    Processes(Listed<HostProcess>),
    /// TCP sockets of the node that listen.
    Sockets(Listed<HostSocket>),
    /// The manifests in a folder of the node.
    Manifests(Manifests),
    /// What is at a path of the node.
    HostPath(HostPath),
    /// A file of the node.
    HostFile(HostFile),
    /// What an endpoint answered.
    Probe(Box<ProbeRecord>),
    /// What a container has written.
    Log(LogSeen),
    /// What a command told.
    SelfReport(SelfReport),
}

/// A list, and whether it is the whole list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed<T> {
    /// What was read.
    pub items: Vec<T>,
    /// Whether there is no more: a partial list proves no absence.
    pub complete: bool,
}

/// What is kept of a `ConfigMap`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigMapFacts {
    /// The names of its entries.
    pub keys: Vec<String>,
    /// Its entries that are check configurations, by the name of the check, which is the entry's without `.yaml`.
    pub checks: BTreeMap<String, CheckConfig>,
    /// What kubeadm was told, where it is kubeadm's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubeadm: Option<KubeadmFacts>,
    /// The certificates of its entry `ca.crt`, as Kubernetes gives the cluster's CA to every namespace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authority: Vec<Der>,
}

/// What is kept of kubeadm's `ClusterConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KubeadmFacts {
    /// Its version of the API, such as `kubeadm.k8s.io/v1beta4`.
    pub api_version: String,
    /// The flags that each program of the control plane is given beyond kubeadm's own; values only of those that are
    /// known to be harmless.
    pub extra_args: BTreeMap<Component, BTreeMap<String, String>>,
}

/// What is kept of a Secret: never a value, except of what is public anyway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretFacts {
    /// Its entries.
    pub entries: BTreeMap<String, SecretEntry>,
    /// What made it and keeps it up, by the label `app.kubernetes.io/managed-by`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_by: Option<String>,
    /// When its entries were changed last, as far as its managed fields tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Timestamp>,
}

/// What is kept of one entry of a Secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretEntry {
    /// PEM certificates, which are public.
    Certificates(Vec<Der>),
    /// A private key, of which the hash of the public key is kept.
    PrivateKey(KeyFacts),
    /// Anything else.
    Opaque {
        /// Its length in bytes.
        length: usize,
        /// Whether it has white space at either end, or a space inside.
        white_space: bool,
        /// Equal for equal values of this run.
        fingerprint: Fingerprint,
    },
}

/// What is kept of a private key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyFacts {
    /// The SHA-256 of its subject public key info in hex; `None` where the key could not be read.
    pub public_key: Option<String>,
}

/// Certificates, and what is kept of the key beside them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateFile {
    /// In the order of the file.
    pub chain: Vec<Der>,
    /// Of the private key, where one was named.
    pub key: Option<KeyFacts>,
}

/// DER bytes of something public, written as base64.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Der(#[serde(with = "base64_text")] pub Vec<u8>);

/// What an access review said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessAnswer {
    /// The verdict.
    pub allowed: bool,
    /// The reason given, which names the binding where RBAC allowed it.
    pub reason: String,
}

/// What is kept of a bearer token: what it says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenFacts {
    /// When it ends.
    pub expires: Option<Timestamp>,
    /// Who issued it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Whose it is, such as `system:serviceaccount:datadog:datadog-agent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// For whom it is meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audiences: Vec<String>,
}

/// What a `TokenReview` said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewAnswer {
    /// Whether the token is good.
    pub authenticated: bool,
    /// Why it is not, in the API server's words, shortened.
    pub error: String,
}

/// What happened to one probe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeRecord {
    /// How far it climbed.
    pub rung: Rung,
    /// Why it fell from there; `None` where a whole answer arrived.
    pub failure: Option<Failure>,
    /// The handshake, as far as it went.
    pub tls: Option<TlsSeen>,
    /// The HTTP answer, as far as it came.
    pub http: Option<HttpSeen>,
    /// How long it took, in milliseconds.
    pub elapsed_ms: u64,
}

/// How far a probe climbed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rung {
    /// It never left: something it needs is missing.
    Prepared,
    /// The host has an address, but no connection came about.
    Resolved,
    /// A connection, but no handshake.
    Connected,
    /// The handshake is done (or none was needed), but no answer came.
    Handshaken,
    /// An HTTP status arrived.
    Answered,
}

/// What was seen of a TLS handshake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsSeen {
    /// `1.2` or `1.3`, once negotiated.
    pub version: Option<String>,
    /// The chain that the server presented, its own certificate first.
    pub chain: Vec<Der>,
    /// Whether the server proved that it holds the key of its certificate.
    pub key_proven: bool,
    /// Whether the server asked for a client certificate.
    pub asked_for_certificate: bool,
    /// The names of the CAs from which it takes client certificates, as DER; empty where it names none.
    pub acceptable: Vec<Der>,
    /// Whether a client certificate was presented.
    pub presented: bool,
    /// The alert that the server sent, in the words of RFC 8446, such as `certificate_expired`.
    pub alert: Option<String>,
}

/// What was seen of an HTTP answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpSeen {
    /// The status code.
    pub status: u16,
    /// The few headers that tell something, in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: BodySeen,
}

/// What is kept of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodySeen {
    /// What it is.
    pub kind: BodyKind,
    /// How many bytes were read.
    pub bytes: u64,
    /// Whether that was all of it.
    pub complete: bool,
}

/// What a body is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BodyKind {
    /// Nothing.
    Empty,
    /// Metrics in a text format.
    Metrics(MetricsSeen),
    /// A web page; the beginning of its text.
    Html(String),
    /// JSON; its beginning.
    Json(String),
    /// Other text; its beginning.
    Text(String),
    /// Not text, or encoded in a way that was not asked for.
    Binary,
}

/// What is kept of a metrics body: names, and a few samples that judges want.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricsSeen {
    /// The names of the families, sorted, each once.
    pub families: Vec<String>,
    /// Whether there were more families than are kept.
    pub more_families: bool,
    /// How many samples there were.
    pub samples: u64,
    /// The samples that were asked for by name.
    pub kept: Vec<Sample>,
    /// How many lines were neither samples nor comments.
    pub unreadable: u64,
}

/// One sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// The metric's name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its value as it was written.
    pub value: String,
}

impl ProbeRecord {
    /// How many bytes of body were read.
    #[must_use]
    pub fn body_bytes(&self) -> u64 {
        self.http.as_ref().map_or(0, |http| http.body.bytes)
    }

    /// The names of the metric families, where metrics were answered.
    #[must_use]
    pub fn families(&self) -> Option<&[String]> {
        match &self.http.as_ref()?.body.kind {
            BodyKind::Metrics(metrics) => Some(&metrics.families),
            _ => None,
        }
    }

    /// The status code, where one arrived.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.http.as_ref().map(|http| http.status)
    }

    /// Whether it fell for a failure of this kind.
    #[must_use]
    pub fn failed_by(&self, kind: FailureKind) -> bool {
        self.failure.as_ref().is_some_and(|failure| failure.kind == kind)
    }

    /// Whether a status was answered and the body, if there was one, is metrics.
    #[must_use]
    pub fn served_metrics(&self) -> bool {
        self.status() == Some(200) && self.families().is_some()
    }

    /// The beginning of a body that is text of some kind but not metrics.
    #[must_use]
    pub fn text(&self) -> &str {
        match self.http.as_ref().map(|http| &http.body.kind) {
            Some(BodyKind::Html(text) | BodyKind::Json(text) | BodyKind::Text(text)) => text,
            _ => "",
        }
    }

    /// Whether the server asked for a client certificate and then broke off: by an alert, or by closing right
    /// after the handshake, which is how the alert of TLS 1.3 gets lost.
    #[must_use]
    pub fn broke_off_over_certificate(&self) -> bool {
        let asked = self.tls.as_ref().is_some_and(|tls| tls.asked_for_certificate);
        let broke_off = self
            .failure
            .as_ref()
            .is_some_and(|failure| matches!(failure.kind, FailureKind::Alert | FailureKind::Closed));
        asked && broke_off && self.http.is_none()
    }

    /// The user whom a 403 names, such as `system:anonymous`.
    ///
    /// The components of Kubernetes and the kubelet write it in two ways; both were measured on 1.36.
    #[must_use]
    pub fn refused_user(&self) -> Option<&str> {
        if self.status() != Some(403) {
            return None;
        }
        let text = self.text();
        let named = text
            .split_once("User \\\"")
            .map(|(_, rest)| rest.split("\\\"").next())
            .or_else(|| text.split_once("User \"").map(|(_, rest)| rest.split('"').next()))
            .or_else(|| text.split_once("Forbidden (user=").map(|(_, rest)| rest.split(',').next()));
        named.flatten()
    }
}

impl std::fmt::Debug for Der {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Der({} bytes)", self.0.len())
    }
}

mod base64_text {
    //! DER as base64 text, because the recording is JSON.
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(from)?).map_err(D::Error::custom)
    }
}

//! One thing to ask of the world. Questions are data: planning them needs no network, and each knows the right that it needs.

pub use super::{
    access::{AccessSpec, AccountRef, Permission, TokenSpec, Who},
    endpoint::{Endpoint, Scheme},
    host::HostQuestion,
    installed::InstalledQuestion,
    resource::Resource,
    said::{AgentCommand, ExecSpec, LogSpec},
};

use super::component::Component;
use serde::{Deserialize, Serialize};
use std::{fmt, net::IpAddr};

/// One thing to ask.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// The API server's version.
    Version,
    /// The API groups that are served.
    ApiGroups,
    /// Some objects of one kind.
    List(ListSpec),
    /// One object by name.
    Object(ObjectRef),
    /// Whether somebody may do something, as the API server decides it.
    May(AccessSpec),
    /// A short-lived token of a service account.
    Token(TokenSpec),
    /// What the API server says of the token of a service account that was got before: it goes to nobody else.
    Review(AccountRef),
    /// What an installer of Datadog keeps in the cluster.
    Installed(InstalledQuestion),
    /// How the kubelet of a node is configured, as it says through the API server's proxy.
    KubeletConfig(String),
    /// What the kubelet of a node says of its static pods, through the API server's proxy.
    KubeletPods(String),
    /// Whether an address belongs to the machine that ctlmon runs on.
    Here(IpAddr),
    /// Certificates, and perhaps their key, in files that the user named.
    Certificates(CertificateSource),
    /// What the bearer token in a file that the user named says of itself.
    TokenFile(String),
    /// Something of the node that ctlmon runs on.
    Host(HostQuestion),
    /// What an endpoint answers.
    Probe(ProbeSpec),
    /// What a container has written lately.
    Logs(LogSpec),
    /// What a command tells that prints the state of an Agent.
    Exec(ExecSpec),
}

/// How many nodes one page of a long list has: with all that they carry some 3 MB.
pub const NODES_OF_A_PAGE: u32 = 250;

/// Which objects of one kind to list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ListSpec {
    /// The kind.
    pub resource: Resource,
    /// Whole objects, or their metadata only.
    pub shape: Shape,
    /// One namespace, or all of them.
    pub namespace: Option<String>,
    /// A label selector.
    pub labels: Option<String>,
    /// A field selector.
    pub fields: Option<String>,
    /// How many objects to read at the most; more make the answer partial.
    pub limit: u32,
}

/// How much of each object is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// The whole object.
    Whole,
    /// `PartialObjectMetadata`: name, namespace, labels.
    Names,
    /// The specifications of pods, as if each were the template of a workload.
    Specifications,
    /// Of nodes where their kubelets are, page by page.
    Addresses,
}

/// One object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObjectRef {
    /// Its kind.
    pub kind: ObjectKind,
    /// Its namespace; empty for what lies in none.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.kind.name(), self.namespace, self.name)
    }
}

/// The kinds that are read by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObjectKind {
    /// A `ConfigMap`.
    ConfigMap,
    /// A Secret, of which presence, key names and certificates are kept.
    Secret,
    /// A namespace.
    Namespace,
    /// A service account.
    ServiceAccount,
    /// A `ClusterRole`.
    ClusterRole,
}

/// A pod.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PodRef {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// What to ask of an endpoint, from where and as whom.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProbeSpec {
    /// The component that is expected there.
    pub component: Component,
    /// Where it is expected.
    pub endpoint: Endpoint,
    /// From where it is asked.
    pub vantage: Vantage,
    /// As whom it is asked.
    pub credential: Credential,
    /// The SHA-256 of the serving certificate without which the credential must not be sent, in hex.
    ///
    /// A token is sent only after a probe without it; this ties the second connection to what the first one saw.
    pub pin: Option<String>,
}

/// From where an endpoint is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vantage {
    /// A request that the API server answers itself or passes on; the caller's own credential goes to it alone.
    ApiServer(ApiRoute),
    /// A connection from this machine.
    Direct,
    /// A connection that the API server forwards into a pod's network namespace.
    PortForward(PodRef),
}

/// Where the API server takes a request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApiRoute {
    /// It answers itself.
    Itself,
    /// To the kubelet of a node, with the API server's own credential.
    Node(String),
}

/// As whom an endpoint is asked. Always a reference: the secret itself stays in the keyring.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Credential {
    /// With nothing.
    Nobody,
    /// As the caller, which only the API server may see.
    Caller,
    /// With a short-lived token of a service account.
    Account(AccountRef),
    /// With a client certificate.
    ClientCertificate(CertificateSource),
    /// With the token in an entry of a Secret, which the agents present to the Cluster Agent.
    SecretToken {
        /// The Secret's namespace.
        namespace: String,
        /// The Secret's name.
        name: String,
        /// The entry.
        key: String,
    },
    /// With a token from a file that the user named.
    TokenFile(String),
}

/// Where a certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateSource {
    /// Files that the user named; without a key for a CA.
    Files {
        /// The certificate, or several.
        certificate: String,
        /// Its private key.
        key: Option<String>,
    },
    /// Entries of one Secret.
    Secret {
        /// The Secret's namespace.
        namespace: String,
        /// The Secret's name.
        name: String,
        /// The entry that holds the certificate.
        certificate: String,
        /// The entry that holds the private key.
        key: Option<String>,
    },
}

impl Question {
    /// The right that the caller needs for this question, where it needs one.
    #[must_use]
    pub fn permission(&self) -> Option<Permission> {
        match self {
            Self::Version => Some(Permission::path("get", "/version")),
            Self::ApiGroups => Some(Permission::path("get", "/apis")),
            Self::List(spec) => Some(Permission::Resource {
                verb: "list".to_owned(),
                group: spec.resource.group().to_owned(),
                resource: spec.resource.plural().to_owned(),
                subresource: None,
                namespace: spec.namespace.clone(),
                name: None,
            }),
            Self::Object(object) => Some(Permission::Resource {
                verb: "get".to_owned(),
                group: object.kind.group().to_owned(),
                resource: object.kind.plural().to_owned(),
                subresource: None,
                namespace: object.within().map(str::to_owned),
                name: Some(object.name.clone()),
            }),
            Self::May(spec) => Some(Permission::Resource {
                verb: "create".to_owned(),
                group: "authorization.k8s.io".to_owned(),
                resource: match spec.who {
                    Who::Caller => "selfsubjectaccessreviews",
                    Who::Anonymous | Who::Account(_) | Who::User(_) => "subjectaccessreviews",
                }
                .to_owned(),
                subresource: None,
                namespace: None,
                name: None,
            }),
            Self::Review(_) => Some(Permission::Resource {
                verb: "create".to_owned(),
                group: "authentication.k8s.io".to_owned(),
                resource: "tokenreviews".to_owned(),
                subresource: None,
                namespace: None,
                name: None,
            }),
            Self::Token(TokenSpec { account, .. }) => Some(Permission::Resource {
                verb: "create".to_owned(),
                group: String::new(),
                resource: "serviceaccounts".to_owned(),
                subresource: Some("token".to_owned()),
                namespace: Some(account.namespace.clone()),
                name: Some(account.name.clone()),
            }),
            Self::Probe(spec) => match &spec.vantage {
                Vantage::Direct => None,
                Vantage::ApiServer(ApiRoute::Itself) => Some(of_path(&spec.endpoint.path)),
                Vantage::ApiServer(ApiRoute::Node(_)) => Some(node_proxy()),
                // A WebSocket begins as a GET. From Kubernetes 1.35 the API server asks for `create` as well; which of
                // the two a caller lacks only the refusal tells.
                Vantage::PortForward(pod) => Some(of_pods("portforward", pod)),
            },
            Self::KubeletConfig(_) | Self::KubeletPods(_) => Some(node_proxy()),
            Self::Installed(asked) => Some(asked.permission()),
            Self::Logs(spec) => Some(of_pods("log", &spec.pod)),
            // As for a port-forward.
            Self::Exec(spec) => Some(of_pods("exec", &spec.pod)),
            Self::Here(_) | Self::Certificates(_) | Self::TokenFile(_) | Self::Host(_) => None,
        }
    }
}

/// The right to get something of all pods in the namespace of one.
fn of_pods(subresource: &str, pod: &PodRef) -> Permission {
    Permission::Resource {
        verb: "get".to_owned(),
        group: String::new(),
        resource: "pods".to_owned(),
        subresource: Some(subresource.to_owned()),
        namespace: Some(pod.namespace.clone()),
        name: None,
    }
}

/// The right to get a path of the API server, which below `/apis` is a right to a resource.
fn of_path(path: &str) -> Permission {
    let path = path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        ["apis", group, _, resource, _, rest @ ..] => Permission::Resource {
            verb: "get".to_owned(),
            group: (*group).to_owned(),
            resource: (*resource).to_owned(),
            subresource: rest.first().map(|part| (*part).to_owned()),
            namespace: None,
            name: None,
        },
        _ => Permission::path("get", path),
    }
}

/// The right to ask kubelets through the API server. It names no node: thousands of them lack one right.
fn node_proxy() -> Permission {
    Permission::Resource {
        verb: "get".to_owned(),
        group: String::new(),
        resource: "nodes".to_owned(),
        subresource: Some("proxy".to_owned()),
        namespace: None,
        name: None,
    }
}

impl Question {
    /// Whether the API server itself is asked.
    #[must_use]
    pub const fn is_for_the_api(&self) -> bool {
        self.sends() && !matches!(self, Self::Probe(_))
    }

    /// Whether anything is sent anywhere.
    #[must_use]
    pub const fn sends(&self) -> bool {
        self.round_trips() > 0
    }

    /// The longest chain of HTTP requests, each of which needs the answer to the one before, that it can take; setting
    /// up connections not counted.
    ///
    /// A port-forward is a request to the API server, and only what is forwarded then carries the one to the endpoint.
    #[must_use]
    pub const fn round_trips(&self) -> u32 {
        match self {
            Self::Here(_) | Self::Certificates(_) | Self::TokenFile(_) | Self::Host(_) => 0,
            Self::Probe(ProbeSpec { vantage: Vantage::PortForward(_), .. }) => 2,
            Self::List(ListSpec { shape: Shape::Addresses, limit, .. }) => limit.div_ceil(NODES_OF_A_PAGE),
            _ => 1,
        }
    }
}

impl ListSpec {
    /// Whole objects of one kind in all namespaces, without selectors.
    #[must_use]
    pub const fn all(resource: Resource, limit: u32) -> Self {
        Self { resource, shape: Shape::Whole, namespace: None, labels: None, fields: None, limit }
    }

    /// The same in one namespace.
    #[must_use]
    pub fn within(mut self, namespace: &str) -> Self {
        self.namespace = Some(namespace.to_owned());
        self
    }

    /// The same with a label selector.
    #[must_use]
    pub fn labelled(mut self, selector: impl Into<String>) -> Self {
        self.labels = Some(selector.into());
        self
    }

    /// The same with a field selector.
    #[must_use]
    pub fn with_fields(mut self, selector: impl Into<String>) -> Self {
        self.fields = Some(selector.into());
        self
    }

    /// The same, of pods, as their specifications.
    #[must_use]
    pub const fn specifications(mut self) -> Self {
        self.shape = Shape::Specifications;
        self
    }

    /// The same, of nodes, as no more than where their kubelets are.
    #[must_use]
    pub const fn addresses(mut self) -> Self {
        self.shape = Shape::Addresses;
        self
    }

    /// The same as metadata only.
    #[must_use]
    pub const fn names(mut self) -> Self {
        self.shape = Shape::Names;
        self
    }
}

impl ObjectKind {
    /// The API group; empty for the core group.
    #[must_use]
    pub const fn group(self) -> &'static str {
        match self {
            Self::ConfigMap | Self::Secret | Self::Namespace | Self::ServiceAccount => "",
            Self::ClusterRole => "rbac.authorization.k8s.io",
        }
    }

    /// The name in URLs and in RBAC rules.
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            Self::ConfigMap => "configmaps",
            Self::Secret => "secrets",
            Self::Namespace => "namespaces",
            Self::ServiceAccount => "serviceaccounts",
            Self::ClusterRole => "clusterroles",
        }
    }

    /// The kind as people write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConfigMap => "ConfigMap",
            Self::Secret => "Secret",
            Self::Namespace => "Namespace",
            Self::ServiceAccount => "ServiceAccount",
            Self::ClusterRole => "ClusterRole",
        }
    }
}

impl ObjectRef {
    /// The namespace; `None` for what lies in none.
    #[must_use]
    pub fn within(&self) -> Option<&str> {
        (!self.namespace.is_empty()).then_some(self.namespace.as_str())
    }

    /// The path under which the API server has it.
    #[must_use]
    pub fn path(&self) -> String {
        let api = match self.kind.group() {
            "" => "/api/v1".to_owned(),
            group => format!("/apis/{group}/v1"),
        };
        let within = self.within().map(|name| format!("/namespaces/{name}")).unwrap_or_default();
        format!("{api}{within}/{}/{}", self.kind.plural(), self.name)
    }
}

impl Credential {
    /// As whom, in as few words as a table has room for.
    #[must_use]
    pub fn short(&self) -> String {
        match self {
            Self::Nobody => "as nobody".to_owned(),
            Self::Caller => "as the caller".to_owned(),
            Self::Account(account) => format!("as {account}"),
            Self::ClientCertificate(CertificateSource::Secret { namespace, name, .. }) => {
                format!("with Secret {namespace}/{name}")
            }
            Self::ClientCertificate(CertificateSource::Files { certificate, .. }) => {
                format!("with {certificate}")
            }
            Self::SecretToken { namespace, name, .. } => format!("with token of {namespace}/{name}"),
            Self::TokenFile(path) => format!("with token {path}"),
        }
    }
}

impl CertificateSource {
    /// The entry or file of the certificate and that of its key, as people would name them.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Files { certificate, .. } => certificate.clone(),
            Self::Secret { namespace, name, certificate, .. } => {
                format!("Secret {namespace}/{name}, entry {certificate}")
            }
        }
    }
}

impl fmt::Display for PodRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

impl fmt::Display for Vantage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ApiServer(ApiRoute::Itself) => f.write_str("by the API server itself"),
            Self::ApiServer(ApiRoute::Node(node)) => {
                write!(f, "through the API server's proxy to node {node}")
            }
            Self::Direct => f.write_str("from this machine"),
            Self::PortForward(pod) => write!(f, "through a port-forward into pod {pod}"),
        }
    }
}

impl fmt::Display for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("as nobody"),
            Self::Caller => f.write_str("as the caller"),
            Self::Account(account) => write!(f, "as service account {account}"),
            Self::ClientCertificate(source) => {
                write!(f, "with the client certificate of {}", source.describe())
            }
            Self::SecretToken { namespace, name, key } => {
                write!(f, "with the token of Secret {namespace}/{name}, entry {key}")
            }
            Self::TokenFile(path) => write!(f, "with the token in {path}"),
        }
    }
}

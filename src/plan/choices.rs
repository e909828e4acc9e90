//! What the user chose, checked before anything is planned. It knows no distribution and holds no key: keys are named by
//! the Secret that they lie in.

use super::{error::PlanError, parts::Account};
use serde::Serialize;
use std::{collections::BTreeSet, fmt};

use crate::model::{cluster_name::Rule, component::Component};

/// The chart since which names of clusters may begin with a digit and hold underscores.
const LENIENT_CHART: Version = Version(3, 201, 4);

/// The operator since which agents that share their node's network can be told how to look up names.
///
/// Source: the definition of `DatadogAgent` at each of its releases.
const OLDEST_OPERATOR: Version = Version(1, 8, 0);

/// Everything that a user can choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    /// On which nodes the agents run.
    pub audience: Audience,
    /// Where etcd's metrics are to come from.
    pub etcd: EtcdSource,
    /// How agents are told of checks for which no container of the component's own stands.
    pub checks_by: ChecksBy,
    /// Components whose listener on the network is switched on, or will be before this is applied.
    pub exposed: BTreeSet<Component>,
    /// How agents take the kubelet's serving certificate; `None` leaves it to what the distribution needs.
    pub kubelet_tls: Option<KubeletTls>,
    /// The namespace of everything that is installed.
    pub namespace: String,
    /// The name of the Helm release or of the `DatadogAgent`.
    pub release: String,
    /// The release whose Cluster Agent the agents on workers join.
    pub cluster_agent_release: String,
    /// The name of the cluster in Datadog.
    pub cluster_name: Option<String>,
    /// Datadog's site, such as `datadoghq.eu`.
    pub site: Option<String>,
    /// Where the keys lie.
    pub keys: Keys,
    /// Tags of everything that is sent.
    pub tags: Vec<String>,
    /// How much the agents log.
    pub log_level: Option<LogLevel>,
    /// The registry of all images.
    pub registry: Option<String>,
    /// The Secret with which images are pulled.
    pub pull_secret: Option<String>,
    /// What is collected beside metrics of the control plane.
    pub extras: Extras,
    /// Whether agents run beside pods too, for pods on nodes that take no other agent.
    pub sidecars: bool,
    /// The service accounts of these pods.
    pub sidecar_accounts: Vec<Account>,
    /// How many runners of cluster checks; `None` leaves these to the node agents unless nobody else could.
    pub runners: Option<u8>,
    /// The operating system of the nodes.
    pub windows: bool,
    /// The releases that this is written for.
    pub versions: Versions,
}

/// What is collected beside metrics of the control plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each one is a switch of the user's")]
pub struct Extras {
    /// Logs of all containers.
    pub logs: bool,
    /// Traces.
    pub apm: bool,
    /// Processes.
    pub processes: bool,
    /// The external metrics API for autoscaling.
    pub external_metrics: bool,
    /// Kubernetes events.
    pub events: bool,
    /// The core check of kube-state-metrics.
    pub kube_state_metrics: bool,
    /// Leader election among agents, which the collection of events needs.
    pub leader_election: bool,
}

/// On which nodes the agents run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// On those of the control plane alone.
    ControlPlane,
    /// On all others.
    Workers,
    /// On all: one configuration that is right for both.
    All,
}

/// Where etcd's metrics are to come from, the least powerful first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EtcdSource {
    /// The first of those below that the distribution has.
    Auto,
    /// A listener for metrics alone, without TLS.
    Metrics,
    /// A certificate that opens metrics and nothing else.
    MetricsCertificate,
    /// A client certificate that lies on the node.
    NodeCertificate,
    /// A client certificate of one's own, in a Secret.
    Secret,
    /// Nowhere: etcd is not collected.
    Off,
}

/// How agents are told of checks for which no container of the component's own stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChecksBy {
    /// Files of the Cluster Agent and of the agents on the component's nodes.
    Files,
    /// Annotations of Services, and of pods that only pause where there is no Service.
    Annotations,
}

/// How agents take the kubelet's serving certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KubeletTls {
    /// It must be signed by the cluster's CA.
    Verify,
    /// It is taken as it is.
    Skip,
    /// It must be signed by the CA in this file of the node.
    Authority(String),
}

/// Where the keys lie: Secrets in the namespace of the agents, with the keys `api-key`, `app-key` and `token`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Keys {
    /// The Secret of the API key.
    pub api: String,
    /// The Secret of the application key.
    pub app: String,
    /// The Secret of the Cluster Agent's token.
    pub token: String,
    /// The Secret of a client certificate for etcd, where one is used.
    pub etcd: String,
}

/// How much the agents log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LogLevel {
    /// Everything.
    Trace,
    /// What helps to find a fault.
    Debug,
    /// What an agent logs by itself.
    Info,
    /// Warnings and worse.
    Warn,
    /// Errors and worse.
    Error,
}

/// The releases that configuration is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    /// The Helm chart `datadog`.
    pub chart: Version,
    /// The Datadog operator.
    pub operator: Version,
    /// Kubernetes, where it is known.
    pub kubernetes: Option<Version>,
}

/// Three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u16, pub u16, pub u16);

impl Version {
    /// The newest chart that ctlmon's output was tried with.
    pub const CHART: Self = Self(3, 240, 0);
    /// The newest operator that ctlmon's output was tried with.
    pub const OPERATOR: Self = Self(1, 29, 0);

    /// The version in a text such as `3.240.0`, `v1.36.2+rke2r1` or `1.29`; `None` where it is none.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (numbers, rest) = text.split_at(end);
        let starts_well = rest.chars().next().is_none_or(|c| matches!(c, '-' | '+' | '_'));
        let mut parts = numbers.split('.').map(|part| part.parse::<u16>().ok());
        let first = parts.next()??;
        let second = parts.next()??;
        let third = parts.next().map_or(Some(0), |part| part)?;
        (parts.next().is_none() && starts_well).then_some(Self(first, second, third))
    }
}

impl Choices {
    /// Whether these make sense, whatever the distribution.
    ///
    /// # Errors
    /// The first that does not, with what was expected.
    pub fn check(&self) -> Result<(), PlanError> {
        let not = |option, value: &str, expected| {
            Err(PlanError::Option { option, value: value.to_owned(), expected })
        };
        for (option, name) in [
            ("--namespace", &self.namespace),
            ("--release", &self.release),
            ("--cluster-agent-release", &self.cluster_agent_release),
        ] {
            if !is_label(name, 53) {
                return not(
                    option,
                    name,
                    "at most 53 lower-case letters, digits and dashes, a letter or digit at both ends",
                );
            }
        }
        let secrets = [
            ("--api-key-secret", &self.keys.api),
            ("--app-key-secret", &self.keys.app),
            ("--token-secret", &self.keys.token),
            ("--etcd-secret", &self.keys.etcd),
        ];
        for (option, name) in
            secrets.into_iter().chain(self.pull_secret.iter().map(|it| ("--image-pull-secret", it)))
        {
            if !is_subdomain(name) {
                return not(
                    option,
                    name,
                    "the name of a Secret: lower-case letters, digits, dashes and dots",
                );
            }
        }
        let rule = if self.versions.chart < LENIENT_CHART { Rule::Strict } else { Rule::Lenient };
        if let Some(name) = self.cluster_name.as_ref().filter(|name| !rule.takes(name)) {
            return not("--cluster-name", name, rule.words());
        }
        if let Some(site) = &self.site
            && !is_subdomain(site)
        {
            return not("--site", site, "a host name such as datadoghq.eu");
        }
        if let Some(registry) = &self.registry
            && !is_registry(registry)
        {
            return not(
                "--registry",
                registry,
                "a host with an optional port and path, such as registry.example:5000/datadog",
            );
        }
        if let Some(KubeletTls::Authority(path)) = &self.kubelet_tls
            && !is_path(path)
        {
            return not("--kubelet-tls", path, "ca= and the absolute path of a file on the nodes");
        }
        if let Some(tag) = self.tags.iter().find(|tag| !is_tag(tag)) {
            return not("--tag", tag, "key:value of at most 200 characters, without line breaks");
        }
        let is_account = |it: &&Account| !is_label(&it.namespace, 63) || !is_subdomain(&it.name);
        if let Some(account) = self.sidecar_accounts.iter().find(is_account) {
            let value = format!("{}/{}", account.namespace, account.name);
            return not("--sidecar-account", &value, "NAMESPACE/NAME of a service account");
        }
        if self.versions.operator < OLDEST_OPERATOR {
            return not("--operator-version", &self.versions.operator.to_string(), "1.8.0 or newer");
        }
        if self.runners == Some(0) {
            return not("--runners", "0", "at least 1");
        }
        Ok(())
    }

    /// The full name that the chart gives its objects.
    ///
    /// Source: the chart's template `datadog.fullname`.
    #[must_use]
    pub fn full_name(release: &str) -> String {
        let mut name =
            if release.contains("datadog") { release.to_owned() } else { format!("{release}-datadog") };
        name.truncate(63);
        name.trim_end_matches('-').to_owned()
    }
}

fn is_label(text: &str, longest: usize) -> bool {
    let is_inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let ends_well = |b: Option<&u8>| b.is_some_and(|b| *b != b'-');
    let bytes = text.as_bytes();
    bytes.len() <= longest
        && bytes.iter().all(|b| is_inner(*b))
        && ends_well(bytes.first())
        && ends_well(bytes.last())
}

fn is_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(|part| is_label(part, 253))
}

fn is_registry(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-:".contains(&b))
    };
    text.len() <= 253 && text.split('/').all(is_part)
}

fn is_path(text: &str) -> bool {
    text.starts_with('/')
        && text.len() > 1
        && !text.split('/').any(|part| part == "..")
        && !text.contains(char::is_control)
}

fn is_tag(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= 200 && !text.contains(char::is_control)
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ControlPlane => "control-plane",
            Self::Workers => "workers",
            Self::All => "all",
        })
    }
}

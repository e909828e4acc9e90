//! Everything that one run saw, and nothing that it concluded: the seam between looking and judging.

use super::{
    answer::{
        AccessAnswer, Answer, CertificateFile, ConfigMapFacts, Listed, ProbeRecord, ReviewAnswer,
        SecretFacts, TokenFacts,
    },
    component::Component,
    facts::{AnnotatedService, KubeletConfig, Named, Node, Pod, ServerVersion},
    host::{HostFile, HostPath, HostProcess, HostQuestion, HostSocket, Manifests},
    installed::{Application, Installed, InstalledQuestion, ServedBy},
    network_policy::NetworkPolicy,
    observed::{Failure, Observed},
    question::{
        AccessSpec, AccountRef, CertificateSource, Credential, Endpoint, ListSpec, ObjectKind, ObjectRef,
        ProbeSpec, Question, TokenSpec,
    },
    rights::{Binding, Role},
    said::{ExecSpec, LogSeen, LogSpec, SelfReport},
    surroundings::{
        ApiService, DatadogAgent, EndpointSlice, Event, Lease, Namespace, ServiceAccount, SigningRequest,
        Webhook,
    },
    workload::Workload,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, collections::BTreeMap, net::IpAddr};

/// The format of the recording that this version writes and reads.
pub const FORMAT: u32 = 1;

/// All questions that were asked with their answers, and the time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The recording's format.
    pub format: u32,
    /// The version of the ctlmon that looked.
    pub tool: String,
    /// When looking began; judges know no other time.
    pub taken_at: Timestamp,
    /// What the run was asked to find out.
    pub wanted: Wanted,
    /// Sorted by question, each once.
    pub asked: Vec<Asked>,
    /// What each wave cost.
    pub waves: Vec<Wave>,
    /// Whether the run was cut short, and by what.
    pub cut_short: Option<CutShort>,
}

/// Why a run ended before it had asked everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CutShort {
    /// Somebody interrupted it.
    Interrupted,
    /// Its time was over.
    Deadline,
}

/// What a run was asked to find out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The kubeconfig context that was used; `None` without a cluster.
    pub context: Option<String>,
    /// The namespace of the agents, where only those of one are to be looked at.
    pub namespace: Option<String>,
    /// Endpoints that the user named, in place of a cluster's.
    pub endpoints: Vec<NamedEndpoint>,
    /// Where the root of the node's file system is mounted, where ctlmon looks at the node that it runs on and at no
    /// cluster.
    pub on_node: Option<String>,
    /// By which ways endpoints may be asked, the best first; `None` for all of them in the order that suits each.
    pub via: Option<Vec<Way>>,
    /// Whether short-lived tokens of the agents' accounts may be asked for.
    pub as_agent: bool,
    /// Whether those tokens may be sent over a connection whose server is not verified.
    pub send_token_unverified: bool,
    /// How programs are listened to.
    #[serde(default)]
    pub listening: Listening,
    /// Whether every kubelet is asked, and not only those of the control plane and a few others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all_nodes: bool,
}

/// How programs are listened to for what they say of themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listening {
    /// Their logs may be read.
    pub logs: bool,
    /// The agents' own commands may be run in their pods.
    pub exec: bool,
}

/// A way to an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// A request that the API server answers or passes on.
    ApiServer,
    /// A connection that the API server forwards into a pod.
    PortForward,
    /// A connection from this machine.
    Direct,
}

/// An endpoint that the user named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedEndpoint {
    /// What is expected there.
    pub component: Component,
    /// Where.
    pub endpoint: Endpoint,
    /// With what it is asked.
    pub credential: Credential,
    /// What its serving certificate is verified with.
    pub authority: Option<CertificateSource>,
}

impl CutShort {
    /// In JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Interrupted => "interrupted",
            Self::Deadline => "deadline",
        }
    }
}

/// One question with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The question.
    pub question: Question,
    /// The answer, or how it is missing.
    pub answer: Observed<Answer>,
}

/// What one wave cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wave {
    /// Questions asked at once.
    pub questions: u32,
    /// HTTP requests sent to the API server.
    pub requests: u32,
    /// The longest chain of requests, to whomever, each of which needed the answer to the one before. Setting up
    /// connections is not counted.
    pub round_trips: u32,
    /// Bytes of bodies read, API server and endpoints together.
    pub bytes: u64,
}

impl Snapshot {
    /// A snapshot in which nothing was asked yet.
    #[must_use]
    pub fn empty(taken_at: Timestamp, wanted: Wanted) -> Self {
        Self {
            format: FORMAT,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            taken_at,
            wanted,
            asked: Vec::new(),
            waves: Vec::new(),
            cut_short: None,
        }
    }

    /// Adds answers; an answer to a question that has one already is dropped.
    pub fn add(&mut self, answers: impl IntoIterator<Item = Asked>) {
        for asked in answers {
            if let Err(place) = self.find(&asked.question) {
                self.asked.insert(place, asked);
            }
        }
    }

    /// Whether a question was asked.
    #[must_use]
    pub fn has(&self, question: &Question) -> bool {
        self.find(question).is_ok()
    }

    /// The answer to a question, [`Observed::NotAsked`] where there is none.
    #[must_use]
    pub fn answer(&self, question: &Question) -> &Observed<Answer> {
        match self.find(question) {
            Ok(place) => &self.asked[place].answer,
            Err(_) => &Observed::NotAsked,
        }
    }

    /// What every question to the API server failed with, where not a single one was answered.
    ///
    /// A refusal is an answer: who is forbidden everything has reached the server.
    #[must_use]
    pub fn unanswered_api(&self) -> Option<&Failure> {
        let mut first = None;
        for asked in self.asked.iter().filter(|asked| asked.question.is_for_the_api()) {
            match &asked.answer {
                Observed::Failed(failure) => first = first.or(Some(failure)),
                Observed::NotAsked => {}
                Observed::Seen(_) | Observed::Absent | Observed::Denied(_) => return None,
            }
        }
        first
    }

    /// The probes of one endpoint, with their answers: they stand together.
    #[must_use]
    pub fn probes_of(&self, component: Component, endpoint: &Endpoint) -> &[Asked] {
        let place = |asked: &Asked| match &asked.question {
            Question::Probe(spec) => (spec.component, &spec.endpoint).cmp(&(component, endpoint)),
            // What programs say of themselves stands behind them, whatever else is asked before.
            Question::Logs(_) | Question::Exec(_) => Ordering::Greater,
            _ => Ordering::Less,
        };
        let begin = self.asked.partition_point(|asked| place(asked).is_lt());
        let end = self.asked.partition_point(|asked| place(asked).is_le());
        &self.asked[begin..end]
    }

    fn find(&self, question: &Question) -> Result<usize, usize> {
        self.asked.binary_search_by(|asked| asked.question.cmp(question))
    }
}

/// Typed look-ups: an answer of the wrong kind, which only a damaged file can hold, counts as not asked.
macro_rules! look_up {
    ($(#[$doc:meta])* $name:ident, $variant:ident, $out:ty, ($($arg:ident: $ty:ty),*) => $question:expr) => {
        $(#[$doc])*
        #[must_use]
        pub fn $name(&self $(, $arg: $ty)*) -> Observed<&$out> {
            match self.answer(&$question) {
                Observed::Seen(Answer::$variant(value)) => Observed::Seen(value),
                Observed::Seen(_) | Observed::NotAsked => Observed::NotAsked,
                Observed::Absent => Observed::Absent,
                Observed::Denied(denial) => Observed::Denied(denial.clone()),
                Observed::Failed(failure) => Observed::Failed(failure.clone()),
            }
        }
    };
}

impl Snapshot {
    look_up!(
        /// The API server's version.
        version, Version, ServerVersion, () => Question::Version
    );
    look_up!(
        /// The API groups.
        api_groups, ApiGroups, Vec<String>, () => Question::ApiGroups
    );
    look_up!(
        /// A list of nodes.
        nodes, Nodes, Listed<Node>, (spec: &ListSpec) => Question::List(spec.clone())
    );
    look_up!(
        /// A list of pods.
        pods, Pods, Listed<Pod>, (spec: &ListSpec) => Question::List(spec.clone())
    );
    look_up!(
        /// A list of workloads.
        workloads, Workloads, Listed<Workload>, (spec: &ListSpec) => Question::List(spec.clone())
    );
    look_up!(
        /// A list of Services that configure checks.
        services, Services, Listed<AnnotatedService>, (spec: &ListSpec) => Question::List(spec.clone())
    );
    look_up!(
        /// A list of names.
        names, Names, Listed<Named>, (spec: &ListSpec) => Question::List(spec.clone())
    );
    look_up!(
        /// A list of role bindings.
        bindings, Bindings, Listed<Binding>, (spec: &ListSpec) => Question::List(spec.clone())
    );
    look_up!(
        /// A `ConfigMap`.
        config_map, ConfigMap, ConfigMapFacts, (namespace: &str, name: &str) => Question::Object(ObjectRef {
            kind: ObjectKind::ConfigMap, namespace: namespace.to_owned(), name: name.to_owned(),
        })
    );
    look_up!(
        /// A Secret.
        secret, Secret, SecretFacts, (namespace: &str, name: &str) => Question::Object(ObjectRef {
            kind: ObjectKind::Secret, namespace: namespace.to_owned(), name: name.to_owned(),
        })
    );
    look_up!(
        /// An access review.
        access, Access, AccessAnswer, (spec: &AccessSpec) => Question::May(spec.clone())
    );
    look_up!(
        /// A token's facts.
        token, Token, TokenFacts, (spec: &TokenSpec) => Question::Token(spec.clone())
    );
    look_up!(
        /// What the API server says of an account's token.
        review, Review, ReviewAnswer, (account: &AccountRef) => Question::Review(account.clone())
    );
    look_up!(
        /// The facts of the token in a file.
        token_file, Token, TokenFacts, (path: &str) => Question::TokenFile(path.to_owned())
    );
    look_up!(
        /// What an installer was told.
        installed, Installed, Installed, (asked: &InstalledQuestion) => Question::Installed(asked.clone())
    );
    look_up!(
        /// The Applications of Argo CD that install the chart.
        applications, Applications, Listed<Application>,
        () => Question::Installed(InstalledQuestion::Applications)
    );
    look_up!(
        /// Who serves external metrics.
        external_metrics, ServedBy, ServedBy, () => Question::Installed(InstalledQuestion::ExternalMetrics)
    );
    look_up!(
        /// A kubelet's configuration.
        kubelet_config, KubeletConfig, KubeletConfig, (node: &str) => Question::KubeletConfig(node.to_owned())
    );
    look_up!(
        /// Whether an address is one of the machine that looked.
        here, Here, bool, (address: IpAddr) => Question::Here(address)
    );
    look_up!(
        /// The phases of a node's static pods, as its kubelet says them.
        kubelet_pods, KubeletPods, BTreeMap<String, String>, (node: &str) => Question::KubeletPods(node.to_owned())
    );
    look_up!(
        /// A list of events.
        events, Events, Listed<Event>, (spec: &ListSpec) => Question::List(spec.clone())
    );
    look_up!(
        /// A list of leases.
        leases, Leases, Listed<Lease>, (spec: &ListSpec) => Question::List(spec.clone())
    );
    look_up!(
        /// A list of network policies.
        network_policies, NetworkPolicies, Listed<NetworkPolicy>, (spec: &ListSpec) => Question::List(spec.clone())
    );
    look_up!(
        /// A list of the addresses behind Services.
        endpoint_slices, EndpointSlices, Listed<EndpointSlice>, (spec: &ListSpec) => Question::List(spec.clone())
    );
    look_up!(
        /// A list of aggregated APIs.
        api_services, ApiServices, Listed<ApiService>, (spec: &ListSpec) => Question::List(spec.clone())
    );
    look_up!(
        /// A list of requests for certificates.
        signing_requests, SigningRequests, Listed<SigningRequest>, (spec: &ListSpec) => Question::List(spec.clone())
    );
    look_up!(
        /// A list of webhooks that change objects.
        webhooks, Webhooks, Listed<Webhook>, (spec: &ListSpec) => Question::List(spec.clone())
    );
    look_up!(
        /// A list of `DatadogAgents`.
        datadog_agents, DatadogAgents, Listed<DatadogAgent>, (spec: &ListSpec) => Question::List(spec.clone())
    );
    look_up!(
        /// A namespace.
        namespace, Namespace, Namespace, (name: &str) => Question::Object(ObjectRef {
            kind: ObjectKind::Namespace, namespace: String::new(), name: name.to_owned(),
        })
    );
    look_up!(
        /// A service account.
        service_account, ServiceAccount, ServiceAccount, (account: &AccountRef) => Question::Object(ObjectRef {
            kind: ObjectKind::ServiceAccount, namespace: account.namespace.clone(), name: account.name.clone(),
        })
    );
    look_up!(
        /// A cluster role.
        cluster_role, Role, Role, (name: &str) => Question::Object(ObjectRef {
            kind: ObjectKind::ClusterRole, namespace: String::new(), name: name.to_owned(),
        })
    );
    look_up!(
        /// Certificates in files.
        certificates, Certificates, CertificateFile, (source: &CertificateSource) => Question::Certificates(source.clone())
    );
    look_up!(
        /// The programs that run on the node.
        processes, Processes, Listed<HostProcess>, () => Question::Host(HostQuestion::Processes)
    );
    look_up!(
        /// The sockets of the node that listen.
        sockets, Sockets, Listed<HostSocket>, () => Question::Host(HostQuestion::Sockets)
    );
    look_up!(
        /// The manifests in a folder of the node.
        manifests, Manifests, Manifests, (folder: &str) => Question::Host(HostQuestion::Manifests(folder.to_owned()))
    );
    look_up!(
        /// What is at a path of the node.
        host_path, HostPath, HostPath, (path: &str) => Question::Host(HostQuestion::Path(path.to_owned()))
    );
    look_up!(
        /// A file of the node.
        host_file, HostFile, HostFile, (path: &str) => Question::Host(HostQuestion::File(path.to_owned()))
    );
    look_up!(
        /// A log.
        log, Log, LogSeen, (spec: &LogSpec) => Question::Logs(spec.clone())
    );
    look_up!(
        /// What a command told.
        told, SelfReport, SelfReport, (spec: &ExecSpec) => Question::Exec(spec.clone())
    );
    look_up!(
        /// A probe.
        probe, Probe, Box<ProbeRecord>, (spec: &ProbeSpec) => Question::Probe(spec.clone())
    );
}

//! A snapshot in which every kind of question has its kind of answer, for tests. It must not show a real cluster.

use crate::model::{
    answer::{
        AccessAnswer, Answer, BodyKind, BodySeen, CertificateFile, ConfigMapFacts, Der, HttpSeen, KeyFacts,
        KubeadmFacts, Listed, MetricsSeen, ProbeRecord, ReviewAnswer, Rung, Sample, SecretEntry, SecretFacts,
        TlsSeen, TokenFacts,
    },
    check_config::{AnnotatedChecks, CheckConfig, CheckInstance},
    component::Component,
    facts::{
        AnnotatedService, Container, ContainerPort, ContainerState, KubeletConfig, Named, Node, Pod,
        ServerVersion, Taint,
    },
    host::{
        FileContent, HostFile, HostPath, HostProcess, HostQuestion, HostSocket, Manifest, ManifestContainer,
        Manifests, PathKind,
    },
    installed::{Application, Installed, InstalledQuestion, ServedBy, Setting},
    network_policy::{IngressRule, NetworkPolicy, Peer},
    observed::{Denial, Failure, FailureKind, Observed},
    question::{
        AccessSpec, AccountRef, CertificateSource, Credential, Endpoint, ListSpec, ObjectKind, ObjectRef,
        Permission, PodRef, ProbeSpec, Question, Resource, Scheme, TokenSpec, Vantage, Who,
    },
    rights::{Binding, Role, RoleKind, RoleRef},
    said::{
        AgentCommand, AgentStatus, CheckRun, ClusterAgentStatus, ClusterChecks, ConfigSource, Configurations,
        ExecSpec, LogSeen, LogSpec, Said, SelfReport, Unloaded,
    },
    secret::Fingerprint,
    snapshot::{Asked, Listening, NamedEndpoint, Snapshot, Wanted, Wave, Way},
    surroundings::{
        ApiService, DatadogAgent, EndpointSlice, Event, Lease, Namespace, ServiceAccount, SigningRequest,
        SliceAddress, Told, Webhook,
    },
    workload::{Mount, VolumeSource, Workload},
};
use jiff::Timestamp;
use std::{collections::BTreeMap, net::IpAddr};

/// Every question with its answer, and questions whose answers are missing in every way.
pub(super) fn snapshot() -> Snapshot {
    let wanted = Wanted {
        via: Some(vec![Way::Direct]),
        context: Some("practice \"quoted\" \\ \n é 漢 \u{1f600} \u{0}".to_owned()),
        namespace: Some("datadog".to_owned()),
        endpoints: vec![NamedEndpoint {
            component: Component::Etcd,
            endpoint: endpoint(),
            credential: Credential::ClientCertificate(source()),
            authority: Some(source()),
        }],
        on_node: Some("/host".to_owned()),
        as_agent: true,
        send_token_unverified: false,
        listening: Listening { logs: true, exec: false },
        all_nodes: true,
    };
    let mut snapshot = Snapshot::empty(Timestamp::UNIX_EPOCH, wanted);
    snapshot.add(
        pairs().into_iter().map(|(question, answer)| Asked { question, answer: Observed::Seen(answer) }),
    );
    let permission = Permission::path("get", "/metrics");
    let missing = [
        Observed::Absent,
        Observed::Denied(Denial { permission, said: "no".to_owned() }),
        Observed::Failed(Failure::new(FailureKind::TooSlow, "10 s")),
        Observed::NotAsked,
    ];
    snapshot.add((0..).zip(missing).map(|(limit, answer)| Asked {
        question: Question::List(ListSpec::all(Resource::Nodes, limit).labelled("a in (b)")),
        answer,
    }));
    snapshot.waves.push(Wave { questions: 9, requests: 7, round_trips: 1, bytes: u64::MAX });
    snapshot
}

/// Every kind of question with an answer of its kind.
#[expect(clippy::too_many_lines, reason = "a line for each kind")]
pub(super) fn pairs() -> Vec<(Question, Answer)> {
    let namespace = || "monitoring".to_owned();
    let name = || "agent".to_owned();
    let object = |kind| Question::Object(ObjectRef { kind, namespace: namespace(), name: name() });
    let list = |resource| ListSpec::all(resource, 50);
    let account = || AccountRef { namespace: namespace(), name: name() };
    let probe = ProbeSpec {
        component: Component::Scheduler,
        endpoint: endpoint(),
        vantage: Vantage::PortForward(PodRef { namespace: namespace(), name: name() }),
        credential: Credential::Account(account()),
        pin: Some("00ff".to_owned()),
    };
    vec![
        (Question::Version, Answer::Version(version())),
        (Question::ApiGroups, Answer::ApiGroups(vec!["apps/v1".to_owned()])),
        (Question::List(list(Resource::Nodes).with_fields("a=b")), Answer::Nodes(listed(node()))),
        (Question::List(list(Resource::Nodes).addresses()), Answer::Nodes(listed(node()))),
        (Question::List(list(Resource::Pods).within("kube-system")), Answer::Pods(listed(pod()))),
        (Question::List(list(Resource::DaemonSets)), Answer::Workloads(listed(workload()))),
        (Question::List(list(Resource::Deployments)), Answer::Workloads(listed(workload()))),
        (Question::List(list(Resource::Pods).specifications()), Answer::Workloads(listed(workload()))),
        (Question::List(list(Resource::Services)), Answer::Services(listed(service()))),
        (Question::List(list(Resource::Namespaces)), Answer::Names(listed(named()))),
        (Question::List(list(Resource::Pods).names()), Answer::Names(listed(named()))),
        (Question::List(list(Resource::ClusterRoleBindings)), Answer::Bindings(listed(binding()))),
        (Question::List(list(Resource::Events)), Answer::Events(listed(event()))),
        (Question::List(list(Resource::Leases)), Answer::Leases(listed(Lease::default()))),
        (Question::List(list(Resource::NetworkPolicies)), Answer::NetworkPolicies(listed(policy()))),
        (Question::List(list(Resource::EndpointSlices)), Answer::EndpointSlices(listed(slice()))),
        (Question::List(list(Resource::ApiServices)), Answer::ApiServices(listed(ApiService::default()))),
        (
            Question::List(list(Resource::SigningRequests)),
            Answer::SigningRequests(listed(SigningRequest::default())),
        ),
        (Question::List(list(Resource::Webhooks)), Answer::Webhooks(listed(Webhook::default()))),
        (
            Question::List(list(Resource::DatadogAgents)),
            Answer::DatadogAgents(listed(DatadogAgent::default())),
        ),
        (object(ObjectKind::Namespace), Answer::Namespace(Namespace::default())),
        (object(ObjectKind::ServiceAccount), Answer::ServiceAccount(ServiceAccount::default())),
        (object(ObjectKind::ClusterRole), Answer::Role(Role::default())),
        (Question::KubeletPods(name()), Answer::KubeletPods([(name(), "Running".to_owned())].into())),
        (object(ObjectKind::ConfigMap), Answer::ConfigMap(config_map())),
        (object(ObjectKind::Secret), Answer::Secret(secret())),
        (
            Question::May(AccessSpec {
                who: Who::Account(account()),
                action: Permission::path("get", "/metrics"),
            }),
            Answer::Access(AccessAnswer { allowed: true, reason: "RBAC: allowed".to_owned() }),
        ),
        (
            Question::Review(account()),
            Answer::Review(ReviewAnswer { authenticated: false, error: "invalid bearer token".to_owned() }),
        ),
        (Question::Token(TokenSpec { account: account(), audience: None }), Answer::Token(token())),
        (Question::TokenFile(name()), Answer::Token(TokenFacts::default())),
        (
            Question::Installed(InstalledQuestion::Release { namespace: namespace(), name: name() }),
            Answer::Installed(installed()),
        ),
        (
            Question::Installed(InstalledQuestion::DatadogAgent { namespace: namespace(), name: name() }),
            Answer::Installed(Installed::default()),
        ),
        (
            Question::Installed(InstalledQuestion::Applications),
            Answer::Applications(Listed {
                items: vec![Application {
                    namespace: namespace(),
                    name: name(),
                    destination: namespace(),
                    release: name(),
                    installed: installed(),
                }],
                complete: true,
            }),
        ),
        (
            Question::Installed(InstalledQuestion::ExternalMetrics),
            Answer::ServedBy(ServedBy { service: Some(named()) }),
        ),
        (
            Question::KubeletConfig(name()),
            Answer::KubeletConfig(KubeletConfig {
                webhook: Some(true),
                anonymous: Some(false),
                authorization: Some("Webhook".to_owned()),
                read_only_port: Some(0),
                server_tls_bootstrap: Some(true),
                cluster_domain: Some(name()),
            }),
        ),
        (Question::Here(IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])), Answer::Here(true)),
        (
            Question::Certificates(source()),
            Answer::Certificates(CertificateFile {
                chain: vec![Der(vec![0x30, 0, 0xff])],
                key: Some(KeyFacts { public_key: None }),
            }),
        ),
        (Question::Probe(probe), Answer::Probe(Box::new(record()))),
        (Question::Host(HostQuestion::Processes), Answer::Processes(listed(process()))),
        (Question::Host(HostQuestion::Sockets), Answer::Sockets(listed(socket()))),
        (Question::Host(HostQuestion::Manifests("/m".to_owned())), Answer::Manifests(manifests())),
        (
            Question::Host(HostQuestion::Path("/etc/x*".to_owned())),
            Answer::HostPath(HostPath { path: "/etc/x1".to_owned(), kind: PathKind::Other }),
        ),
        (Question::Host(HostQuestion::File("/a.key".to_owned())), Answer::HostFile(host_file())),
        (Question::Logs(LogSpec { pod: pod_ref(), container: name(), previous: true }), Answer::Log(log())),
        (exec(AgentCommand::Status), Answer::SelfReport(SelfReport::Status(agent_status()))),
    ]
}

fn pod_ref() -> PodRef {
    PodRef { namespace: "monitoring".to_owned(), name: "agent-x".to_owned() }
}

fn exec(command: AgentCommand) -> Question {
    Question::Exec(ExecSpec { pod: pod_ref(), container: "agent".to_owned(), command })
}

/// What the other commands tell, whose answers are of one kind with that of the first.
pub(super) fn told() -> Vec<(Question, Answer)> {
    let configurations = Configurations {
        loaded: vec![(Component::Etcd, ConfigSource::File)],
        unloaded: Unloaded { components: vec![Component::Scheduler], pods: 1 },
    };
    let checks =
        ClusterChecks { agents: Some(2), unassigned: vec![Component::ApiServer], unassigned_count: 3 };
    let status = ClusterAgentStatus { elects: Some(true), leads: true, agents: 2, unassigned: 0 };
    vec![
        (exec(AgentCommand::Status), Answer::SelfReport(SelfReport::Status(agent_status()))),
        (exec(AgentCommand::ConfigCheck), Answer::SelfReport(SelfReport::Configurations(configurations))),
        (exec(AgentCommand::ClusterAgentStatus), Answer::SelfReport(SelfReport::ClusterAgent(status))),
        (exec(AgentCommand::ClusterChecks), Answer::SelfReport(SelfReport::ClusterChecks(checks))),
    ]
}

fn log() -> LogSeen {
    let said = Said {
        saying: "api-key-invalid".to_owned(),
        check: Some(Component::Etcd),
        times: 3,
        first: None,
        last: Some(Timestamp::UNIX_EPOCH),
    };
    LogSeen { lines: 9, complete: true, first: None, last: Some(Timestamp::UNIX_EPOCH), said: vec![said] }
}

fn agent_status() -> AgentStatus {
    let run = CheckRun {
        component: Component::Kubelet,
        source: ConfigSource::Packaged,
        runs: 7,
        samples: u64::MAX,
        average_ms: 12,
        interval_ms: Some(15_000),
        fails: true,
        sayings: vec!["token-refused".to_owned()],
    };
    AgentStatus { runs: vec![run], ..AgentStatus::default() }
}

fn token() -> TokenFacts {
    TokenFacts {
        expires: Some(Timestamp::UNIX_EPOCH),
        issuer: Some("https://kubernetes.default.svc.cluster.local".to_owned()),
        subject: Some("system:serviceaccount:datadog:datadog-agent".to_owned()),
        audiences: vec!["https://kubernetes.default.svc.cluster.local".to_owned()],
    }
}

fn installed() -> Installed {
    let known = Setting::Known("\"datadoghq.eu\"".to_owned());
    let settings = [("datadog.site", known), ("datadog.apiKey", Setting::Hidden)];
    let settings = settings.map(|(path, setting)| (path.to_owned(), setting)).into();
    Installed { chart: Some("3.240.0".to_owned()), revision: Some(3), settings }
}

fn process() -> HostProcess {
    let flags = BTreeMap::from([("config".to_owned(), "/x".to_owned())]);
    let words = vec!["server".to_owned()];
    HostProcess { program: "k3s".to_owned(), words, pid: 7, flags, contained: None }
}

fn socket() -> HostSocket {
    HostSocket { port: 2379, address: IpAddr::from([127, 0, 0, 1]), pid: Some(7) }
}

fn manifests() -> Manifests {
    let mount = Mount { volume: "v".to_owned(), path: "/p".to_owned(), sub_path: None };
    let container = ManifestContainer {
        program: Some("etcd".to_owned()),
        direct: true,
        mounts: vec![mount],
        ..ManifestContainer::default()
    };
    let pod = Manifest { file: "/m/a.yaml".to_owned(), containers: vec![container], ..Manifest::default() };
    Manifests { pods: vec![pod], unreadable: vec![("/m/b".to_owned(), "why".to_owned())], complete: true }
}

fn host_file() -> HostFile {
    let content = FileContent::Pem { chain: vec![Der(vec![1])], key: Some(KeyFacts { public_key: None }) };
    HostFile { mode: 0o600, owner: 0, group: 0, reachable: true, content }
}

fn version() -> ServerVersion {
    let text = str::to_owned;
    ServerVersion {
        major: text("1"),
        minor: text("36"),
        git_version: text("v1.36.2"),
        platform: text("linux/amd64"),
    }
}

fn node() -> Node {
    Node {
        name: "cp1".to_owned(),
        labels: BTreeMap::from([("b".to_owned(), String::new()), ("a".to_owned(), "1".to_owned())]),
        taints: vec![Taint { key: "k".to_owned(), value: String::new(), effect: "NoSchedule".to_owned() }],
        addresses: vec![("InternalIP".to_owned(), "10.0.0.1".to_owned())],
        kubelet_port: Some(10250),
        ..Node::default()
    }
}

fn pod() -> Pod {
    let flags = BTreeMap::from([("bind-address".to_owned(), "127.0.0.1".to_owned())]);
    let state =
        Some(ContainerState { waiting: Some("CrashLoopBackOff".to_owned()), ..ContainerState::default() });
    let ports = vec![ContainerPort { name: "p".to_owned(), number: 2381 }];
    let container = Container { name: "c".to_owned(), image: "i".to_owned(), flags, ports, state };
    Pod { name: "p".to_owned(), checks: checks(), containers: vec![container], ..Pod::default() }
}

fn service() -> AnnotatedService {
    AnnotatedService {
        namespace: "default".to_owned(),
        name: "kubernetes".to_owned(),
        checks: checks(),
        ..AnnotatedService::default()
    }
}

fn checks() -> AnnotatedChecks {
    let check = CheckConfig { instances: vec![CheckInstance::default()], ..CheckConfig::default() };
    BTreeMap::from([("etcd.checks".to_owned(), BTreeMap::from([("etcd".to_owned(), check)]))])
}

fn workload() -> Workload {
    let secret = VolumeSource::Secret { name: "s".to_owned(), items: BTreeMap::new(), optional: true };
    let volumes = BTreeMap::from([("s".to_owned(), secret), ("o".to_owned(), VolumeSource::Other)]);
    Workload { kind: "DaemonSet".to_owned(), volumes, ..Workload::default() }
}

fn binding() -> Binding {
    let role = RoleRef { kind: RoleKind::ClusterRole, name: "view".to_owned() };
    Binding { namespace: None, name: "b".to_owned(), role, subjects: Vec::new() }
}

fn event() -> Event {
    Event { tells: vec![Told::PodSecurity], last: Some(Timestamp::UNIX_EPOCH), ..Event::default() }
}

fn policy() -> NetworkPolicy {
    let rule = IngressRule { from: vec![Peer::default()], ports: Vec::new() };
    NetworkPolicy { ingress: Some(vec![rule]), ..NetworkPolicy::default() }
}

fn slice() -> EndpointSlice {
    let target = Some(("Pod".to_owned(), "p".to_owned()));
    EndpointSlice {
        addresses: vec![SliceAddress { target, ..SliceAddress::default() }],
        ports: vec![("https".to_owned(), 6443)],
        ..EndpointSlice::default()
    }
}

fn named() -> Named {
    Named { namespace: String::new(), name: "kube-system".to_owned(), created: None }
}

fn config_map() -> ConfigMapFacts {
    let instance = CheckInstance { tls_verify: Some(false), ..CheckInstance::default() };
    let check = CheckConfig { instances: vec![instance], ..CheckConfig::default() };
    let flags = BTreeMap::from([("bind-address".to_owned(), "0.0.0.0".to_owned())]);
    ConfigMapFacts {
        keys: vec!["etcd.yaml".to_owned()],
        checks: BTreeMap::from([("etcd.yaml".to_owned(), check)]),
        kubeadm: Some(KubeadmFacts {
            extra_args: [(Component::Etcd, flags)].into(),
            ..KubeadmFacts::default()
        }),
        authority: vec![Der(vec![48])],
    }
}

fn secret() -> SecretFacts {
    let opaque =
        SecretEntry::Opaque { length: 32, white_space: false, fingerprint: Fingerprint("ab".to_owned()) };
    let key = SecretEntry::PrivateKey(KeyFacts { public_key: Some("cd".to_owned()) });
    let entries = [("ca.crt", SecretEntry::Certificates(vec![])), ("tls.key", key), ("token", opaque)];
    SecretFacts {
        entries: entries.map(|(name, entry)| (name.to_owned(), entry)).into(),
        managed_by: Some("Helm".to_owned()),
        changed: Some(Timestamp::UNIX_EPOCH),
    }
}

fn source() -> CertificateSource {
    CertificateSource::Files { certificate: "/a.crt".to_owned(), key: None }
}

fn endpoint() -> Endpoint {
    Endpoint { scheme: Scheme::Https, host: "10.0.0.1".to_owned(), port: 10259, path: "/metrics".to_owned() }
}

fn record() -> ProbeRecord {
    let sample = Sample { name: "up".to_owned(), labels: BTreeMap::new(), value: "NaN".to_owned() };
    let metrics =
        MetricsSeen { families: vec!["up".to_owned()], kept: vec![sample], ..MetricsSeen::default() };
    ProbeRecord {
        rung: Rung::Answered,
        failure: None,
        tls: Some(TlsSeen {
            version: Some("1.3".to_owned()),
            chain: vec![Der(vec![1; 40])],
            key_proven: true,
            asked_for_certificate: true,
            acceptable: vec![],
            presented: false,
            alert: None,
        }),
        http: Some(HttpSeen {
            status: 200,
            headers: BTreeMap::new(),
            body: BodySeen { kind: BodyKind::Metrics(metrics), bytes: 9, complete: true },
        }),
        elapsed_ms: 3,
    }
}

fn listed<T>(item: T) -> Listed<T> {
    Listed { items: vec![item], complete: false }
}

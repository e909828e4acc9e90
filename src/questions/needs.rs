//! The rights that the questions need, with reasons: what the documentation tells is what is asked. Nothing here asks.

use super::reasons;
use crate::model::{
    agents, around,
    component::Component,
    installed::InstalledQuestion,
    monitors,
    need::{Need, Occasion},
    question::{
        AccessSpec, AccountRef, AgentCommand, ApiRoute, Credential, Endpoint, ExecSpec, ListSpec, LogSpec,
        ObjectKind, ObjectRef, Permission, PodRef, ProbeSpec, Question, Resource, Scheme, TokenSpec, Vantage,
        Who,
    },
    snapshot::{Snapshot, Wanted},
    survey::{self, SYSTEM_NAMESPACE},
};
use jiff::Timestamp;

/// The namespace of the agents in these examples.
pub const AGENTS_NAMESPACE: &str = "datadog";

/// The namespace of an application with a sidecar in these examples.
pub const SIDECAR_NAMESPACE: &str = "shop";

/// A name that is known only when it is asked for: whoever has the right has it for all names.
const ANY: &str = "";

/// Every right that `detect` and `doctor` may need, each once, at the first occasion that needs it.
#[must_use]
pub fn needs() -> Vec<Need> {
    let nothing = Snapshot::empty(Timestamp::UNIX_EPOCH, Wanted::default());
    let mut needs: Vec<Need> = Vec::new();
    let mut add = |occasion, question: &Question| {
        let (Some(permission), (why, without)) = (question.permission(), reasons(question)) else { return };
        let need = Need { occasion, permission: any_name(permission), why, without };
        if !needs.iter().any(|known| known.covers(&need.permission)) {
            needs.push(need);
        }
    };
    for question in super::detect(&nothing) {
        add(Occasion::Detect, &question);
    }
    for question in super::monitoring(&nothing).into_iter().chain(monitors::of_heapster()) {
        add(Occasion::Detect, &question);
    }
    add(Occasion::Detect, &Question::Object(survey::microshift_version()));
    for question in super::doctor(&nothing).iter().chain(&of_doctor()) {
        add(Occasion::Doctor, question);
    }
    for (namespace, name) in COPIED_ON_OPENSHIFT {
        add(Occasion::OpenShift, &Question::Object(agents::secret(namespace, name)));
    }
    for namespace in [AGENTS_NAMESPACE, SIDECAR_NAMESPACE] {
        add(
            Occasion::AsAgent,
            &Question::Token(TokenSpec { account: account_in(namespace), audience: None }),
        );
    }
    add(Occasion::AsAgent, &Question::Review(account_in(AGENTS_NAMESPACE)));
    let pod_in = |namespace: &str| PodRef { namespace: namespace.to_owned(), name: ANY.to_owned() };
    for namespace in [SYSTEM_NAMESPACE, AGENTS_NAMESPACE] {
        let pod = pod_in(namespace);
        add(Occasion::PortForward, &probe(Component::Scheduler, Vantage::PortForward(pod)));
    }
    for question in of_gen_values() {
        add(Occasion::GenValues, &question);
    }
    let node = Vantage::ApiServer(ApiRoute::Node(ANY.to_owned()));
    add(Occasion::Proxy, &probe(Component::Kubelet, node));
    for namespace in [SYSTEM_NAMESPACE, AGENTS_NAMESPACE, SIDECAR_NAMESPACE] {
        let (pod, container) = (pod_in(namespace), ANY.to_owned());
        add(Occasion::Logs, &Question::Logs(LogSpec { pod, container, previous: false }));
    }
    let (pod, container) = (pod_in(AGENTS_NAMESPACE), ANY.to_owned());
    add(Occasion::Exec, &Question::Exec(ExecSpec { pod, container, command: AgentCommand::Status }));
    with_upgrades(needs)
}

/// The Secrets of OpenShift 4 of which agents have copies, which are compared with them.
const COPIED_ON_OPENSHIFT: [(&str, &str); 3] = [
    ("openshift-etcd-operator", "etcd-metric-client"),
    ("openshift-etcd", "etcd-metric-client"),
    ("openshift-monitoring", "kube-etcd-client-certs"),
];

/// What `doctor` asks once it knows agents and nodes by name.
fn of_doctor() -> Vec<Question> {
    let object = |kind, namespace: &str| {
        Question::Object(ObjectRef { kind, namespace: namespace.to_owned(), name: ANY.to_owned() })
    };
    let metrics = Permission::path("get", Component::ApiServer.profile().path);
    vec![
        Question::List(ListSpec::all(Resource::Pods, 1).within(AGENTS_NAMESPACE)),
        Question::List(ListSpec::all(Resource::Services, 1).within(AGENTS_NAMESPACE)),
        Question::List(around::warnings(AGENTS_NAMESPACE)),
        Question::List(around::warnings(SIDECAR_NAMESPACE)),
        Question::List(around::network_policies(AGENTS_NAMESPACE)),
        Question::List(around::leases(AGENTS_NAMESPACE)),
        Question::List(around::node_lease(ANY)),
        Question::List(around::endpoint_slices("default", ANY)),
        Question::List(around::endpoint_slices(AGENTS_NAMESPACE, ANY)),
        Question::List(around::datadog_agents()),
        Question::List(around::bindings()),
        Question::Object(around::namespace(ANY)),
        Question::Object(around::cluster_role(ANY)),
        Question::Object(around::service_account(&account_in(AGENTS_NAMESPACE))),
        Question::Object(around::service_account(&account_in(SIDECAR_NAMESPACE))),
        object(ObjectKind::ConfigMap, AGENTS_NAMESPACE),
        object(ObjectKind::Secret, AGENTS_NAMESPACE),
        object(ObjectKind::Secret, SIDECAR_NAMESPACE),
        Question::May(AccessSpec { who: Who::Account(account_in(AGENTS_NAMESPACE)), action: metrics }),
        probe(Component::ApiServer, Vantage::ApiServer(ApiRoute::Itself)),
    ]
}

/// What `gen-values` asks beside that: with `--diff` what is deployed, with `--external-metrics` who serves them.
fn of_gen_values() -> [Question; 4] {
    let (namespace, name) = (AGENTS_NAMESPACE.to_owned(), ANY.to_owned());
    [
        InstalledQuestion::Release { namespace: namespace.clone(), name: name.clone() },
        InstalledQuestion::DatadogAgent { namespace, name },
        InstalledQuestion::Applications,
        InstalledQuestion::ExternalMetrics,
    ]
    .map(Question::Installed)
}

fn account_in(namespace: &str) -> AccountRef {
    AccountRef { namespace: namespace.to_owned(), name: ANY.to_owned() }
}

fn probe(component: Component, vantage: Vantage) -> Question {
    let profile = component.profile();
    let endpoint = Endpoint {
        scheme: Scheme::Https,
        host: "127.0.0.1".to_owned(),
        port: profile.port,
        path: profile.path.to_owned(),
    };
    Question::Probe(ProbeSpec { component, endpoint, vantage, credential: Credential::Nobody, pin: None })
}

fn any_name(mut permission: Permission) -> Permission {
    if let Permission::Resource { name, .. } = &mut permission {
        *name = name.take().filter(|name| name != ANY);
    }
    permission
}

/// What goes over a WebSocket begins as a GET, so that servers before 1.35 want `get` and later ones both verbs.
fn with_upgrades(needs: Vec<Need>) -> Vec<Need> {
    let mut all = Vec::with_capacity(needs.len());
    for need in needs {
        let mut upgrade = need.clone();
        let is_upgraded = matches!(need.occasion, Occasion::PortForward | Occasion::Exec);
        all.push(need);
        if is_upgraded && let Permission::Resource { verb, .. } = &mut upgrade.permission {
            "create".clone_into(verb);
            all.push(upgrade);
        }
    }
    all
}

/// The reasons of everything that goes through the API server to a kubelet.
const NODE_PROXY: (&str, &str) = (
    "how the kubelets are configured, and the metrics of those that this machine has no route to; the right reaches all of the kubelet's API, so grant it with care",
    "why a kubelet answers 401, and what the kubelets answer where they are not reached directly",
);

/// The same of a probe, for which the way there is what takes a right.
const fn of_vantage(vantage: &Vantage) -> (&'static str, &'static str) {
    match vantage {
        Vantage::ApiServer(ApiRoute::Itself) => (
            "the metrics of the API server itself, with the caller's own credential",
            "whether the API server serves its metrics, unless it is asked as the agents' account",
        ),
        Vantage::ApiServer(ApiRoute::Node(_)) => NODE_PROXY,
        Vantage::PortForward(_) => (
            "what listens on the loopback address of a node, or in a pod that this machine has no route to; `get` opens the WebSocket, and from Kubernetes 1.35 it takes `create` as well",
            "what the scheduler, the controller manager, etcd and the Cluster Agent answer, unless ctlmon runs on their node",
        ),
        Vantage::Direct => ("", ""),
    }
}

/// The same of what installers keep.
const fn of_installed(asked: &InstalledQuestion) -> (&'static str, &'static str) {
    match asked {
        InstalledQuestion::Release { .. } => (
            "with `--diff` and Helm, the values of the release, which Helm keeps in Secrets of this namespace; of values nothing is kept but those that ctlmon writes itself",
            "which keys differ from what is deployed",
        ),
        InstalledQuestion::DatadogAgent { .. } => (
            "with `--diff` and the operator, the `DatadogAgent`; of its specification nothing is kept but what ctlmon writes itself",
            "which keys differ from what is deployed",
        ),
        InstalledQuestion::Applications => (
            "with `--diff`, where the cluster has Argo CD, the Applications that install the chart, which may be called anything and lie in any namespace; of others nothing is kept, of their values what ctlmon writes itself",
            "which keys differ from what is deployed, and whose agents those are that Argo CD installed",
        ),
        InstalledQuestion::ExternalMetrics => (
            "with `--external-metrics`, who serves that API already",
            "whether it would be taken from somebody",
        ),
    }
}

/// Why a question is asked, and what is unknown where it may not be.
fn reasons(question: &Question) -> (&'static str, &'static str) {
    match question {
        Question::Version => (
            "the version of the API server, in which vendors mark their builds; every authenticated user may read it by default",
            "a distribution that others build on is likely at the most",
        ),
        Question::ApiGroups => (
            "the API groups that vendors add; every authenticated user may read them by default",
            "distributions that are known by their API groups may be missed",
        ),
        Question::List(spec) => reasons::of_list(spec),
        Question::Object(object) => reasons::of_object(object),
        Question::May(_) => (
            "what the agents' account and nobody at all may do, as the API server decides it; nothing is stored",
            "whether a right that the agents lack is the cause of a 403",
        ),
        Question::Token(_) => (
            "a token that lives for ten minutes of each of at most four accounts, that of node agents, runners, the Cluster Agent and a sidecar, to ask what they would be answered",
            "what the components answer the agents",
        ),
        Question::Review(_) => (
            "what the API server says of such a token, where a component answers 401 to it; the token goes to nobody else, and nothing is stored",
            "why a token is refused: whether it has expired, is meant for others, or is none of this cluster's",
        ),
        Question::KubeletConfig(_) | Question::KubeletPods(_) => NODE_PROXY,
        Question::Installed(asked) => of_installed(asked),
        Question::Probe(spec) if *spec == around::readiness() => (
            "whether the API server calls itself ready, and what time it has; everybody may ask by default",
            "whether the API server itself is in trouble, and whether its clock agrees with this machine's",
        ),
        Question::Probe(spec) => of_vantage(&spec.vantage),
        Question::Logs(_) => (
            "the last lines of agents, Cluster Agent, runners, sidecars and of the control plane's own pods; which known sentences are in them is all that is kept",
            "what these programs complain of",
        ),
        Question::Exec(_) => (
            "`agent status`, `agent configcheck` and the same of the Cluster Agent, run in their pods; numbers and names of checks are all that is kept. Whoever has this right can run anything there: give it to people whom you trust with all that the agents can do",
            "whether the agents' checks run, and what they bring",
        ),
        Question::Here(_) | Question::Certificates(_) | Question::TokenFile(_) | Question::Host(_) => {
            ("", "")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_right_has_its_reasons_and_is_named_once() {
        let needs = needs();
        for (place, need) in needs.iter().enumerate() {
            assert!(!need.why.is_empty() && !need.without.is_empty(), "{}", need.permission);
            assert!(
                !needs[..place].iter().any(|other| other.covers(&need.permission)),
                "{}",
                need.permission
            );
        }
        for occasion in Occasion::ALL {
            assert!(needs.iter().any(|need| need.occasion == occasion), "{occasion:?}");
        }
    }

    #[test]
    fn a_right_to_all_covers_the_right_to_one_and_not_the_other_way() {
        let check = |namespace: Option<&str>, name: Option<&str>, expected: bool| {
            let of = |namespace: Option<&str>, name: Option<&str>| Permission::Resource {
                verb: "get".to_owned(),
                group: String::new(),
                resource: "secrets".to_owned(),
                subresource: None,
                namespace: namespace.map(str::to_owned),
                name: name.map(str::to_owned),
            };
            let need =
                Need { occasion: Occasion::Doctor, permission: of(namespace, name), why: "", without: "" };
            assert_eq!(need.covers(&of(Some("a"), Some("b"))), expected, "{namespace:?} {name:?}");
        };
        check(None, None, true);
        check(Some("a"), None, true);
        check(Some("a"), Some("b"), true);
        check(Some("c"), None, false);
        check(Some("a"), Some("c"), false);
    }
}

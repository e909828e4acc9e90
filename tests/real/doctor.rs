//! `ctlmon doctor` on real servers: healthy there is nothing to say, and each fault alone is named rightly, with evidence.

use crate::{
    control_plane::ControlPlane,
    options::Options,
    pki::{Authority, KeyKind, Leaf, Shape},
    programs::Program,
    support::{self, Ran, run},
    tokens::Claims,
};
use rcgen::ExtendedKeyUsagePurpose::ServerAuth;
use serde_json::{Value, json};
use std::path::Path;

const DELEGATED: [(Program, &str); 3] = [
    (Program::ApiServer, "apiserver"),
    (Program::ControllerManager, "controller-manager"),
    (Program::Scheduler, "scheduler"),
];

/// What `doctor` makes of named endpoints.
struct Look<'a> {
    plane: &'a ControlPlane,
    arguments: Vec<String>,
}

impl<'a> Look<'a> {
    fn at(plane: &'a ControlPlane, programs: &[Program]) -> Self {
        let mut arguments = vec!["doctor".to_owned(), "-o".to_owned(), "json".to_owned()];
        for program in programs {
            let id = DELEGATED.iter().find(|(known, _)| known == program).map_or("etcd", |(_, id)| id);
            arguments.extend(["--endpoint".to_owned(), format!("{id}={}", plane.url(*program))]);
        }
        Self { plane, arguments }
    }

    fn with(mut self, flag: &str, path: &Path) -> Self {
        self.arguments.extend([flag.to_owned(), path.display().to_string()]);
        self
    }

    /// With a token, from a file of this name.
    fn token(self, name: &str, token: &str) -> Self {
        let file = self.plane.file(&format!("{name}.token"), token);
        self.with("--token-file", &file)
    }

    fn certificate(self, name: &str, leaf: &Leaf) -> Self {
        let folder = self.plane.file("folder", "").parent().unwrap().to_owned();
        let (certificate, key) = leaf.write(&folder, name);
        self.with("--client-cert", &certificate).with("--client-key", &key)
    }

    fn run(self) -> Ran {
        run(support::ctlmon(self.plane.folder()).args(&self.arguments))
    }
}

/// The one finding of a check; the words that its summary and its evidence must have.
fn assert_finding(ran: &Ran, checks: &[&str], words: &[&str]) {
    assert_eq!(ran.problems("error"), checks, "{}", ran.stdout);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    let json = ran.json();
    let problems: Vec<&Value> = json["verdicts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|verdict| verdict["verdict"] == "problem")
        .collect();
    for problem in &problems {
        assert!(!problem["evidence"].as_array().unwrap().is_empty(), "{problem}");
        assert!(!problem["remedies"].as_array().unwrap().is_empty(), "{problem}");
    }
    let text = Value::from(problems.into_iter().cloned().collect::<Vec<_>>()).to_string();
    for word in words {
        assert!(text.contains(word), "{word}: {text}");
    }
}

/// An account of this name that may read metrics, or may not; its UID.
fn account(plane: &ControlPlane, name: &str, may: bool) -> String {
    let uid = plane.api.account("default", name);
    if may {
        bind(plane, "default", name);
    }
    uid
}

fn bind(plane: &ControlPlane, namespace: &str, name: &str) {
    plane.api.create(
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        &json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
            "metadata": {"name": format!("{name}-monitoring")},
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "system:monitoring",
            },
            "subjects": [{"kind": "ServiceAccount", "namespace": namespace, "name": name}],
        }),
    );
}

const ALL: [Program; 3] = [Program::ApiServer, Program::ControllerManager, Program::Scheduler];

#[test]
fn with_a_good_token_or_certificate_nothing_is_wrong() {
    const TEST: &str = "with_a_good_token_or_certificate_nothing_is_wrong";
    let Some(plane) = ControlPlane::shared(TEST) else { return };
    account(&plane, "good", true);
    let token = plane.api.token("default", "good", None);
    let ran = Look::at(&plane, &ALL).token("good", &token).run();
    assert_eq!((ran.problems("error"), ran.code), (vec![], 0), "{}", ran.stdout);
    let leaf = plane.pki.kubernetes.issue(&Shape::client("metrics").in_group("system:monitoring"));
    let ran = Look::at(&plane, &ALL).certificate("good", &leaf).run();
    assert_eq!((ran.problems("error"), ran.code), (vec![], 0), "{}", ran.stdout);
    let leaf = plane.pki.etcd.issue(&Shape::client("metrics"));
    let ran = Look::at(&plane, &[Program::Etcd]).certificate("good-etcd", &leaf).run();
    assert_eq!((ran.problems("error"), ran.code), (vec![], 0), "{}", ran.stdout);
}

#[test]
fn a_token_without_a_right_is_told_from_a_bad_one() {
    const TEST: &str = "a_token_without_a_right_is_told_from_a_bad_one";
    let Some(plane) = ControlPlane::shared(TEST) else { return };
    account(&plane, "unbound", false);
    let token = plane.api.token("default", "unbound", None);
    let user = "system:serviceaccount:default:unbound";
    for (program, _) in DELEGATED {
        let check = match program {
            Program::ControllerManager => "controller-manager-metrics-forbidden",
            _ => "metrics-forbidden",
        };
        let ran = Look::at(&plane, &[program]).token("unbound", &token).run();
        assert_finding(&ran, &[check], &[user, "403", "clusterrole=system:monitoring"]);
    }
    let leaf = plane.pki.kubernetes.issue(&Shape::client("stranger"));
    let ran = Look::at(&plane, &ALL).certificate("stranger", &leaf).run();
    assert_finding(&ran, &["metrics-forbidden"], &["403 to stranger", "--user=stranger"]);
}

#[test]
fn a_token_that_explains_its_own_refusal_is_named_by_that() {
    const TEST: &str = "a_token_that_explains_its_own_refusal_is_named_by_that";
    let Some(plane) = ControlPlane::shared(TEST) else { return };
    let uid = account(&plane, "late", true);
    let expired = Claims { until: -3600, ..Claims::of("default", "late", &uid) }.signed(&plane.pki.accounts);
    let elsewhere = plane.api.token("default", "late", Some("vault"));
    for (program, _) in DELEGATED {
        let ran = Look::at(&plane, &[program]).token("late", &expired).run();
        let words = ["it ended at", "401", "system:serviceaccount:default:late"];
        assert_finding(&ran, &["bearer-token-not-accepted"], &words);
        let ran = Look::at(&plane, &[program]).token("elsewhere", &elsewhere).run();
        let words = ["it is meant for vault and not for https://kubernetes.default.svc.cluster.local", "401"];
        assert_finding(&ran, &["bearer-token-not-accepted"], &words);
    }
}

#[test]
fn a_token_that_explains_nothing_is_judged_by_the_api_server_alone() {
    const TEST: &str = "a_token_that_explains_nothing_is_judged_by_the_api_server_alone";
    let Some(plane) = ControlPlane::shared(TEST) else { return };
    let gone = Claims::of("default", "nobody-of-this-name", "00000000-0000-0000-0000-000000000000");
    let other_key = gone.signed(&crate::pki::AccountKey::new());
    for token in [gone.signed(&plane.pki.accounts), other_key, "abc".to_owned()] {
        let ran = Look::at(&plane, &ALL).token("gone", &token).run();
        assert_finding(&ran, &["bearer-token-not-accepted"], &["nothing is wrong with it", "401"]);
        // The controller-manager says the same while it cannot ask.
        let ran = Look::at(&plane, &[Program::ControllerManager]).token("gone", &token).run();
        assert_eq!((ran.problems("error"), ran.code), (vec![], 0), "{}", ran.stdout);
        assert!(ran.stdout.contains("nothing in the token explains it"), "{}", ran.stdout);
    }
}

#[test]
fn without_a_token_nobody_is_seen() {
    const TEST: &str = "without_a_token_nobody_is_seen";
    let Some(plane) = ControlPlane::shared(TEST) else { return };
    let ran = Look::at(&plane, &[Program::Scheduler]).run();
    assert_finding(&ran, &["scheduler-no-credentials"], &["system:anonymous", "no token was sent"]);
}

/// Each client certificate that is wrong in one way, and the words that say so.
fn wrong_certificates(authority: &Authority, name: &str) -> Vec<(&'static str, Leaf, &'static str)> {
    let shape = Shape::client("metrics").in_group("system:monitoring");
    vec![
        (
            "foreign",
            Authority::new("somebody-else", KeyKind::Ecdsa).issue(&shape),
            "issued by CN=somebody-else",
        ),
        ("same name", Authority::new(name, KeyKind::Ecdsa).issue(&shape), "name of the CA"),
        ("expired", authority.issue(&shape.clone().expired()), "ended at"),
        ("not yet valid", authority.issue(&shape.clone().not_yet_valid()), "begins only at"),
        ("for servers", authority.issue(&shape.purposes(&[ServerAuth])), "not for clients"),
    ]
}

#[test]
fn a_client_certificate_is_judged_by_what_it_says() {
    const TEST: &str = "a_client_certificate_is_judged_by_what_it_says";
    let Some(plane) = ControlPlane::shared(TEST) else { return };
    let ca = plane.folder().join("etc/kubernetes/pki/ca.crt");
    for (name, leaf, words) in wrong_certificates(&plane.pki.kubernetes, "kubernetes") {
        for (program, id) in DELEGATED {
            let name = format!("{id} {name}");
            let mut look = Look::at(&plane, &[program]).certificate(&name, &leaf);
            // Without a CA to compare with only the API server's own certificate shows another key of that name.
            let words = match program {
                Program::ApiServer => words,
                _ if words == "name of the CA" => "another CA of the same name",
                _ => words,
            };
            if program == Program::ApiServer {
                look = look.with("--ca", &ca);
            }
            assert_finding(&look.run(), &["client-cert-not-accepted"], &[words, "401"]);
        }
    }
    let (_, leaf, _) = wrong_certificates(&plane.pki.kubernetes, "kubernetes").remove(1);
    let ran = Look::at(&plane, &[Program::ApiServer]).certificate("by key id", &leaf).run();
    assert_finding(&ran, &["client-cert-not-accepted"], &["but another key (key id"]);
}

#[test]
fn etcd_refuses_and_the_certificate_says_why() {
    const TEST: &str = "etcd_refuses_and_the_certificate_says_why";
    let Some(plane) = ControlPlane::shared(TEST) else { return };
    let ca = plane.folder().join("etc/kubernetes/pki/etcd/ca.crt");
    for (name, leaf, _) in wrong_certificates(&plane.pki.etcd, "etcd-ca") {
        let check = match name {
            "expired" => "etcd-client-cert-expired",
            "not yet valid" => "etcd-client-cert-not-yet-valid",
            "for servers" => "etcd-client-cert-without-client-auth",
            _ => "etcd-client-cert-foreign-ca",
        };
        let ran = Look::at(&plane, &[Program::Etcd]).certificate(name, &leaf).with("--ca", &ca).run();
        assert_finding(&ran, &[check], &["CN=metrics"]);
    }
    let ran = Look::at(&plane, &[Program::Etcd]).with("--ca", &ca).run();
    assert_finding(&ran, &["etcd-client-cert-missing"], &[]);
}

#[test]
fn while_the_api_server_is_down_no_token_is_called_bad() {
    const TEST: &str = "while_the_api_server_is_down_no_token_is_called_bad";
    let Some(plane) = ControlPlane::start(TEST, &Options::kubeadm()) else { return };
    account(&plane, "good", true);
    let (first, second) =
        (plane.api.token("default", "good", None), plane.api.token("default", "good", None));
    // From now on the scheduler remembers for ten seconds that nobody may read its metrics.
    let ran = Look::at(&plane, &[Program::Scheduler]).token("first", &first).run();
    assert_eq!((ran.problems("error"), ran.code), (vec![], 0), "{}", ran.stdout);
    plane.stop(Program::ApiServer);
    let ran = Look::at(&plane, &[Program::ControllerManager]).token("second", &second).run();
    assert_finding(
        &ran,
        &["api-server-out-of-reach"],
        &["connection refused", "subjectaccessreviews", "500"],
    );
    let ran = Look::at(&plane, &[Program::Scheduler]).token("second", &second).run();
    assert!(!ran.problems("error").contains(&"bearer-token-not-accepted".to_owned()), "{}", ran.stdout);
    let ran = Look::at(&plane, &[Program::ApiServer]).token("second", &second).run();
    assert_finding(&ran, &["metrics-endpoint-unreachable"], &["connection refused"]);
    // When it is back, so is everything else, once they hold their leases again.
    plane.begin(Program::ApiServer);
    plane.wait_for("the API server is not ready again", || plane.api.text("/readyz").is_ok()).unwrap();
    let ran = Look::at(&plane, &[Program::ApiServer]).token("second", &second).run();
    assert_eq!((ran.problems("error"), ran.code), (vec![], 0), "{}", ran.stdout);
}

#[test]
fn an_etcd_that_is_down_is_named_and_nothing_else_is_blamed_for_it() {
    const TEST: &str = "an_etcd_that_is_down_is_named_and_nothing_else_is_blamed_for_it";
    let Some(plane) = ControlPlane::start(TEST, &Options::kubeadm()) else { return };
    account(&plane, "good", true);
    let token = plane.api.token("default", "good", None);
    plane.stop(Program::Etcd);
    let leaf = plane.pki.etcd.issue(&Shape::client("metrics"));
    let ran = Look::at(&plane, &[Program::Etcd]).certificate("etcd", &leaf).run();
    assert_finding(&ran, &["metrics-endpoint-unreachable"], &["connection refused", "etcd"]);
    let ran = Look::at(&plane, &ALL).token("good", &token).run();
    for check in ran.problems("error") {
        assert!(
            !["bearer-token-not-accepted", "metrics-forbidden"].contains(&check.as_str()),
            "{}",
            ran.stdout
        );
    }
}

#[test]
fn loopback_is_not_where_another_address_asks() {
    const TEST: &str = "loopback_is_not_where_another_address_asks";
    let Some(plane) = ControlPlane::shared(TEST) else { return };
    account(&plane, "beside", true);
    let token = plane.api.token("default", "beside", None);
    let file = plane.file("beside.token", &token);
    let url = plane.url(Program::Scheduler).replace("127.0.0.1", "127.0.0.2");
    let endpoint = format!("scheduler={url}");
    let ran = run(support::ctlmon(plane.folder())
        .args(["doctor", "-o", "json", "--endpoint", &endpoint, "--token-file"])
        .arg(&file));
    assert_finding(&ran, &["metrics-endpoint-unreachable"], &["connection refused", "127.0.0.2"]);
}

/// Datadog's agents as objects: a `DaemonSet` with its pod on the control-plane node, and rights if they have any.
fn install_agents(plane: &ControlPlane, host_network: bool, may: bool) {
    plane.api.namespace("datadog");
    plane.api.account("datadog", "datadog-agent");
    if may {
        bind(plane, "datadog", "datadog-agent");
    }
    let labels = json!({"app": "datadog-agent", "app.kubernetes.io/component": "agent"});
    let spec = json!({
        "serviceAccountName": "datadog-agent", "hostNetwork": host_network,
        "tolerations": [{"operator": "Exists"}],
        "containers": [{"name": "agent", "image": "gcr.io/datadoghq/agent:7.81.1", "command": ["agent", "run"],
            "volumeMounts": [{"name": "confd", "mountPath": "/conf.d"}]}],
        "volumes": [{"name": "confd", "configMap": {"name": "datadog-agent-confd"}}],
    });
    let confd = format!(
        "ad_identifiers:\n  - etcd\ninit_config: {{}}\ninstances:\n  - prometheus_url: http://127.0.0.1:{}/metrics\n",
        plane.ports.etcd_metrics
    );
    plane.api.create(
        "/api/v1/namespaces/datadog/configmaps",
        &json!({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "datadog-agent-confd"},
            "data": {"etcd.yaml": confd},
        }),
    );
    plane.api.create(
        "/apis/apps/v1/namespaces/datadog/daemonsets",
        &json!({
            "apiVersion": "apps/v1", "kind": "DaemonSet",
            "metadata": {"name": "datadog-agent", "labels": labels},
            "spec": {
                "selector": {"matchLabels": {"app": "datadog-agent"}},
                "template": {"metadata": {"labels": labels}, "spec": spec},
            },
        }),
    );
    // Controller and scheduler bring the pod to the node; no kubelet says that it runs, so that is said here.
    let pods = "/api/v1/namespaces/datadog/pods";
    let on_node = || {
        let pod = plane.api.get(pods).unwrap()["items"][0].clone();
        let is_placed = pod["spec"]["nodeName"].is_string();
        is_placed.then(|| pod["metadata"]["name"].as_str().unwrap().to_owned())
    };
    plane.wait_for("no pod of the DaemonSet is on a node", || on_node().is_some()).unwrap();
    let status = json!({"status": {
        "phase": "Running", "conditions": [{"type": "Ready", "status": "True"}], "podIP": "127.0.0.1",
    }});
    plane.api.merge(&format!("{pods}/{}/status", on_node().unwrap()), &status);
}

/// Judges the whole cluster as its agents, but for what does not run here: a kubelet and a Cluster Agent.
fn as_agent(plane: &ControlPlane) -> Ran {
    let mut command = plane.ctlmon(&["doctor", "-o", "json", "--as-agent"]);
    for only in ["apiserver", "etcd", "controller-manager", "scheduler", "agent-account-*", "no-agent-*"] {
        command.args(["--only", only]);
    }
    run(&mut command)
}

#[test]
fn a_whole_cluster_is_judged_as_its_agents() {
    const TEST: &str = "a_whole_cluster_is_judged_as_its_agents";
    let Some(plane) = ControlPlane::start(TEST, &Options::kubeadm()) else { return };
    plane.register();
    install_agents(&plane, true, true);
    let ran = as_agent(&plane);
    assert_eq!((ran.problems("error"), ran.code), (vec![], 0), "{}", ran.stdout);
    plane.api.delete("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/datadog-agent-monitoring");
    plane
        .wait_for("the right is still there", || {
            let agent = plane.api_of(&json!({"token": plane.api.token("datadog", "datadog-agent", None)}));
            agent.text("/metrics").is_err()
        })
        .unwrap();
    let ran = as_agent(&plane);
    assert_finding(
        &ran,
        &["agent-account-metrics-forbidden"],
        &["system:serviceaccount:datadog:datadog-agent may not get /metrics", "controller-manager"],
    );
}

#[test]
fn a_controller_manager_that_cannot_ask_who_may_is_named() {
    const TEST: &str = "a_controller_manager_that_cannot_ask_who_may_is_named";
    let options = Options::kubeadm().without(Program::ControllerManager, "authorization-kubeconfig");
    let Some(plane) = ControlPlane::start(TEST, &options) else { return };
    plane.register();
    install_agents(&plane, true, true);
    assert_finding(
        &as_agent(&plane),
        &["controller-manager-metrics-forbidden"],
        &["no --authorization-kubeconfig among its flags", "403"],
    );
}

#[test]
fn agents_in_a_network_of_their_own_do_not_reach_loopback() {
    const TEST: &str = "agents_in_a_network_of_their_own_do_not_reach_loopback";
    let options = Options::kubeadm().without(Program::Scheduler, "authentication-kubeconfig");
    let Some(plane) = ControlPlane::start(TEST, &options) else { return };
    plane.register();
    install_agents(&plane, false, true);
    assert_finding(
        &as_agent(&plane),
        &["metrics-on-loopback-only", "scheduler-no-credentials"],
        &["--bind-address=127.0.0.1", "do not share the host's network", "no --authentication-kubeconfig"],
    );
}

#[test]
fn a_serving_certificate_that_is_over_is_named() {
    const TEST: &str = "a_serving_certificate_that_is_over_is_named";
    let pki = "/etc/kubernetes/pki/scheduler";
    let options = Options::kubeadm()
        .set(Program::Scheduler, "tls-cert-file", &format!("{pki}.crt"))
        .set(Program::Scheduler, "tls-private-key-file", &format!("{pki}.key"))
        .before_start(|pki, folder| {
            let shape = Shape::server("scheduler", &["127.0.0.1"]).expired();
            pki.kubernetes.issue(&shape).write(&folder.join("pki"), "scheduler");
        });
    let Some(plane) = ControlPlane::start(TEST, &options) else { return };
    account(&plane, "good", true);
    let token = plane.api.token("default", "good", None);
    let ca = plane.folder().join("etc/kubernetes/pki/ca.crt");
    let ran = Look::at(&plane, &[Program::Scheduler]).token("good", &token).with("--ca", &ca).run();
    assert_finding(&ran, &["serving-cert-expired"], &["CN=scheduler", "expired"]);
}

#[test]
fn without_rights_nothing_is_judged_and_the_missing_ones_are_named() {
    const TEST: &str = "without_rights_nothing_is_judged_and_the_missing_ones_are_named";
    let Some(plane) = ControlPlane::shared(TEST) else { return };
    plane.api.account("default", "rightless");
    let token = plane.api.token("default", "rightless", None);
    let kubeconfig = plane.kubeconfig_of_token("rightless", &token);
    let mut command = support::ctlmon(plane.folder());
    let ran = run(command.args(["doctor", "-o", "json", "--kubeconfig"]).arg(kubeconfig));
    assert_eq!((ran.problems("error"), ran.code), (vec![], 3), "{}", ran.stdout);
    for right in ["list nodes", "list pods", "list daemonsets"] {
        assert!(ran.stdout.contains(right), "{right}: {}", ran.stdout);
    }
}

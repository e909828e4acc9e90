//! `--on-node`: a node in kubeadm's layout below a folder, with a real etcd, and everything that can be wrong with its files.

use crate::support::{
    Ran, ctlmon, has,
    node::{Node, free_port},
    pki::{client, server},
    run,
};
use serde_json::Value;
use std::{
    fs::{self, Permissions},
    io::{BufRead as _, BufReader},
    os::unix::fs::{PermissionsExt as _, symlink},
    process::{Child, Command, Stdio},
};
use time::{Duration, OffsetDateTime};

/// The real etcd of a node, from paths below its root; ended when it goes out of scope.
struct Etcd(Child);

impl Etcd {
    fn start(node: &Node) -> Self {
        let pki = |name: &str| node.at(&format!("etc/kubernetes/pki/etcd/{name}"));
        let url = format!("https://127.0.0.1:{}", node.etcd_port);
        let peer = format!("http://127.0.0.1:{}", free_port());
        let mut child = Command::new("etcd")
            .args(["--name", "cp1", "--listen-client-urls", &url, "--advertise-client-urls", &url])
            .args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer])
            .args(["--initial-cluster", &format!("cp1={peer}"), "--client-cert-auth", "--unsafe-no-fsync"])
            .arg("--data-dir")
            .arg(node.at("var/lib/etcd/member-data"))
            .arg("--trusted-ca-file")
            .arg(pki("ca.crt"))
            .arg("--cert-file")
            .arg(pki("server.crt"))
            .arg("--key-file")
            .arg(pki("server.key"))
            .env("ETCD_UNSUPPORTED_ARCH", std::env::consts::ARCH)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        loop {
            let mut line = String::new();
            assert!(log.read_line(&mut line).unwrap() > 0, "etcd ended:\n{said}");
            said.push_str(&line);
            if line.contains("serving client") {
                break;
            }
        }
        // A full pipe would stop etcd.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self(child)
    }
}

impl Drop for Etcd {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The findings with their subjects, but for those of components that nobody started.
fn findings(ran: &Ran) -> Vec<(String, String)> {
    let json = ran.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    json["verdicts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["verdict"] == "problem" && it["check"] != "metrics-endpoint-unreachable")
        .map(|it| (text(&it["check"]), text(&it["subject"]["name"])))
        .collect()
}

fn passes(ran: &Ran, check: &str, subject: &str) -> bool {
    let json = ran.json();
    json["verdicts"]
        .as_array()
        .unwrap()
        .iter()
        .any(|it| it["check"] == check && it["verdict"] == "pass" && it["subject"]["name"] == subject)
}

/// Plants something in a node without anything that runs, and expects this finding alone, beside the file where it is;
/// without it the same check passes there.
fn check(plant: impl FnOnce(&Node), id: &str, subject: &str) -> Ran {
    let node = Node::kubeadm();
    let sound = node.look("doctor", &["-o", "json"]);
    assert_eq!(findings(&sound), [], "{}", sound.stdout);
    assert!(passes(&sound, id, subject), "{id} passes: {}", sound.stdout);
    plant(&node);
    let ran = node.look("doctor", &["-o", "json"]);
    assert_eq!(findings(&ran), [(id.to_owned(), subject.to_owned())], "{}", ran.stdout);
    assert_eq!(ran.code, 1, "something does not run: {}", ran.stderr);
    ran
}

const ETCD_CLIENT: &str = "/etc/kubernetes/pki/apiserver-etcd-client.crt";

#[test]
fn an_expired_certificate_is_named_with_the_api_server_stopped() {
    const TEST: &str = "an_expired_certificate_is_named_with_the_api_server_stopped";
    if !has(TEST, "etcd") {
        return;
    }
    let node = Node::kubeadm();
    node.etcd_client("apiserver-etcd-client", &client().expired());
    let _etcd = Etcd::start(&node);
    node.process(20, &format!("etcd {}", node.etcd_flags().join(" ")), "mnt:[2]");
    let ran = node.look("doctor", &["-o", "json"]);
    assert_eq!(
        findings(&ran),
        [("certificate-file-expired".to_owned(), ETCD_CLIENT.to_owned())],
        "{}",
        ran.stdout
    );
    let json = ran.json();
    let found = json["verdicts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["check"] == "certificate-file-expired")
        .unwrap();
    assert!(found["summary"].as_str().unwrap().contains("expired on"), "{found}");
    assert!(
        found["evidence"]
            .to_string()
            .contains("--etcd-certfile=/etc/kubernetes/pki/apiserver-etcd-client.crt")
    );
    assert!(found["remedies"].to_string().contains("kubeadm certs renew apiserver-etcd-client"));
    // etcd itself is well: it is asked with the next certificate that lies there, and checked against its CA.
    let etcd = json["instances"].as_array().unwrap().iter().find(|it| it["component"] == "etcd").unwrap();
    let answer = etcd["answer"].as_str().unwrap();
    assert!(answer.starts_with("200, ") && answer.contains("healthcheck-client.crt"), "{answer}");
    for id in [
        "serving-cert-untrusted",
        "serving-cert-wrong-name",
        "etcd-client-cert-expired",
        "answers-something-else",
    ] {
        assert!(passes(&ran, id, "this node"), "{id}: {}", ran.stdout);
    }
    // That the API server does not answer follows from it; that the others do not has nothing to do with it.
    let symptoms: Vec<&Value> = found["symptoms"].as_array().unwrap().iter().collect();
    assert_eq!(symptoms.len(), 1, "{found}");
    assert_eq!(symptoms[0]["check"], "metrics-endpoint-unreachable");
    assert_eq!(symptoms[0]["subject"]["kind"], "apiserver");
    assert_eq!((ran.code, &json["distribution"]["id"]), (1, &Value::from("kubeadm")));
    // The manifest may be gone as well, as it is where somebody stopped the API server by hand.
    fs::remove_file(node.at("etc/kubernetes/manifests/kube-apiserver.yaml")).unwrap();
    let ran = node.look("doctor", &["-o", "json"]);
    assert_eq!(
        findings(&ran),
        [("certificate-file-expired".to_owned(), ETCD_CLIENT.to_owned())],
        "{}",
        ran.stdout
    );
    assert_eq!(ran.code, 1);
}

#[test]
fn the_checks_of_etcd_hold_for_the_certificate_that_lies_on_the_node() {
    const TEST: &str = "the_checks_of_etcd_hold_for_the_certificate_that_lies_on_the_node";
    if !has(TEST, "etcd") {
        return;
    }
    let node = Node::kubeadm();
    let _etcd = Etcd::start(&node);
    let foreign = Node::kubeadm();
    for name in ["apiserver-etcd-client.crt", "apiserver-etcd-client.key"] {
        let path = format!("etc/kubernetes/pki/{name}");
        fs::copy(foreign.at(&path), node.at(&path)).unwrap();
    }
    let ran = node.look("doctor", &["-o", "json"]);
    let expected = [("etcd-client-cert-foreign-ca".to_owned(), "this node".to_owned())];
    assert_eq!(findings(&ran), expected, "{}", ran.stdout);
}

#[test]
fn every_fault_of_a_file_is_found_where_it_is() {
    check(
        |node| node.etcd_client("apiserver-etcd-client", &client().expired()),
        "certificate-file-expired",
        ETCD_CLIENT,
    );
    check(
        |node| node.cluster_client("apiserver-kubelet-client", &client().not_yet_valid()),
        "certificate-file-not-yet-valid",
        "/etc/kubernetes/pki/apiserver-kubelet-client.crt",
    );
    let now = OffsetDateTime::now_utc();
    let soon = || {
        let mut shape = server();
        (shape.from, shape.until) =
            (now - Duration::days(350), now + Duration::days(15) + Duration::hours(12));
        shape
    };
    let ran = check(
        |node| node.etcd_client("etcd/server", &soon()),
        "certificate-file-expires-soon",
        "/etc/kubernetes/pki/etcd/server.crt",
    );
    assert!(ran.stdout.contains("in 15 days"), "{}", ran.stdout);
    check(
        |node| node.kubeconfig("scheduler", &client().expired()),
        "certificate-file-expired",
        "/etc/kubernetes/scheduler.conf",
    );
    check(
        |node| node.kubelet_client(&client().expired()),
        "certificate-file-expired",
        "/var/lib/kubelet/pki/kubelet-client-current.pem",
    );
    let key = "/etc/kubernetes/pki/apiserver-etcd-client.key";
    check(
        |node| fs::set_permissions(node.at(key), Permissions::from_mode(0o644)).unwrap(),
        "key-file-readable-by-others",
        key,
    );
    let ran = check(
        |node| fs::remove_file(node.at("etc/kubernetes/pki/front-proxy-client.key")).unwrap(),
        "manifest-file-missing",
        "/etc/kubernetes/manifests/kube-apiserver.yaml",
    );
    assert!(ran.stdout.contains("--proxy-client-key-file="), "{}", ran.stdout);
}

#[test]
fn a_certificate_that_renews_itself_and_a_key_in_a_closed_folder_are_no_faults() {
    let node = Node::kubeadm();
    let now = OffsetDateTime::now_utc();
    let mut daily = client();
    (daily.from, daily.until) = (now - Duration::hours(12), now + Duration::hours(12));
    node.kubelet_client(&daily);
    fs::set_permissions(node.at("etc/kubernetes/pki/sa.key"), Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(node.at("etc/kubernetes/pki"), Permissions::from_mode(0o700)).unwrap();
    let ran = node.look("doctor", &["-o", "json"]);
    assert_eq!(findings(&ran), [], "{}", ran.stdout);
}

#[test]
fn a_kubeconfig_for_people_that_has_expired_is_a_warning() {
    let node = Node::kubeadm();
    node.kubeconfig("admin", &client().expired());
    let ran = node.look("doctor", &["-o", "json"]);
    assert_eq!(ran.problems("warning"), ["certificate-file-expired"], "{}", ran.stdout);
}

#[test]
fn a_process_that_runs_otherwise_than_its_manifest_says_is_named() {
    let node = Node::kubeadm();
    let api_server = |flags: &[String]| format!("kube-apiserver {}", flags.join(" "));
    node.process(30, &api_server(&node.api_server_flags()), "mnt:[2]");
    let ran = node.look("doctor", &["-o", "json"]);
    let manifest = "/etc/kubernetes/manifests/kube-apiserver.yaml";
    assert_eq!(findings(&ran), [], "{}", ran.stdout);
    assert!(passes(&ran, "process-flags-differ", manifest), "{}", ran.stdout);
    let mut flags = node.api_server_flags();
    flags.push("--profiling=false".to_owned());
    node.process(30, &api_server(&flags), "mnt:[2]");
    let ran = node.look("doctor", &["-o", "json"]);
    assert_eq!(findings(&ran), [("process-flags-differ".to_owned(), manifest.to_owned())], "{}", ran.stdout);
    assert!(
        ran.stdout.contains("--profiling=false (") || ran.stdout.contains("\"--profiling=false\""),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_container_without_a_manifest_is_followed_by_way_of_its_process() {
    let node = Node::kubeadm();
    fs::remove_dir_all(node.at("etc/kubernetes/manifests")).unwrap();
    fs::create_dir_all(node.at("etc/kubernetes/manifests")).unwrap();
    node.process(
        40,
        "/usr/local/bin/etcd --cert-file=/certs/server.crt --key-file=/certs/server.key",
        "mnt:[2]",
    );
    let inside = node.at("proc/40/root").join("certs");
    fs::create_dir_all(&inside).unwrap();
    node.etcd_client("etcd/server", &server().expired());
    for name in ["server.crt", "server.key"] {
        fs::rename(node.at(&format!("etc/kubernetes/pki/etcd/{name}")), inside.join(name)).unwrap();
    }
    let ran = node.look("doctor", &["-o", "json"]);
    let expected = [("certificate-file-expired".to_owned(), format!("/proc/40/root{}", "/certs/server.crt"))];
    assert_eq!(findings(&ran), expected, "{}", ran.stdout);
}

#[test]
fn files_that_are_named_from_outside_of_the_root_are_the_same_files() {
    let node = Node::kubeadm();
    node.etcd_client("apiserver-etcd-client", &client().expired());
    let pki = format!("{}/etc/kubernetes/pki", node.root().display());
    let flags: Vec<String> =
        node.api_server_flags().iter().map(|flag| flag.replace("/etc/kubernetes/pki", &pki)).collect();
    node.manifest("kube-apiserver", "kube-apiserver:v1.36.2", &flags, &[("k8s-certs", &pki)]);
    let ran = node.look("doctor", &["-o", "json"]);
    assert_eq!(
        findings(&ran),
        [("certificate-file-expired".to_owned(), ETCD_CLIENT.to_owned())],
        "{}",
        ran.stdout
    );
}

#[test]
fn the_etcds_of_kops_are_found_by_their_ports_and_files() {
    let node = Node::kubeadm();
    for name in ["etcd", "kube-apiserver", "kube-scheduler", "kube-controller-manager"] {
        fs::remove_file(node.at(&format!("etc/kubernetes/manifests/{name}.yaml"))).unwrap();
    }
    fs::rename(node.at("etc/kubernetes/pki"), node.at("etc/kubernetes/kubeadm")).unwrap();
    let folder = node.at("srv/kubernetes/kube-apiserver");
    fs::create_dir_all(&folder).unwrap();
    let pki = |name: &str| node.at(&format!("etc/kubernetes/kubeadm/{name}"));
    fs::copy(pki("etcd/ca.crt"), folder.join("etcd-ca.crt")).unwrap();
    fs::copy(pki("apiserver-etcd-client.crt"), folder.join("etcd-client.crt")).unwrap();
    fs::copy(pki("apiserver-etcd-client.key"), folder.join("etcd-client.key")).unwrap();
    for name in ["etcd-manager-main", "etcd-manager-events"] {
        let script = "exec /etcd-manager --client-urls=https://__name__:4001 > /tmp/pipe 2>&1";
        let text = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: kube-system}}\nspec:\n  containers:\n  - name: etcd-manager\n    \
             image: registry.k8s.io/etcdadm/etcd-manager:v3.0\n    command: [/bin/sh, -c, '{script}']\n"
        );
        fs::write(node.at(&format!("etc/kubernetes/manifests/{name}.manifest")), text).unwrap();
    }
    let ran = node.look("doctor", &["-o", "json", "--only", "etcd"]);
    let json = ran.json();
    let found: Vec<&str> =
        json["instances"].as_array().unwrap().iter().filter_map(|it| it["endpoint"].as_str()).collect();
    assert!(found.contains(&"https://127.0.0.1:4001/metrics"), "{found:?}");
    assert!(found.contains(&"https://127.0.0.1:4002/metrics"), "{found:?}");
}

#[test]
fn detection_names_kubeadm_and_where_it_runs_and_says_what_it_did_not_ask() {
    let node = Node::kubeadm();
    let json = node.look("detect", &["-o", "json"]).json();
    assert_eq!(
        (&json["distribution"]["id"], &json["distribution"]["version"]),
        (&"kubeadm".into(), &"v1.36.2".into())
    );
    assert_eq!((&json["certainty"], &json["exit"]), (&"likely".into(), &0.into()));
    assert_eq!(json["control_plane"]["place"], "static-pods");
    let gaps: Vec<&str> =
        json["gaps"].as_array().unwrap().iter().filter_map(|gap| gap["what"].as_str()).collect();
    assert_eq!(gaps, ["the Kubernetes API"]);
    fs::create_dir(node.at("kind")).unwrap();
    fs::write(node.at("kind/kubeadm.conf"), "").unwrap();
    assert_eq!(node.look("detect", &["-o", "name"]).stdout, "kind\n");
}

#[test]
fn a_machine_that_is_no_control_plane_node_is_told_so_and_a_replay_tells_the_same() {
    let node = Node::kubeadm();
    fs::remove_dir_all(node.at("etc/kubernetes/manifests")).unwrap();
    node.process(50, "/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml", "mnt:[1]");
    for command in ["doctor", "detect"] {
        let recording = node.beside().join(command);
        let live = run(node.command(command).arg("--save").arg(&recording));
        assert!(live.error(3).starts_with("this machine is no control-plane node: "), "{}", live.stderr);
        let again = run(ctlmon(node.beside()).args([command, "--from"]).arg(&recording));
        assert_eq!(again.error(3), live.error(3));
    }
    fs::remove_dir_all(node.at("proc")).unwrap();
    let ran = node.look("doctor", &[]);
    assert!(
        ran.error(3).contains("not all could be looked at: the processes of this node"),
        "{}",
        ran.stderr
    );
    fs::remove_dir_all(node.root()).unwrap();
    assert!(
        node.look("doctor", &[]).error(3).contains("where the root of a node's file system was expected")
    );
}

#[test]
fn a_replay_says_what_the_live_run_said_and_holds_no_secret() {
    const TEST: &str = "a_replay_says_what_the_live_run_said_and_holds_no_secret";
    let node = Node::kubeadm();
    node.etcd_client("apiserver-etcd-client", &client().expired());
    node.process(
        60,
        "kubelet --config=/var/lib/kubelet/config.yaml --token=canary-token --node-ip canary-word",
        "mnt:[1]",
    );
    node.process(61, "postgres: canary-process", "mnt:[1]");
    let _etcd = has(TEST, "etcd").then(|| Etcd::start(&node));
    for command in ["doctor", "detect"] {
        for format in ["human", "json"] {
            let recording = node.beside().join("run.json");
            let live = run(node.command(command).args(["-o", format, "--save"]).arg(&recording));
            let again = run(ctlmon(node.beside()).args([command, "-o", format, "--from"]).arg(&recording));
            assert_eq!(
                (&again.stdout, &again.stderr, again.code),
                (&live.stdout, &live.stderr, live.code),
                "{command}"
            );
            let saved = fs::read_to_string(&recording).unwrap();
            assert!(!saved.contains("canary") && !saved.contains("PRIVATE KEY"), "{command}");
            let keys = ["ca.key", "apiserver-etcd-client.key", "etcd/healthcheck-client.key"];
            for key in
                keys.map(|name| fs::read_to_string(node.at(&format!("etc/kubernetes/pki/{name}"))).unwrap())
            {
                let secret = key.lines().nth(1).unwrap();
                assert!(!saved.contains(secret) && !live.stdout.contains(secret), "{command}");
            }
        }
    }
}

#[test]
fn nothing_but_loopback_is_dialled_and_no_kubeconfig_is_read() {
    const TEST: &str = "nothing_but_loopback_is_dialled_and_no_kubeconfig_is_read";
    if !has(TEST, "strace") {
        return;
    }
    let node = Node::kubeadm();
    let home = node.beside().join("home/.kube");
    fs::create_dir_all(&home).unwrap();
    fs::write(home.join("config"), "{}").unwrap();
    // An etcd that listens on the node's own address alone is not asked.
    let flags = ["--listen-client-urls=https://192.0.2.11:2379".to_owned()];
    node.manifest("etcd", "etcd:3.6.8-0", &flags, &[("etcd-certs", "/etc/kubernetes/pki/etcd")]);
    let log = node.beside().join("log");
    let mut strace = Command::new("strace");
    strace.env_clear().env("HOME", node.beside().join("home")).env("KUBECONFIG", home.join("config"));
    strace.args(["-f", "-e", "trace=connect,openat,open", "-o"]).arg(&log);
    strace
        .arg(env!("CARGO_BIN_EXE_ctlmon"))
        .args(["doctor", "--on-node", "-o", "json", "--host-root"])
        .arg(node.root());
    let ran = run(&mut strace);
    assert!(ran.stdout.contains("nothing but loopback is asked here"), "{}", ran.stdout);
    let log = fs::read_to_string(&log).unwrap();
    assert!(!log.contains(".kube/config"), "{log}");
    let connects: Vec<&str> = log.lines().filter(|line| line.contains("connect(")).collect();
    assert!(!connects.is_empty(), "the API server's port is dialled");
    assert!(connects.iter().all(|line| line.contains("127.0.0.1")), "{connects:#?}");
}

#[test]
fn hostile_files_neither_block_nor_lead_outside() {
    let node = Node::kubeadm();
    fs::write(node.beside().join("outside.crt"), "outside").unwrap();
    let _ = fs::remove_file(node.at(ETCD_CLIENT));
    symlink(node.beside().join("outside.crt"), node.at(ETCD_CLIENT)).unwrap();
    let pipe = node.at("etc/kubernetes/manifests/pipe.yaml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    fs::write(node.at("etc/kubernetes/manifests/broken.yaml"), "a: [canary").unwrap();
    let ran = node.look("doctor", &["-o", "json"]);
    // What leads outside is not there, as it would not be for the program.
    let manifest = "/etc/kubernetes/manifests/kube-apiserver.yaml";
    assert_eq!(findings(&ran), [("manifest-file-missing".to_owned(), manifest.to_owned())], "{}", ran.stdout);
    let gaps = ran.json()["gaps"].to_string();
    assert!(gaps.contains("pipe.yaml") && gaps.contains("broken.yaml") && !gaps.contains("canary"), "{gaps}");
}

#[test]
fn what_only_root_may_read_is_unknown_and_names_root() {
    let node = Node::kubeadm();
    let key = node.at("etc/kubernetes/pki/ca.key");
    fs::set_permissions(&key, Permissions::from_mode(0o000)).unwrap();
    if fs::read(&key).is_ok() {
        println!("skipped: what_only_root_may_read_is_unknown_and_names_root: root reads everything");
        return;
    }
    let ran = node.look("doctor", &["-o", "json"]);
    assert_eq!(findings(&ran), [], "{}", ran.stdout);
    let gaps = ran.json()["gaps"].to_string();
    assert!(gaps.contains("/etc/kubernetes/pki/ca.key") && gaps.contains("run ctlmon as root"), "{gaps}");
}

#[test]
fn options_of_a_cluster_make_no_sense_beside_a_node() {
    let node = Node::kubeadm();
    for arguments in [
        &["--context", "x"][..],
        &["--kubeconfig", "x"],
        &["--as", "x"],
        &["-n", "x"],
        &["--endpoint", "etcd=https://127.0.0.1:2379"],
        &["--as-agent"],
        &["--lab"],
        &["--from", "x"],
    ] {
        assert_eq!(node.look("doctor", arguments).code, 2, "{arguments:?}");
    }
    assert_eq!(node.look("detect", &["-f", "x"]).code, 2);
    assert_eq!(run(ctlmon(node.beside()).args(["doctor", "--host-root", "x"])).code, 2);
}

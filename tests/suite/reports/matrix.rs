//! The matrix: what was not seen is unknown, what is wrong fails the column that it is about, and all formats have the same words.

use super::{Reports, lab};
use crate::support::{ctlmon, faults, practice::Practice, run};
use serde_json::{Value, json};
use tempfile::TempDir;

const COLUMNS: [&str; 7] = ["reachable", "tls", "authenticated", "authorised", "metrics", "health", "agent"];

fn words(instance: &Value) -> Vec<&str> {
    COLUMNS.iter().map(|column| instance[column].as_str().unwrap()).collect()
}

fn instances(json: &Value) -> &[Value] {
    json["instances"].as_array().unwrap()
}

#[test]
fn the_words_are_four_and_the_same_in_every_format() {
    let folder = TempDir::new().unwrap();
    // Every third: what the words come of is a check's own, and each is judged in five formats.
    for (fault, _) in faults().into_iter().step_by(3) {
        let reports = Reports::of(|format| lab(folder.path(), &["--fault", &fault], format));
        for instance in instances(&reports.json) {
            let words = words(instance);
            assert!(words.iter().all(|word| ["ok", "fail", "unknown", "-"].contains(word)), "{instance}");
            assert_eq!(instance["agent"], "-", "{fault}");
            let (component, name) =
                (instance["component"].as_str().unwrap(), instance["name"].as_str().unwrap());
            let row = format!("| {component} | `{name}` | {} | ", words.join(" | "));
            assert!(reports.ran[3].stdout.contains(&row), "{fault}: {row}: {}", reports.ran[3].stdout);
            let pairs: Vec<String> =
                COLUMNS.iter().zip(&words).map(|(column, word)| format!("{column} {word}")).collect();
            let line = format!("{name}: {}; answered ", pairs.join(", "));
            let is_told = reports.junit.all("system-out").iter().any(|out| out.text.contains(&line));
            assert!(is_told, "{fault}: {line}: {}", reports.ran[2].stdout);
            let human = reports.ran[4].stdout.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
            let expected: Vec<&str> = [component].into_iter().chain(words).collect();
            assert!(human.into_iter().any(|line| line == expected), "{fault}: {}", reports.ran[4].stdout);
        }
        // Up to the first finding: commands to paste are not wrapped.
        let is_finding = |line: &&str| ["fail ", "warn ", "note "].iter().any(|word| line.starts_with(word));
        let head = reports.ran[4].stdout.lines().take_while(|line| !is_finding(line));
        let widest = head.map(str::len).max();
        assert!(widest.unwrap() <= 80, "{fault}: {}", reports.ran[4].stdout);
    }
}

#[test]
fn a_problem_fails_the_column_that_it_is_about() {
    let folder = TempDir::new().unwrap();
    for (fault, component, expected) in [
        ("etcd-client-cert-expired", "etcd", ["ok", "ok", "fail", "-", "unknown"]),
        ("etcd-client-cert-missing", "etcd", ["ok", "ok", "fail", "-", "unknown"]),
        // It takes the agents' token, which they do not show.
        ("scheduler-no-credentials", "scheduler", ["ok", "ok", "fail", "ok", "ok"]),
        ("kubelet-ignores-tokens", "kubelet", ["ok", "ok", "fail", "ok", "unknown"]),
        ("kubelet-metrics-forbidden", "kubelet", ["ok", "ok", "ok", "fail", "unknown"]),
        ("controller-manager-metrics-forbidden", "controller-manager", ["ok", "ok", "ok", "fail", "unknown"]),
        ("self-signed-cert-verified", "scheduler", ["ok", "fail", "ok", "ok", "ok"]),
    ] {
        let ran = run(&mut lab(folder.path(), &["--fault", fault], "json"));
        let json = ran.json();
        let instance = instances(&json).iter().find(|instance| instance["component"] == component).unwrap();
        assert_eq!(words(instance)[..5], expected, "{fault}: {instance}");
    }
}

#[test]
fn a_healthy_instance_that_is_asked_from_its_node_is_ok_throughout() {
    let folder = TempDir::new().unwrap();
    let json = run(&mut lab(folder.path(), &[], "json")).json();
    for instance in instances(&json) {
        let words = words(instance);
        assert!(!words.contains(&"fail"), "{instance}");
        // The kubelet of the other node is reached through the API server alone.
        assert_eq!(words.contains(&"unknown"), instance["name"] == "worker-1", "{instance}");
    }
}

#[test]
fn what_cannot_be_asked_is_unknown_and_never_ok() {
    let practice = Practice::start(&[]);
    let kubeconfig = practice.kubeconfig().display().to_string();
    let json = run(ctlmon(practice.path()).args([
        "doctor",
        "-o",
        "json",
        "--no-port-forward",
        "--kubeconfig",
        &kubeconfig,
    ]))
    .json();
    let scheduler = instances(&json).iter().find(|it| it["component"] == "scheduler").unwrap();
    assert_eq!(words(scheduler)[..3], ["unknown"; 3], "{scheduler}");
    assert_eq!(scheduler["metrics"], "unknown");
}

#[test]
fn an_endpoint_that_nobody_serves_fails_and_the_rest_is_unknown() {
    let folder = TempDir::new().unwrap();
    let endpoint = "etcd=https://127.0.0.1:1";
    let json = run(ctlmon(folder.path()).args(["doctor", "-o", "json", "--endpoint", endpoint])).json();
    let expected = json!(["fail", "unknown", "unknown", "-", "unknown", "-", "-"]);
    assert_eq!(json!(words(&instances(&json)[0])), expected);
}

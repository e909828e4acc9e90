//! A cluster that denies everything: what is missing is named, once, and nothing passes or fails.

use crate::support::{Ran, ctlmon, practice::Practice, run};
use std::collections::BTreeSet;

/// How every missing right is introduced.
const MISSING: &str = "missing permission: ";

/// Asks as a service account without any rights.
fn ask(arguments: &[&str]) -> Ran {
    let practice = Practice::start(&[]);
    let kubeconfig = practice.kubeconfig_of("default", "default");
    let ran = run(ctlmon(practice.path()).args(arguments).arg("--kubeconfig").arg(kubeconfig));
    assert_eq!(ran.stderr, "");
    assert_eq!(ran.code, 3, "could not look: {ran:?}");
    ran
}

/// The gaps of a JSON report, each of which names a right; sorted.
fn gaps(ran: &Ran) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let json = ran.json();
    assert_eq!(json["exit"], 3);
    let mut gaps: Vec<(String, String)> =
        json["gaps"].as_array().unwrap().iter().map(|gap| (text(&gap["what"]), text(&gap["why"]))).collect();
    gaps.sort();
    let once: BTreeSet<_> = gaps.iter().collect();
    assert_eq!(once.len(), gaps.len(), "each once: {gaps:?}");
    gaps
}

/// The rights among the gaps, without what they would have shown.
fn rights(gaps: &[(String, String)]) -> BTreeSet<String> {
    gaps.iter()
        .map(|(_, why)| why.strip_prefix(MISSING).unwrap_or_else(|| panic!("{gaps:?}")).to_owned())
        .collect()
}

/// How often a report for people names a right; lines may be broken anywhere between words.
fn times(ran: &Ran, right: &str) -> usize {
    let text = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    // A right without a namespace is the beginning of the same one in a namespace.
    let follows = |rest: &str| !rest.starts_with(" in namespace ");
    text.split(&format!("{MISSING}{right}")).skip(1).filter(|rest| follows(rest)).count()
}

fn check_once_each(arguments: &[&str]) -> BTreeSet<String> {
    let rights = rights(&gaps(&ask(&[arguments, &["-o", "json"]].concat())));
    let human = ask(arguments);
    for right in &rights {
        assert_eq!(times(&human, right), 1, "{right}: {}", human.stdout);
    }
    rights
}

#[test]
fn doctor_names_each_missing_right_once() {
    let rights = check_once_each(&["doctor"]);
    assert!(rights.contains("list nodes"), "{rights:?}");
    assert!(rights.contains("list daemonsets.apps"), "{rights:?}");
}

#[test]
fn doctor_passes_and_fails_nothing_but_what_everybody_is_told() {
    let ran = ask(&["doctor", "-o", "json"]);
    let json = ran.json();
    let verdicts = json["verdicts"].as_array().unwrap();
    assert!(!verdicts.is_empty());
    // Whether it is ready an API server tells everybody, and with it the time.
    let told = ["api-server-not-ready", "clock-of-this-machine-off"];
    let is_told = |verdict: &serde_json::Value| told.iter().any(|check| verdict["check"] == *check);
    let (told, rest): (Vec<_>, Vec<_>) = verdicts.iter().partition(|verdict| is_told(verdict));
    assert!(told.iter().all(|verdict| verdict["verdict"] == "pass"), "{}", ran.stdout);
    assert!(rest.iter().all(|verdict| verdict["verdict"] == "unknown"), "{}", ran.stdout);
    // The Cluster Agent is one that nobody could find.
    let unjudged = ["apiserver", "etcd", "controller-manager", "scheduler", "kubelet"];
    assert_eq!(json["unjudged"], serde_json::json!(unjudged));
}

#[test]
fn allowing_unknowns_is_said_and_not_implied() {
    let practice = Practice::start(&[]);
    let kubeconfig = practice.kubeconfig_of("default", "default");
    let mut command = ctlmon(practice.path());
    let ran = run(command.args(["doctor", "--allow-unknown", "--kubeconfig"]).arg(kubeconfig));
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.contains("not judged at all: apiserver"), "{}", ran.stdout);
}

#[test]
fn doctor_says_why_no_component_was_judged() {
    let rights = check_once_each(&["doctor"]);
    assert!(rights.contains("list pods in namespace kube-system"), "{rights:?}");
}

#[test]
fn detect_names_each_missing_right_once() {
    let rights = check_once_each(&["detect"]);
    let expected = [
        "get configmaps \"kubeadm-config\" in namespace kube-system",
        "list daemonsets.apps in namespace kube-system",
        "list deployments.apps in namespace kube-system",
        "list namespaces",
        "list nodes",
        "list pods in namespace kube-system",
    ];
    assert_eq!(rights.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    assert!(ask(&["detect"]).stdout.starts_with("unknown distribution"));
}

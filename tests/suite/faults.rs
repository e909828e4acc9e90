//! Every fault of the practice cluster is found by its check and by no other, in its own process and from another one.

use crate::support::{Ran, all_faults, ctlmon, faults, practice::Practice, run};
use serde_json::{Value, json};
use std::{collections::BTreeSet, os::unix::fs::PermissionsExt as _};
use tempfile::TempDir;

/// The headings that every page has, in this order.
const HEADINGS: [&str; 5] =
    ["What was seen", "What it means", "How to confirm by hand", "How to fix", "References"];

/// The longest chain of requests that a run may take, each of which needs the answer to the one before.
const MOST_ROUND_TRIPS: u64 = 8;

fn doctor(arguments: &[&str]) -> Ran {
    let folder = TempDir::new().unwrap();
    let ran = run(ctlmon(folder.path()).args(["doctor", "-o", "json"]).args(arguments));
    assert_eq!(ran.stderr, "", "{arguments:?}");
    assert_eq!(ran.json()["exit"], ran.code, "{arguments:?}");
    ran
}

/// All verdicts, those that are folded under others included.
fn verdicts(ran: &Ran) -> Vec<Value> {
    fn collect(verdicts: &Value, all: &mut Vec<Value>) {
        for verdict in verdicts.as_array().unwrap() {
            all.push(verdict.clone());
            collect(&verdict["symptoms"], all);
        }
    }
    let mut all = Vec::new();
    collect(&ran.json()["verdicts"], &mut all);
    all
}

#[test]
fn every_fault_is_found_by_its_check_alone() {
    for (fault, check) in faults() {
        let ran = doctor(&["--lab", "--fault", &fault]);
        assert_eq!(ran.problems("error"), [check.as_str()], "{fault}: {}", ran.stdout);
        assert_eq!(ran.code, 1, "{fault}");
        for verdict in verdicts(&ran).iter().filter(|verdict| verdict["verdict"] == "problem") {
            assert!(!verdict["evidence"].as_array().unwrap().is_empty(), "{fault}: {verdict}");
            assert!(!verdict["remedies"].as_array().unwrap().is_empty(), "{fault}: {verdict}");
        }
    }
}

#[test]
fn what_is_no_error_is_found_by_its_check_alone() {
    const SEVERITIES: [&str; 3] = ["error", "warning", "note"];
    let lesser = all_faults().into_iter().filter(|(.., severity)| severity != "error");
    for (fault, check, severity) in lesser {
        for control_planes in ["1", "3"] {
            let ran = doctor(&["--lab", "--control-planes", control_planes, "--fault", &fault]);
            for of in SEVERITIES {
                let expected: &[&str] = if of == severity { &[&check] } else { &[] };
                assert_eq!(ran.problems(of), expected, "{of} {fault}: {}", ran.stdout);
            }
            assert_eq!((ran.code, &ran.json()["gaps"]), (0, &json!([])), "{fault}: {}", ran.stdout);
        }
    }
}

/// What a fault is about, by its name: the first word or two.
fn part(fault: &str) -> &str {
    const PARTS: [&str; 6] =
        ["etcd", "scheduler", "controller-manager", "kubelet", "cluster-agent", "no-agent"];
    PARTS.into_iter().find(|part| fault.starts_with(part)).unwrap_or("listening")
}

#[test]
fn two_faults_of_different_components_are_both_found() {
    let faults = faults();
    for (place, (one, first)) in faults.iter().enumerate() {
        for (other, second) in &faults[place + 1..] {
            if part(one) == part(other) {
                continue;
            }
            let ran = doctor(&["--lab", "--fault", one, "--fault", other]);
            let mut expected = [first.clone(), second.clone()];
            expected.sort();
            assert_eq!(ran.problems("error"), expected, "{one} and {other}: {}", ran.stdout);
        }
    }
}

#[test]
fn a_healthy_cluster_has_no_problems_and_every_component_answered() {
    let ran = doctor(&["--lab"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    for severity in ["error", "warning", "note"] {
        assert!(ran.problems(severity).is_empty(), "{severity}: {}", ran.stdout);
    }
    let (json, verdicts) = (ran.json(), verdicts(&ran));
    assert_eq!(json["unjudged"], json!([]));
    let instances = json["instances"].as_array().unwrap();
    for component in ["apiserver", "etcd", "controller-manager", "scheduler", "kubelet", "cluster-agent"] {
        let instance = instances.iter().find(|instance| instance["component"] == component);
        // The answer of its own endpoint, which no other component has.
        let answer = format!("GET {} ", instance.unwrap()["endpoint"].as_str().unwrap());
        let is_evidence = |piece: &Value| piece["at"].as_str().is_some_and(|at| at.starts_with(&answer));
        let passes = verdicts.iter().filter(|verdict| {
            verdict["verdict"] == "pass"
                && verdict["subject"]["kind"] == component
                && verdict["evidence"].as_array().unwrap().iter().any(is_evidence)
        });
        assert!(passes.count() > 0, "{component}: {answer}: {}", ran.stdout);
    }
}

/// The three control planes see all that one sees: nothing is left out, and nothing but the faulty check speaks.
fn check_three(ran: &Ran, errors: &[&str], what: &str) {
    let report = ran.json();
    // The control plane's components and a kubelet on each, the worker's kubelet, and the Cluster Agent where there is one.
    let cluster_agents = usize::from(errors != ["datadog-not-installed"]);
    assert_eq!(report["instances"].as_array().unwrap().len(), 3 * 5 + 1 + cluster_agents, "{what}");
    for nothing in ["gaps", "unjudged"] {
        assert_eq!(report[nothing], json!([]), "{nothing} {what}: {}", ran.stdout);
    }
    assert_eq!(ran.problems("error"), errors, "{what}: {}", ran.stdout);
    for lesser in ["warning", "note"] {
        assert!(ran.problems(lesser).is_empty(), "{lesser} {what}: {}", ran.stdout);
    }
    assert_eq!(ran.code, i32::from(!errors.is_empty()), "{what}");
}

#[test]
fn three_control_planes_are_seen_whole_and_every_fault_in_them_is_found() {
    const THREE: [&str; 3] = ["--lab", "--control-planes", "3"];
    check_three(&doctor(&THREE), &[], "healthy");
    for (fault, check) in faults() {
        let ran = doctor(&[&THREE[..], &["--fault", &fault]].concat());
        check_three(&ran, &[&check], &fault);
    }
}

#[test]
fn three_control_planes_are_seen_whole_from_another_process() {
    for (fault, errors) in [
        (&[][..], &[][..]),
        (&["--fault", "controller-manager-metrics-forbidden"], &["controller-manager-metrics-forbidden"]),
        (&["--fault", "etcd-client-cert-expired"], &["etcd-client-cert-expired"]),
    ] {
        let practice = Practice::start(&[&["--control-planes", "3"], fault].concat());
        check_three(&from_outside(&practice, &["--as-agent"]), errors, &format!("{fault:?}"));
    }
}

#[test]
fn the_number_of_control_planes_is_one_to_three_and_the_practice_clusters_alone() {
    let folder = TempDir::new().unwrap();
    for arguments in [&["--lab", "--control-planes", "4"][..], &["--control-planes", "3"]] {
        assert_eq!(run(ctlmon(folder.path()).arg("doctor").args(arguments)).code, 2, "{arguments:?}");
    }
}

/// Asks a cluster of another process, which is reached through its API server alone.
fn from_outside(practice: &Practice, more: &[&str]) -> Ran {
    let kubeconfig = practice.kubeconfig().display().to_string();
    let ran = doctor(&[&["--kubeconfig", &kubeconfig], more].concat());
    for verdict in verdicts(&ran).iter().filter(|verdict| verdict["verdict"] == "unknown") {
        let (what, why) = verdict["summary"].as_str().unwrap().split_once(": ").unwrap();
        assert!(!what.is_empty() && !why.is_empty(), "{verdict}");
    }
    let report = ran.json();
    for instance in report["instances"].as_array().unwrap() {
        assert_ne!(instance["answer"], "", "answered, or says why not: {instance}");
    }
    let waves = report["waves"].as_array().unwrap();
    let chain: u64 = waves.iter().map(|wave| wave["round_trips"].as_u64().unwrap()).sum();
    assert!(chain <= MOST_ROUND_TRIPS, "{chain} round trips {more:?}: {waves:?}");
    ran
}

#[test]
fn every_fault_is_found_from_another_process() {
    for (fault, check) in faults() {
        let practice = Practice::start(&["--fault", &fault]);
        for more in [&[][..], &["--as-agent"]] {
            let ran = from_outside(&practice, more);
            assert_eq!(ran.problems("error"), [check.as_str()], "{fault} {more:?}: {}", ran.stdout);
            assert_eq!(ran.code, 1, "{fault} {more:?}");
        }
    }
}

#[test]
fn a_healthy_cluster_has_no_problems_from_another_process() {
    let practice = Practice::start(&[]);
    for more in [&[][..], &["--as-agent"]] {
        let ran = from_outside(&practice, more);
        for severity in ["error", "warning", "note"] {
            assert!(ran.problems(severity).is_empty(), "{severity}: {}", ran.stdout);
        }
        assert_eq!(ran.code, 0, "{more:?}: {}", ran.stdout);
    }
}

#[test]
fn a_cluster_that_is_ended_takes_its_kubeconfig_along() {
    let mut practice = Practice::start(&[]);
    let kubeconfig = practice.kubeconfig().to_owned();
    assert_eq!(kubeconfig.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(practice.terminate(), Some(0));
    assert!(!kubeconfig.exists());
}

#[test]
fn every_check_explains_itself_under_five_headings() {
    let explain = |id: &[&str]| {
        let folder = TempDir::new().unwrap();
        run(ctlmon(folder.path()).arg("explain").args(id))
    };
    let list = explain(&[]);
    assert_eq!(list.code, 0);
    let ids: BTreeSet<&str> = list.stdout.lines().map(|line| line.split_once("  ").unwrap().0).collect();
    assert_eq!(ids.len(), list.stdout.lines().count(), "each once");
    for (fault, check) in faults() {
        assert!(ids.contains(check.as_str()), "{fault} is found by a check that exists");
    }
    for id in ids {
        let page = explain(&[id]);
        assert_eq!((page.code, page.stderr.as_str()), (0, ""), "{id}");
        let first = page.stdout.lines().next().unwrap();
        assert!(first.starts_with(&format!("{id}: ")), "{id}: {first}");
        let headings: Vec<&str> = page.stdout.lines().filter(|line| HEADINGS.contains(line)).collect();
        assert_eq!(headings, HEADINGS, "{id}");
        for (number, heading) in HEADINGS.iter().enumerate() {
            let (_, rest) = page.stdout.split_once(&format!("\n{heading}\n")).unwrap();
            let next = HEADINGS.get(number + 1).and_then(|next| rest.find(&format!("\n{next}\n")));
            assert!(!rest[..next.unwrap_or(rest.len())].trim().is_empty(), "{id}: {heading}");
        }
    }
    let nonsense = explain(&["nonsense"]);
    assert!(nonsense.error(2).contains("nonsense"));
    assert!(nonsense.stderr.contains("hint: "));
    assert!(explain(&["etcd-cert-expired"]).stderr.contains("did you mean etcd-client-cert-expired?"));
}

#[test]
fn the_evidence_of_one_instance_is_not_shown_under_another() {
    let ran = doctor(&["--lab"]);
    let json = ran.json();
    let kubelets: Vec<&Value> = json["verdicts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|verdict| {
            verdict["check"] == "metrics-endpoint-unreachable" && verdict["subject"]["kind"] == "kubelet"
        })
        .collect();
    assert_eq!(kubelets.len(), 2);
    for kubelet in kubelets {
        let (name, at) = (&kubelet["subject"]["name"], kubelet["evidence"][0]["at"].as_str().unwrap());
        let address = if name == "cp-1" { "192.0.2.11" } else { "192.0.2.21" };
        assert!(at.contains(address), "{name}: {at}");
        assert_eq!(kubelet["evidence"].as_array().unwrap().len(), 1, "{name}");
    }
}

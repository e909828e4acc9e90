//! Every fault of the practice cluster is found by its check and by no other, in its own process and from another one.

use crate::support::{Ran, ctlmon, faults, faults_of, needs, practice::Practice, run};
use serde_json::{Value, json};
use std::{collections::BTreeSet, os::unix::fs::PermissionsExt as _};
use tempfile::TempDir;

/// The headings that every page has, in this order.
const HEADINGS: [&str; 5] =
    ["What was seen", "What it means", "How to confirm by hand", "How to fix", "References"];

/// The longest chain of requests that a run may take, each of which needs the answer to the one before.
const MOST_ROUND_TRIPS: u64 = 8;

/// The faults that show in metrics which only the agents' token opens.
const SEEN_BY_AGENTS: [&str; 1] = ["scheduler-pods-unschedulable"];

/// The distributions that the practice cluster can be.
const DISTRIBUTIONS: [&str; 4] = ["kubeadm", "eks", "openshift4", "rke1"];

const ALL_COMPONENTS: [&str; 6] =
    ["apiserver", "etcd", "controller-manager", "scheduler", "kubelet", "cluster-agent"];

fn doctor(arguments: &[&str]) -> Ran {
    let folder = TempDir::new().unwrap();
    let ran = run(ctlmon(folder.path()).args(["doctor", "-o", "json"]).args(arguments));
    assert_eq!(ran.stderr, "", "{arguments:?}");
    assert_eq!(ran.json()["exit"], ran.code, "{arguments:?}");
    ran
}

/// Looks at a cluster with these faults, with all that it takes to find them.
fn doctor_of(arguments: &[&str], faults: &[&str]) -> Ran {
    let needs = needs(faults);
    let planted = faults.iter().flat_map(|fault| ["--fault", fault]);
    let needs = needs.iter().map(String::as_str);
    doctor(&arguments.iter().copied().chain(planted).chain(needs).collect::<Vec<_>>())
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

/// Problems of every severity, symptoms left out.
fn all_problems(ran: &Ran) -> Vec<String> {
    ["error", "warning", "note"].iter().flat_map(|severity| ran.problems(severity)).collect()
}

/// A fault is found by its check and by no other, and the exit code says whether it is an error.
fn check_alone(ran: &Ran, fault: &str, check: &str) {
    assert_eq!(all_problems(ran), [check], "{fault}: {}", ran.stdout);
    assert_eq!(ran.code, i32::from(!ran.problems("error").is_empty()), "{fault}: {}", ran.stdout);
}

#[test]
fn every_fault_is_found_by_its_check_alone() {
    for distribution in DISTRIBUTIONS {
        for (fault, check) in faults_of(distribution) {
            let ran = doctor_of(&[&format!("--lab={distribution}")], &[&fault]);
            check_alone(&ran, &format!("{fault} on {distribution}"), &check);
            for verdict in verdicts(&ran).iter().filter(|verdict| verdict["verdict"] == "problem") {
                assert!(!verdict["evidence"].as_array().unwrap().is_empty(), "{fault}: {verdict}");
                assert!(!verdict["remedies"].as_array().unwrap().is_empty(), "{fault}: {verdict}");
            }
        }
    }
}

#[test]
fn what_agents_lack_leaves_nothing_unknown_beside_the_problem() {
    const LACKING: [&str; 5] = [
        "datadog-not-installed",
        "etcd-client-secret-missing",
        "openshift-etcd-secret-missing",
        "cert-path-not-mounted",
        "cert-path-not-mounted-in-runners",
    ];
    for distribution in DISTRIBUTIONS {
        for (fault, _) in
            faults_of(distribution).iter().filter(|(fault, _)| LACKING.contains(&fault.as_str()))
        {
            let lab = format!("--lab={distribution}");
            let arguments = [&lab, "--as-agent", "--logs", "--exec", "--fault", fault];
            let ran = doctor(&arguments);
            assert_eq!(ran.json()["gaps"], json!([]), "{arguments:?}: {}", ran.stdout);
        }
    }
}

#[test]
fn other_distributions_have_no_problems_and_everything_that_they_expose_answered() {
    for (distribution, components) in [
        ("eks", &["apiserver", "controller-manager", "scheduler", "kubelet", "cluster-agent"][..]),
        ("openshift4", &ALL_COMPONENTS),
        ("rke1", &ALL_COMPONENTS),
    ] {
        check_healthy(&doctor(&[&format!("--lab={distribution}")]), components);
    }
}

#[test]
fn a_healthy_cluster_has_no_problems_and_every_component_answered() {
    for said in [&[][..], &["--logs"], &["--exec"], &["--logs", "--exec"]] {
        check_healthy(&doctor(&[&["--lab"], said].concat()), &ALL_COMPONENTS);
    }
}

fn check_healthy(ran: &Ran, components: &[&str]) {
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    for severity in ["error", "warning", "note"] {
        assert!(ran.problems(severity).is_empty(), "{severity}: {}", ran.stdout);
    }
    let (json, verdicts) = (ran.json(), verdicts(ran));
    assert_eq!(json["unjudged"], json!([]));
    let instances = json["instances"].as_array().unwrap();
    for component in components {
        let instance = instances.iter().find(|instance| instance["component"] == *component);
        // The answer of its own endpoint, which no other component has.
        let answer = format!("GET {} ", instance.unwrap()["endpoint"].as_str().unwrap());
        let is_evidence = |piece: &Value| piece["at"].as_str().is_some_and(|at| at.starts_with(&answer));
        let passes = verdicts.iter().filter(|verdict| {
            verdict["verdict"] == "pass"
                && verdict["subject"]["kind"] == *component
                && verdict["evidence"].as_array().unwrap().iter().any(is_evidence)
        });
        assert!(passes.count() > 0, "{component}: {answer}: {}", ran.stdout);
    }
}

/// The three control planes see all that one sees: nothing is left out, and nothing but the faulty check speaks.
fn check_three(ran: &Ran, errors: &[&str], what: &str) {
    let report = ran.json();
    // The control plane's components and a kubelet on each, the worker's kubelet, and the Cluster Agent where there is one.
    let on_each = 4 + usize::from(errors != ["etcd-not-a-pod"]);
    let cluster_agents = usize::from(errors != ["datadog-not-installed"]);
    assert_eq!(report["instances"].as_array().unwrap().len(), 3 * on_each + 1 + cluster_agents, "{what}");
    for nothing in ["gaps", "unjudged"] {
        assert_eq!(report[nothing], json!([]), "{nothing} {what}: {}", ran.stdout);
    }
    assert_eq!(all_problems(ran), errors, "{what}: {}", ran.stdout);
    assert_eq!(ran.code, i32::from(!ran.problems("error").is_empty()), "{what}");
}

#[test]
fn three_control_planes_are_seen_whole_and_every_fault_in_them_is_found() {
    const THREE: [&str; 3] = ["--lab", "--control-planes", "3"];
    check_three(&doctor(&THREE), &[], "healthy");
    for (fault, check) in faults() {
        let ran = doctor_of(&THREE, &[&fault]);
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
        found_from_outside("kubeadm", &fault, &check);
    }
}

#[test]
fn every_fault_of_other_distributions_is_found_from_another_process() {
    for distribution in DISTRIBUTIONS.into_iter().filter(|distribution| *distribution != "kubeadm") {
        for (fault, check) in faults_of(distribution) {
            found_from_outside(distribution, &fault, &check);
        }
    }
}

fn found_from_outside(distribution: &str, fault: &str, check: &str) {
    let practice = Practice::start(&["--distribution", distribution, "--fault", fault]);
    let needs = needs(&[fault]);
    let needs: Vec<&str> = needs.iter().map(String::as_str).collect();
    for more in [&["--as-agent"][..], &[]] {
        let ran = from_outside(&practice, &[more, &needs].concat());
        if more.is_empty() && SEEN_BY_AGENTS.contains(&fault) {
            // What is not seen is said to be unknown, and nothing else is made of it.
            assert_eq!(all_problems(&ran), [""; 0], "{fault}: {}", ran.stdout);
            assert_ne!(ran.json()["gaps"], json!([]), "{fault}");
        } else {
            check_alone(&ran, &format!("{fault} on {distribution} {more:?}"), check);
        }
    }
}

#[test]
fn a_healthy_cluster_has_no_problems_from_another_process() {
    let practice = Practice::start(&[]);
    for more in [&[][..], &["--as-agent"], &["--logs", "--exec"]] {
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

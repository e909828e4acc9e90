//! `doctor` of several clusters: all at once, each with its own report, and the worst decides.

use crate::support::{Ran, ctlmon, run, server::runtime, within};
use ctlmon::lab::{Lab, LabSpec, faults::Fault};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

const FAULT: &str = "etcd-client-cert-missing";

/// The kubeconfig of a practice cluster, whose parts have this name.
fn named(lab: &Lab, name: &str) -> Value {
    let mut kubeconfig = within::kubeconfig(lab);
    for (list, parts) in [("clusters", &[][..]), ("users", &[]), ("contexts", &["cluster", "user"])] {
        let entry = &mut kubeconfig[list][0];
        entry["name"] = name.into();
        for part in parts {
            entry["context"][part] = name.into();
        }
    }
    kubeconfig
}

fn spec(fault: Option<&str>) -> LabSpec {
    let mut spec = within::running();
    within::bind(&mut spec, None, "cluster-admin");
    if let Some(fault) = fault {
        (Fault::named(fault).unwrap().change)(&mut spec);
    }
    spec
}

/// A healthy cluster, one with a fault, and one that nobody reaches.
fn three(arguments: &[&str]) -> Ran {
    let (runtime, folder) = (runtime(), TempDir::new().unwrap());
    let labs = [None, Some(FAULT)].map(|fault| runtime.block_on(Lab::start(spec(fault))).unwrap());
    let mut all = named(&labs[0], "b-well");
    let mut gone = named(&labs[0], "a-gone");
    gone["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1".into();
    for other in [named(&labs[1], "c-ill"), gone] {
        for list in ["clusters", "users", "contexts"] {
            all[list].as_array_mut().unwrap().push(other[list][0].clone());
        }
    }
    let config = folder.path().join("config");
    fs::write(&config, all.to_string()).unwrap();
    let mut command = ctlmon(folder.path());
    command.args(["doctor", "--via", "api-server,port-forward", "--kubeconfig"]).arg(config);
    run(command.args(arguments))
}

#[test]
fn each_has_its_report_and_the_worst_decides() {
    let ran = three(&["--all-contexts", "-o", "json"]);
    let json = ran.json();
    let list = json.as_array().unwrap();
    let contexts: Vec<&Value> = list.iter().map(|one| &one["cluster"]["context"]).collect();
    assert_eq!(contexts, ["a-gone", "b-well", "c-ill"]);
    let exits: Vec<&Value> = list.iter().map(|one| &one["exit"]).collect();
    assert_eq!((ran.code, exits), (1, vec![&3.into(), &0.into(), &1.into()]), "{}", ran.stdout);
    assert!(list[0]["error"].as_str().unwrap().contains("refused"), "{}", list[0]);
    for (one, problems) in [(&list[1], &[][..]), (&list[2], &[FAULT])] {
        let alone = Ran { code: 0, stdout: one.to_string(), stderr: String::new() };
        assert_eq!(alone.problems("error"), problems);
    }
}

#[test]
fn yaml_says_the_same() {
    let ran = three(&["--all-contexts", "-o", "yaml"]);
    let documents = ctlmon::yaml::documents(&ran.stdout).unwrap();
    let [list] = documents.as_slice() else { panic!("one list: {}", ran.stdout) };
    let said: Vec<_> =
        list.as_array().unwrap().iter().map(|one| (&one["cluster"]["context"], &one["exit"])).collect();
    let expected: [(Value, Value); 3] =
        [("a-gone", 3), ("b-well", 0), ("c-ill", 1)].map(|(context, exit)| (context.into(), exit.into()));
    assert_eq!(said, expected.each_ref().map(|(context, exit)| (context, exit)));
}

#[test]
fn people_get_a_table_and_then_the_reports() {
    let ran = three(&["--context", "c-ill", "--context", "b-well", "--context", "a-gone"]);
    assert_eq!(ran.code, 1);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    for (line, words) in [
        (0, ["CONTEXT", "RESULT", "DISTRIBUTION", "ERRORS"]),
        (1, ["c-ill", "fail", "kubeadm", " 1 "]),
        (2, ["b-well", "ok", "kubeadm", " 0 "]),
        (3, ["a-gone", "unknown", "-", "-"]),
    ] {
        assert!(words.iter().all(|word| lines[line].contains(word)), "{}", lines[line]);
    }
    assert!(ran.stdout.contains("\nerror  a-gone: cannot reach"), "{}", ran.stdout);
    assert!(ran.stdout.contains("\n3 clusters, 1 fail, 1 unknown, 1 ok\n"), "{}", ran.stdout);
    let place = |text: &str| ran.stdout.find(text).unwrap_or_else(|| panic!("{text}: {}", ran.stdout));
    assert!(place("\ncontext c-ill\n") < place(&format!("ctlmon explain {FAULT}")));
    assert!(place(&format!("ctlmon explain {FAULT}")) < place("\ncontext b-well\n"));
    let well = three(&["--context", "b-well", "--context", "b-well"]);
    assert!(well.code == 0 && !well.stdout.starts_with("CONTEXT"), "one context is one cluster: {well:?}");
}

#[test]
fn what_is_about_one_cluster_is_refused_for_several() {
    let folder = TempDir::new().unwrap();
    for arguments in [
        &["--context", "a", "--context", "b", "--save", "x"][..],
        &["--all-contexts", "--save", "x"],
        &["--all-contexts", "--from", "x"],
        &["--all-contexts", "--context", "a"],
        &["--all-contexts", "--lab"],
        &["--all-contexts", "--on-node"],
        &["--all-contexts", "--fix-plan", "x"],
        &["--all-contexts", "-o", "junit"],
        &["--all-contexts", "-o", "markdown"],
    ] {
        let ran = run(ctlmon(folder.path()).arg("doctor").args(arguments));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?} {ran:?}");
    }
}

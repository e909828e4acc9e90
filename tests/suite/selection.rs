//! What `--only`, `--skip`, `--list` and the levels of talk do, from outside.

use std::{collections::BTreeSet, process::Command};

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

fn doctor(arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_ctlmon"))
        .arg("doctor")
        .args(arguments)
        .env_clear()
        .output()
        .expect("the binary starts");
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("reports are text"),
        err: String::from_utf8(output.stderr).expect("talk is text"),
    }
}

const FAULT: [&str; 2] = ["--fault", "etcd-client-cert-expired"];

#[test]
fn what_was_left_out_neither_fails_nor_is_missed() {
    let check = |arguments: &[&str], code| {
        let ran = doctor(&[&["--lab"], arguments].concat());
        assert_eq!(ran.code, Some(code), "{arguments:?}\n{}{}", ran.out, ran.err);
    };
    check(&FAULT, 1);
    check(&[&FAULT[..], &["--only", "etcd"]].concat(), 1);
    check(&[&FAULT[..], &["--only", "etcd-*"]].concat(), 1);
    check(&[&FAULT[..], &["--only", "scheduler,apiserver"]].concat(), 0);
    check(&[&FAULT[..], &["--skip", "etcd"]].concat(), 0);
    check(&[&FAULT[..], &["--only", "etcd", "--skip", "etcd-*,metrics-*"]].concat(), 0);
    check(&["--only", "etcd-client-cert-missing"], 0);
    check(&["--only", "no-agent-on-control-plane"], 0);
}

#[test]
fn a_component_stands_for_what_is_judged_of_its_instances() {
    let ran = doctor(&["--lab", "--only", "scheduler", "-o", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let verdicts = report["verdicts"].as_array().expect("verdicts");
    assert!(!verdicts.is_empty());
    for verdict in verdicts {
        assert!(verdict.to_string().contains("scheduler"), "{verdict}");
        assert!(!verdict.to_string().contains("kubelet"), "{verdict}");
    }
}

#[test]
fn the_list_shows_what_is_selected_and_looks_at_nothing() {
    let all = doctor(&["--list"]);
    assert_eq!(all.code, Some(0));
    assert!(all.out.lines().any(|line| line.starts_with("no-agent-on-control-plane  ")), "{}", all.out);
    let ids = |arguments: &[&str]| -> BTreeSet<String> {
        let ran = doctor(arguments);
        let list: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        let checks = list["checks"].as_array().expect("checks");
        checks.iter().map(|check| check["id"].as_str().expect("an id").to_owned()).collect()
    };
    assert_eq!(ids(&["--list", "-o", "json"]).len(), all.out.lines().count());
    let etcd = ids(&["--list", "-o", "json", "--only", "etcd-*", "--skip", "*-expired"]);
    assert!(etcd.len() > 1 && etcd.iter().all(|id| id.starts_with("etcd-") && !id.ends_with("-expired")));
}

#[test]
fn a_name_that_nothing_has_is_a_usage_error_with_a_near_match() {
    for (name, near) in [("schedular", "did you mean scheduler?"), ("zzz-*", "--list")] {
        let ran = doctor(&["--lab", "--only", name]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
        assert!(ran.err.contains(near), "{}", ran.err);
    }
}

#[test]
fn talk_goes_to_stderr_and_names_no_header() {
    let ran = doctor(&["--lab", "-v"]);
    assert!(ran.err.lines().any(|line| line.starts_with("wave 1: ") && line.contains(" 1 round trip, ")));
    let total =
        ran.err.lines().find_map(|line| line.strip_prefix("in all: ")?.strip_suffix(" opened to endpoints"));
    let opened = total.and_then(|total| total.rsplit(", ").next()?.split(' ').next()?.parse::<u32>().ok());
    assert!(opened.is_some_and(|number| number > 0), "{}", ran.err);

    let most = doctor(&["--lab", "-vvv"]);
    assert!(most.out == ran.out, "what is logged is no part of the report");
    let ran = most;
    assert!(
        ran.err.contains("DEBUG ctlmon::observe") && ran.err.contains("TRACE ctlmon::observe"),
        "{}",
        ran.err
    );
    for word in ["authorization:", "bearer ", "eyj", "hyper::", "kube_client", "rustls::"] {
        assert!(!ran.err.to_lowercase().contains(word), "{word}");
    }
}

//! Runs that ended early, or reached nothing: every format is written all the same.

use super::{FORMATS, Reports};
use crate::support::{Ran, ctlmon, run, server::runtime};
use serde_json::{Value, json};
use std::{
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// A kubeconfig whose context is called so.
fn kubeconfig(folder: &Path, context: &str, server: &str) {
    let config = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": context,
        "contexts": [{"name": context, "context": {"cluster": "site"}}],
        "clusters": [{"name": "site", "cluster": {"server": server}}],
    });
    std::fs::write(folder.join("config"), config.to_string()).unwrap();
}

/// A run that reached nothing: an error on stderr, and the same on stdout for programs.
fn check_unreached(mut doctor: impl FnMut(&str) -> Command) -> (Value, Vec<Ran>) {
    let reports = Reports::of(&mut doctor);
    let error = reports.json["error"].as_str().unwrap();
    for (format, ran) in FORMATS.iter().zip(&reports.ran) {
        assert_eq!(ran.code, 3, "{format}: {ran:?}");
        assert!(ran.stderr.starts_with(&format!("error: {error}\n")), "{format}: {ran:?}");
        assert_eq!(ran.stdout.is_empty(), *format == "human", "{format}: {ran:?}");
    }
    for nothing in ["instances", "verdicts", "gaps", "unjudged", "waves"] {
        assert_eq!(reports.json[nothing], json!([]), "{nothing}");
    }
    let cases = reports.junit.all("testcase");
    assert_eq!(cases.len(), 1, "{}", reports.ran[2].stdout);
    assert_eq!(cases[0].attribute("name"), Some("setup"));
    assert_eq!(cases[0].children[0].name, "error");
    assert_eq!(cases[0].children[0].attribute("message"), Some(error));
    assert!(reports.ran[3].stdout.contains(error), "{}", reports.ran[3].stdout);
    (reports.json, reports.ran)
}

#[test]
fn a_cluster_out_of_reach_is_told_in_every_format() {
    let folder = TempDir::new().unwrap();
    kubeconfig(folder.path(), "here", "http://127.0.0.1:1");
    let (json, live) = check_unreached(|format| {
        let mut doctor = ctlmon(folder.path());
        doctor.args(["doctor", "--kubeconfig", "config", "--save", "seen", "-o", format]);
        doctor
    });
    assert_eq!(json["cluster"], json!({"context": "here"}));
    assert!(json["error"].as_str().unwrap().contains("cannot reach"), "{json}");
    // The last run that was recorded is the one for people; its time is its own.
    let recorded = |format: &str| {
        let mut doctor = ctlmon(folder.path());
        doctor.args(["doctor", "--from", "seen", "-o", format]);
        doctor
    };
    let (again, _) = check_unreached(recorded);
    assert_eq!(again["error"], json["error"]);
    assert!(live.iter().all(|ran| ran.code == 3));
}

#[test]
fn no_cluster_at_all_is_told_in_every_format() {
    let folder = TempDir::new().unwrap();
    let (json, _) = check_unreached(|format| {
        let mut doctor = ctlmon(folder.path());
        doctor.args(["doctor", "-o", format]);
        doctor
    });
    assert_eq!(json["cluster"], Value::Null);
}

/// An endpoint that takes connections and never says a word.
fn silent() -> (tokio::runtime::Runtime, String) {
    let runtime = runtime();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let port = listener.local_addr().unwrap().port();
    runtime.spawn(async move {
        let mut kept = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            kept.push(stream);
        }
    });
    (runtime, format!("scheduler=https://127.0.0.1:{port}"))
}

#[test]
fn a_run_whose_time_is_over_is_told_in_every_format() {
    let folder = TempDir::new().unwrap();
    let (_runtime, endpoint) = silent();
    let reports = Reports::of(|format| {
        let mut doctor = ctlmon(folder.path());
        doctor.args(["doctor", "--timeout", "1s", "--endpoint", &endpoint, "-o", format]);
        doctor
    });
    assert_eq!(reports.json["cut_short"], "deadline");
    assert_eq!(reports.ran[0].code, 3);
    assert!(!reports.junit.all("error").is_empty(), "{}", reports.ran[2].stdout);
    assert!(reports.ran[3].stdout.contains("partial"), "{}", reports.ran[3].stdout);
}

#[test]
fn an_interrupted_run_is_told_in_every_format() {
    let folder = TempDir::new().unwrap();
    let (_runtime, endpoint) = silent();
    let ran = FORMATS.iter().map(|format| {
        let mut doctor = ctlmon(folder.path());
        doctor.args(["doctor", "--endpoint", &endpoint, "-o", format]);
        let child = doctor.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        thread::sleep(Duration::from_millis(700));
        let kill = format!("kill -INT {}", child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let code = output.status.code().expect("it ends by itself");
        Ran { code, stdout: text(output.stdout), stderr: text(output.stderr) }
    });
    let reports = Reports::read(ran.collect());
    assert_eq!(reports.json["cut_short"], "interrupted");
    assert_eq!(reports.ran[0].code, 130);
    assert!(!reports.junit.all("error").is_empty(), "{}", reports.ran[2].stdout);
    for ran in &reports.ran[3..] {
        assert!(ran.stdout.contains("interrupted: this report is partial"), "{ran:?}");
    }
}

#[test]
fn a_usage_error_writes_no_report() {
    let folder = TempDir::new().unwrap();
    let ran = run(ctlmon(folder.path()).args(["doctor", "-o", "junit", "--fail-on", "x"]));
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
}

//! Recordings: a replay says what the live run said, without looking at anything, and no secret is in the file.

use crate::support::{
    Ran,
    canary::assert_hidden,
    ctlmon, faults, has, needs,
    pki::{Authority, client, server, write},
    practice::ask,
    run,
    server::{page, runtime, serve},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ctlmon::lab::{Lab, LabSpec};
use jiff::Timestamp;
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// When the cluster is that lives in the process of `doctor --lab`.
const STANDING: &str = "2026-06-01T09:00:00Z";

const FORMATS: [&str; 5] = ["human", "json", "yaml", "junit", "markdown"];

/// The binary where nothing says where a cluster could be.
fn replay(folder: &Path, command: &str, recording: &Path, format: &str) -> Ran {
    let mut ctlmon = Command::new(env!("CARGO_BIN_EXE_ctlmon"));
    run(ctlmon.env_clear().current_dir(folder).args([command, "-o", format, "--from"]).arg(recording))
}

/// Runs with `--save`, then replays; both must end and say the same.
fn check(folder: &Path, arguments: &[&str], formats: &[&str]) -> PathBuf {
    let recording = folder.join("run.json");
    let elsewhere = TempDir::new().unwrap();
    for format in formats {
        let live = run(ctlmon(folder).args(arguments).args(["-o", format, "--save"]).arg(&recording));
        assert_eq!(live.stderr, "", "{arguments:?}");
        assert!(!live.stdout.is_empty(), "{arguments:?}");
        let again = replay(elsewhere.path(), arguments[0], &recording, format);
        assert_eq!(again.stderr, "", "{arguments:?}");
        assert_eq!(again.stdout, live.stdout, "{arguments:?}");
        assert_eq!(again.code, live.code, "{arguments:?}");
        let mode = fs::metadata(&recording).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{arguments:?}");
    }
    recording
}

#[test]
fn every_fault_is_replayed_to_the_byte() {
    let folder = TempDir::new().unwrap();
    for (fault, _) in faults() {
        let needs = needs(&[&fault]);
        let planted = ["doctor", "--lab", "--fault", &fault].into_iter();
        let arguments: Vec<&str> = planted.chain(needs.iter().map(String::as_str)).collect();
        check(folder.path(), &arguments, &FORMATS);
    }
}

#[test]
fn a_healthy_cluster_is_replayed_to_the_byte() {
    let folder = TempDir::new().unwrap();
    let recording = check(folder.path(), &["doctor", "--lab"], &FORMATS);
    // What doctor saw is more than enough to detect by.
    let detected = replay(folder.path(), "detect", &recording, "name");
    assert_eq!((detected.stdout.as_str(), detected.code), ("kubeadm\n", 0));
}

#[test]
fn a_cluster_of_another_process_is_replayed_to_the_byte() {
    let practice = crate::support::practice::Practice::start(&[]);
    let kubeconfig = practice.kubeconfig().display().to_string();
    for arguments in
        [&["doctor", "--kubeconfig", &kubeconfig], &["doctor", "--as-agent", "--kubeconfig", &kubeconfig][..]]
    {
        check(practice.path(), arguments, &FORMATS);
    }
    check(practice.path(), &["detect", "--kubeconfig", &kubeconfig], &["human", "json", "name"]);
}

#[test]
fn named_endpoints_are_replayed_to_the_byte() {
    const METRICS: &str = "# TYPE scheduler_pending_pods gauge\nscheduler_pending_pods{queue=\"active\"} 0\n";
    let folder = TempDir::new().unwrap();
    let runtime = runtime();
    let authority = Authority::new("kubernetes");
    let ca = write(folder.path(), "ca.crt", &authority.pem).display().to_string();
    let (certificate, key) = authority.issue("agent", &client()).write(folder.path(), "client");
    let (certificate, key) = (certificate.display().to_string(), key.display().to_string());
    let token = write(folder.path(), "token", "hunter2-hunter2").display().to_string();
    let serve = |authority: &Authority, answer: String| {
        let leaf = authority.issue("scheduler", &server());
        format!("scheduler=https://127.0.0.1:{}", serve(&runtime, Some(&leaf), answer))
    };
    let good = serve(&authority, page("200 OK", "text/plain; version=0.0.4", METRICS));
    let html = serve(&authority, page("200 OK", "text/html", "<title>log in</title>"));
    let other = serve(&Authority::new("other"), page("200 OK", "text/plain; version=0.0.4", METRICS));
    let endpoint = |url: &'static str| ["--endpoint", url];
    for arguments in [
        ["doctor", "--ca", &ca, "--endpoint", &good].to_vec(),
        ["doctor", "--ca", &ca, "--endpoint", &html, "--endpoint", &other].to_vec(),
        ["doctor", "--ca", &ca, "--client-cert", &certificate, "--client-key", &key, "--endpoint", &good]
            .to_vec(),
        ["doctor", "--ca", &ca, "--token-file", &token, "--endpoint", &good, "--endpoint", &other].to_vec(),
        [&["doctor"][..], &endpoint("etcd=https://127.0.0.1:1"), &endpoint("kubelet=http://127.0.0.1:1")]
            .concat(),
    ] {
        let recording = check(folder.path(), &arguments, &FORMATS);
        assert_hides(&recording, &["hunter2-hunter2".to_owned(), fs::read_to_string(&key).unwrap()]);
    }
}

#[test]
fn a_cluster_out_of_reach_is_recorded_too() {
    let folder = TempDir::new().unwrap();
    let config = serde_json::json!({
        "current-context": "here", "contexts": [{"name": "here", "context": {"cluster": "site"}}],
        "clusters": [{"name": "site", "cluster": {"server": "http://127.0.0.1:1"}}],
    });
    write(folder.path(), "config", &config.to_string());
    for command in ["doctor", "detect"] {
        let recording = folder.path().join(command);
        let mut ctlmon = ctlmon(folder.path());
        let live = run(ctlmon.args([command, "--kubeconfig", "config", "--save"]).arg(&recording));
        let again = replay(folder.path(), command, &recording, "human");
        assert_eq!(again.error(3), live.error(3));
    }
    for format in &FORMATS[1..] {
        let recording = folder.path().join(format);
        let mut doctor = ctlmon(folder.path());
        doctor.args(["doctor", "--kubeconfig", "config", "-o", format, "--save"]);
        let live = run(doctor.arg(&recording));
        let again = replay(folder.path(), "doctor", &recording, format);
        assert!(!live.stdout.is_empty(), "{format}");
        assert_eq!((again.code, again.stdout), (live.code, live.stdout), "{format}");
    }
}

#[test]
fn a_replay_opens_no_socket_and_reads_no_kubeconfig() {
    const TEST: &str = "a_replay_opens_no_socket_and_reads_no_kubeconfig";
    if !has(TEST, "strace") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let home = folder.path().join("home");
    fs::create_dir_all(home.join(".kube")).unwrap();
    fs::write(home.join(".kube/config"), "{}").unwrap();
    let recording = check(folder.path(), &["doctor", "--lab"], &["json"]);
    let log = folder.path().join("log");
    for (command, environment) in [("doctor", false), ("detect", false), ("doctor", true), ("detect", true)] {
        let mut strace = Command::new("strace");
        strace.env_clear().args(["-f", "-e", "trace=network,openat,open", "-o"]).arg(&log);
        strace.arg(env!("CARGO_BIN_EXE_ctlmon")).args([command, "--from"]).arg(&recording);
        if environment {
            strace.env("HOME", &home).env("KUBECONFIG", home.join(".kube/config"));
            strace.env("HTTPS_PROXY", "http://192.0.2.1:1").env("KUBERNETES_SERVICE_HOST", "192.0.2.1");
        }
        let ran = run(&mut strace);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{command}");
        let log = fs::read_to_string(&log).unwrap();
        assert!(log.contains("run.json"), "the log shows what is opened: {log}");
        for line in log.lines() {
            let is_network =
                ["socket(", "connect(", "sendto(", "bind("].iter().any(|call| line.contains(call));
            assert!(!is_network && !line.contains("kube"), "{command}: {line}");
        }
    }
}

/// Every secret of the cluster that lives in the process of `doctor --lab`, and a certificate, which is none.
fn canaries() -> (Vec<String>, String) {
    runtime().block_on(async {
        let lab = Lab::start(LabSpec::kubeadm(STANDING.parse::<Timestamp>().unwrap())).await.unwrap();
        let mut kubeconfig = lab.kubeconfig().unwrap();
        // Its certificates live by its clock, which stands still.
        kubeconfig["clusters"][0]["cluster"].as_object_mut().unwrap().remove("certificate-authority-data");
        kubeconfig["clusters"][0]["cluster"]["insecure-skip-tls-verify"] = Value::Bool(true);
        let decoded =
            |value: &Value| String::from_utf8(STANDARD.decode(value.as_str().unwrap()).unwrap()).unwrap();
        let mut secrets = vec![decoded(&kubeconfig["users"][0]["user"]["client-key-data"])];
        let mut public = String::new();
        let list = ask(&kubeconfig, "/api/v1/secrets").await;
        for entry in
            list["items"].as_array().unwrap().iter().flat_map(|secret| secret["data"].as_object().unwrap())
        {
            match decoded(entry.1) {
                certificate if certificate.contains("BEGIN CERTIFICATE") => public = certificate,
                secret => secrets.push(secret),
            }
        }
        let tokens = secrets.iter().filter(|secret| !secret.contains("BEGIN")).count();
        assert!(tokens >= 1 && secrets.len() - tokens >= 2, "tokens and keys: {}", secrets.len());
        (secrets, public)
    })
}

fn assert_hides(recording: &Path, secrets: &[String]) {
    let text = fs::read_to_string(recording).unwrap();
    let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
    assert_hidden(text.as_bytes(), &secrets, "the recording");
    // How the headers and the claims of every JSON web token begin; fewer letters occur by chance in base64.
    for beginning in ["eyJhbGci", ".eyJ"] {
        assert!(!text.contains(beginning), "a token is in the recording");
    }
}

#[test]
fn no_secret_is_in_a_recording() {
    let (secrets, public) = canaries();
    let folder = TempDir::new().unwrap();
    let unspoilt = [None].into_iter().chain(faults().into_iter().map(Some));
    for fault in unspoilt {
        let mut arguments = vec!["doctor", "--lab", "--logs", "--exec"];
        if let Some((fault, _)) = &fault {
            arguments.extend(["--fault", fault]);
        }
        let recording = check(folder.path(), &arguments, &["json"]);
        assert_hides(&recording, &secrets);
        if fault.is_none() {
            // It is that very cluster, and certificates are kept: what is looked for could be found.
            let text: String = fs::read_to_string(&recording).unwrap();
            let body: String = public.lines().filter(|line| !line.starts_with('-')).collect();
            // Their signatures differ each time, and with them the length that stands in front.
            let unsigned = &body[8..body.len() - 120];
            assert!(text.contains(unsigned), "the certificates of the Secrets are recorded");
        }
    }
}

#[test]
fn a_file_that_is_no_recording_is_one_clear_error() {
    let folder = TempDir::new().unwrap();
    let recording = check(folder.path(), &["doctor", "--lab"], &["json"]);
    let whole = fs::read_to_string(&recording).unwrap();
    let cases: [(&str, String, &str); 8] = [
        ("half", whole[..whole.len() / 2].to_owned(), "ends too early"),
        ("start", "{\"asked\":".to_owned(), "ends too early"),
        ("empty", String::new(), "ends too early"),
        ("object", "{}".to_owned(), "not a recording"),
        ("list", "[]".to_owned(), "not a recording"),
        ("words", "apiVersion: v1\nkind: Config\n".to_owned(), "not a recording"),
        (
            "newer",
            whole.replacen("\"format\":1", "\"format\":99", 1).replacen("\"format\": 1", "\"format\": 99", 1),
            "newer",
        ),
        ("report", run(ctlmon(folder.path()).args(["doctor", "--lab", "-o", "json"])).stdout, "recording"),
    ];
    for (name, text, words) in cases {
        let path = write(folder.path(), name, &text);
        for command in ["doctor", "detect"] {
            let ran = replay(folder.path(), command, &path, "json");
            let error = ran.error(3);
            assert!(error.contains(words) && error.contains(name), "{name}: {error}");
        }
    }
    for (path, words) in [("gone", "no such file"), (".", "is a directory")] {
        let ran = replay(folder.path(), "doctor", Path::new(path), "json");
        assert!(ran.error(3).contains(words), "{ran:?}");
    }
}

#[test]
fn a_recording_that_cannot_be_written_spoils_no_report() {
    let folder = TempDir::new().unwrap();
    let ran = run(ctlmon(folder.path()).args(["doctor", "--lab", "--save", "no/such/folder/run.json"]));
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.contains("0 errors"), "{ran:?}");
    assert!(ran.stderr.starts_with("warning: cannot write recording"), "{ran:?}");
}

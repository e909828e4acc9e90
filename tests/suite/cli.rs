//! The command line as such: help, usage errors, exit codes, pipes that close. What commands find is other tests' business.

use crate::support::{Ran, ctlmon, pki::write, run};
use serde_json::json;
use std::{
    fs,
    io::{self, Write as _},
    path::Path,
    process::Stdio,
};
use tempfile::TempDir;

/// An endpoint where nobody listens.
const ENDPOINT: &str = "etcd=https://127.0.0.1:1";

fn ran(arguments: &[&str]) -> Ran {
    let folder = TempDir::new().unwrap();
    run(ctlmon(folder.path()).args(arguments))
}

/// Compares with a file of `tests/golden`, or rewrites it where `BLESS` is set.
fn check_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(text == expected, "{name} is not as expected; `just bless` rewrites it:\n{text}");
}

#[test]
fn help_is_as_expected() {
    const CERTS: [&str; 7] =
        ["certs", "certs issue", "certs inspect", "certs verify", "certs sign", "certs renew", "certs copy"];
    for command in ["", "detect", "doctor", "explain", "gen-values", "lab"].into_iter().chain(CERTS) {
        let arguments: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let ran = ran(&arguments);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{command}");
        assert!(ran.stdout.lines().all(|line| line.chars().count() <= 100), "{command}");
        assert!(!ran.stdout.contains('`'), "marks of documentation are not for terminals: {command}");
        let name = if command.is_empty() { "ctlmon".to_owned() } else { command.replace(' ', "-") };
        let text: String = ran.stdout.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
        check_golden(&format!("{name}.txt"), &text);
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    for flag in ["--version", "-V"] {
        assert_eq!(ran(&[flag]).stdout, concat!("ctlmon ", env!("CARGO_PKG_VERSION"), "\n"));
    }
}

/// A usage error that says all these words.
fn check_usage(arguments: &[&str], words: &[&str]) {
    let ran = ran(arguments);
    assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
    assert_eq!(ran.stdout, "", "{arguments:?}");
    assert!(ran.stderr.starts_with("error: "), "{arguments:?}: {ran:?}");
    for word in words {
        assert!(ran.stderr.contains(word), "{word}: {arguments:?}: {ran:?}");
    }
}

#[test]
fn nothing_at_all_is_answered_with_help() {
    let ran = ran(&[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("Usage: ctlmon"), "{ran:?}");
}

#[test]
fn words_that_make_no_sense_are_usage_errors() {
    check_usage(&["frobnicate"], &["frobnicate"]);
    check_usage(&["doctor", "--frobnicate"], &["--frobnicate"]);
    check_usage(&["doctor", "extra"], &["extra"]);
    check_usage(&["doctor", "--fail-on", "x"], &["--fail-on", "error, warning, note"]);
    check_usage(&["doctor", "-o", "xml"], &["--output", "human, json, yaml, junit, markdown"]);
    check_usage(&["detect", "-o", "table"], &["--output", "human, json, yaml, name"]);
    check_usage(&["doctor", "--only", "nonsense"], &["--only", "ctlmon doctor --list"]);
    check_usage(&["doctor", "--skip", "etcd-cert-expired"], &["--skip", "etcd-client-cert-expired"]);
    check_usage(&["doctor", "--lab=nonsense"], &["--lab", "kubeadm"]);
    check_usage(&["doctor", "--lab", "--fault", "nonsense"], &["--fault", "--list-faults"]);
    check_usage(&["lab", "--fault", "nonsense"], &["--fault", "--list-faults"]);
    check_usage(&["lab", "--distribution", "nonsense"], &["--distribution", "kubeadm"]);
    check_usage(&["doctor", "--color", "maybe"], &["--color", "auto, always, never"]);
    for duration in ["0s", "x", "", "-1s", "25h", "1d", "1.5s"] {
        check_usage(&["doctor", &format!("--timeout={duration}")], &["--timeout"]);
        check_usage(&["doctor", &format!("--request-timeout={duration}")], &["--request-timeout"]);
    }
    for (bytes, words) in [("0", "more than nothing"), ("1GB", "Ki, Mi or Gi"), ("Mi", "such as 32Mi")] {
        check_usage(&["detect", "--max-body", bytes], &["--max-body", words]);
    }
    for number in ["0", "-1", "x", "65536"] {
        check_usage(&["detect", &format!("--concurrency={number}")], &["--concurrency"]);
    }
    check_usage(&["detect", "-f", "-", "-f", "-"], &["standard input", "once"]);
}

#[test]
fn endpoints_that_are_none_are_usage_errors() {
    for (endpoint, words) in [
        ("", "COMPONENT=URL"),
        ("etcd", "such as etcd=https://127.0.0.1:2379"),
        ("https://127.0.0.1:2379", "COMPONENT=URL"),
        (
            "nonsense=https://127.0.0.1:1",
            "apiserver, etcd, controller-manager, scheduler, kubelet, cluster-agent",
        ),
        ("=https://127.0.0.1:1", "unknown component"),
        ("etcd=", "http:// or https://"),
        ("etcd=127.0.0.1:2379", "http:// or https://"),
        ("etcd=ftp://127.0.0.1:1", "neither http nor https"),
        ("etcd=https://", "no usable host"),
        ("etcd=https:///metrics", "no usable host"),
        ("etcd=https://127.0.0.1:99999", "1 to 65535"),
        ("etcd=https://127.0.0.1:0", "no usable host and port"),
        ("etcd=https://127.0.0.1:x", "1 to 65535"),
        ("etcd=https://[::1", "bracket"),
        ("etcd=https://ex ample:1", "no usable host"),
        ("etcd=https://127.0.0.1:1/a b", "path"),
        ("etcd=https://user:password@127.0.0.1:1", "user name or password"),
    ] {
        check_usage(&["doctor", "--endpoint", endpoint], &["--endpoint", words]);
    }
}

#[test]
fn options_that_exclude_each_other_are_usage_errors() {
    let both = |command: &[&str], one: &str, other: &str| {
        let arguments = [command, &one.split(' ').collect::<Vec<_>>(), &other.split(' ').collect::<Vec<_>>()];
        let name = |option: &str| match option.split(' ').next().unwrap() {
            "-f" => "--filename".to_owned(),
            long => long.to_owned(),
        };
        check_usage(&arguments.concat(), &["cannot be used with", &name(one), &name(other)]);
    };
    let endpoint = format!("--endpoint {ENDPOINT}");
    for command in ["doctor", "detect"] {
        for other in ["--save y", "--kubeconfig y", "--context y"] {
            both(&[command], "--from x", other);
        }
    }
    for other in ["--from x", "--kubeconfig x", "--context x", "--lab", "--as-agent"] {
        both(&["doctor"], &endpoint, other);
    }
    for other in ["--lab", "--as-agent", "--send-token-unverified"] {
        both(&["doctor"], "--from x", other);
    }
    for other in ["--kubeconfig x", "--context x"] {
        both(&["doctor"], "--lab", other);
    }
    for other in ["--from y", "--kubeconfig y", "--context y"] {
        both(&["detect"], "-f x", other);
    }
    both(&["doctor", "--endpoint", ENDPOINT, "--client-key", "k"], "--client-cert x", "--token-file y");
    both(&["lab"], "--list-faults", "--fault etcd-client-cert-expired");
}

#[test]
fn options_that_need_others_are_usage_errors() {
    for (arguments, missing) in [
        (&["doctor", "--ca", "x"][..], "--endpoint"),
        (&["doctor", "--token-file", "x"], "--endpoint"),
        (&["doctor", "--client-cert", "x"], "--client-key"),
        (&["doctor", "--endpoint", ENDPOINT, "--client-cert", "x"], "--client-key"),
        (&["doctor", "--endpoint", ENDPOINT, "--client-key", "x"], "--client-cert"),
        (&["doctor", "--fault", "etcd-client-cert-expired"], "--lab"),
        (&["lab", "-o", "json"], "--list-faults"),
    ] {
        check_usage(arguments, &["required", missing]);
    }
}

#[test]
fn files_of_named_endpoints_that_are_of_no_use_are_one_error() {
    const SECRET: &str = "hunter2-hunter2";
    let folder = TempDir::new().unwrap();
    write(folder.path(), "words", &format!("{SECRET} {SECRET}\n"));
    write(folder.path(), "empty", "");
    let check = |arguments: &[&str], words: &[&str]| {
        let ran = run(ctlmon(folder.path()).args(["doctor", "--endpoint", ENDPOINT]).args(arguments));
        let error = ran.error(3);
        for word in words {
            assert!(error.contains(word), "{word}: {error}");
        }
        assert!(!ran.stderr.contains(SECRET) && !ran.stderr.contains("os error"), "{error}");
    };
    for (file, words) in [
        ("gone", "no such file"),
        (".", "is a directory"),
        ("words", "CERTIFICATE"),
        ("empty", "CERTIFICATE"),
    ] {
        check(&["--ca", file], &[file, "PEM", words]);
        check(&["--client-cert", file, "--client-key", file], &[file, "PEM", words]);
    }
    for (file, words) in
        [("gone", "no such file"), (".", "is a directory"), ("words", "one word"), ("empty", "one word")]
    {
        check(&["--token-file", file], &[file, "bearer token", words]);
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_nobodys_error() {
    for arguments in [
        &["doctor", "--lab"][..],
        &["doctor", "--lab", "-o", "json"],
        &["explain"],
        &["explain", "etcd-client-cert-expired"],
        &["lab", "--list-faults"],
        &["--help"],
        &["doctor", "--help"],
        &["--version"],
    ] {
        let folder = TempDir::new().unwrap();
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let output = ctlmon(folder.path()).args(arguments).stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
        assert!(output.stderr.is_empty(), "{arguments:?}: {output:?}");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_an_error() {
    let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let folder = TempDir::new().unwrap();
    let output = ctlmon(folder.path()).args(["doctor", "--lab"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "error: cannot write to standard output: no space left on device\n");
}

/// What `kubectl get nodes -o json` prints, as little as is needed.
fn nodes() -> String {
    let labels = json!({
        "node-role.kubernetes.io/control-plane": "",
        "node.kubernetes.io/exclude-from-external-load-balancers": "",
    });
    let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "cp-1", "labels": labels}});
    json!({"apiVersion": "v1", "kind": "List", "items": [node]}).to_string()
}

fn version() -> String {
    json!({"serverVersion": {"major": "1", "minor": "36", "gitVersion": "v1.36.2", "platform": "linux/amd64"}})
        .to_string()
}

/// Runs `detect` on what is in the folder, with this on stdin.
fn detect(folder: &Path, arguments: &[&str], stdin: &str) -> Ran {
    let mut command = ctlmon(folder);
    command.arg("detect").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may end without having read all.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn detect_reads_what_is_pasted() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "nodes.json", &nodes());
    write(folder.path(), "version.json", &version());
    for (arguments, stdin) in [
        (&["-f", "nodes.json"][..], ""),
        (&["-f", "nodes.json", "version.json"], ""),
        (&["-f", "nodes.json", "-f", "version.json"], ""),
        (&["-f", "-"], &nodes()),
        (&["-f", "version.json", "-"], &nodes()),
        (&["--filename", "-", "--filename", "version.json"], &nodes()),
    ] {
        let ran = detect(folder.path(), &[arguments, &["-o", "name"]].concat(), stdin);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, "kubeadm\n"), "{arguments:?}: {ran:?}");
        assert_eq!(ran.stderr, "");
    }
    let gaps = |arguments: &[&str]| {
        let ran = detect(folder.path(), &[arguments, &["-o", "json"]].concat(), "");
        ran.json()["gaps"].as_array().unwrap().len()
    };
    assert!(gaps(&["-f", "nodes.json", "version.json"]) < gaps(&["-f", "nodes.json"]), "both files count");
}

#[test]
fn detect_saves_what_is_pasted() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "nodes.json", &nodes());
    let live = detect(folder.path(), &["-f", "nodes.json", "--save", "run.json"], "");
    let again = detect(folder.path(), &["--from", "run.json"], "");
    assert_eq!((again.code, again.stdout), (live.code, live.stdout));
}

#[test]
fn detect_does_not_guess_at_what_is_pasted_by_mistake() {
    const SECRET: &str = "hunter2-hunter2";
    let folder = TempDir::new().unwrap();
    let config = format!("apiVersion: v1\nkind: Config\nusers: [{{name: me, user: {{token: {SECRET}}}}}]\n");
    for (name, text, words) in [
        ("empty", String::new(), "empty"),
        ("token", SECRET.to_owned(), "text of another kind"),
        ("config", config, "Config"),
        ("half", nodes()[..100].to_owned(), "line 1"),
        ("table", "NAME   STATUS   ROLES\ncp-1   Ready    control-plane\n".to_owned(), "-o json"),
        ("broken", format!("apiVersion: v1\nkind: Secret\ndata: {{token: {SECRET}\n"), "not YAML"),
    ] {
        write(folder.path(), name, &text);
        for (arguments, stdin) in [(["-f", name], ""), (["-f", "-"], text.as_str())] {
            let ran = detect(folder.path(), &arguments, stdin);
            let error = ran.error(3);
            assert!(error.contains(words), "{name}: {error}");
            assert!(!ran.stderr.contains(SECRET), "{name}: {error}");
        }
    }
    for (name, words) in [("gone", "no such file"), (".", "is a directory")] {
        let ran = detect(folder.path(), &["-f", name], "");
        assert!(ran.error(3).contains(words) && ran.stderr.contains(name), "{ran:?}");
    }
}

#[test]
fn colour_is_never_forced_on_a_pipe() {
    for arguments in [&["doctor", "--lab"][..], &["explain", "etcd-client-cert-expired"]] {
        let plain = ran(arguments);
        assert!(!plain.stdout.contains('\u{1b}'), "{arguments:?}");
        let coloured = ran(&[arguments, &["--color", "always"]].concat());
        assert!(coloured.stdout.contains('\u{1b}'), "{arguments:?}");
        let without: String = coloured
            .stdout
            .split('\u{1b}')
            .enumerate()
            .map(|(number, part)| if number == 0 { part } else { part.split_once('m').unwrap().1 })
            .collect();
        assert_eq!(without, plain.stdout, "colour carries no meaning alone: {arguments:?}");
    }
}

#[test]
fn more_talk_goes_to_stderr() {
    let quiet = ran(&["doctor", "--lab", "-o", "json"]);
    let talkative = ran(&["doctor", "--lab", "-o", "json", "-v"]);
    assert_eq!(quiet.stderr, "");
    assert!(talkative.stderr.starts_with("wave 1: "), "{talkative:?}");
    // What a wave costs depends on the length of signatures, which are drawn anew.
    let report = |ran: &Ran| {
        let mut report = ran.json();
        report["waves"] = json!(null);
        report
    };
    assert_eq!(report(&talkative), report(&quiet));
    let noisy = ran(&["doctor", "--lab", "-o", "json", "-vvv"]);
    for secret in ["Bearer", "eyJ", "PRIVATE KEY"] {
        assert!(!noisy.stderr.contains(secret), "{secret}");
    }
}

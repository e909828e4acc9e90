//! Planted secrets: in no format, saved file, log or panic text, whatever a server does with what it was shown.

use crate::support::{
    Ran,
    canary::{self, assert_hidden, spellings},
    ctlmon,
    pki::{Authority, client, server, write},
    run,
    server::{page, runtime, serve},
    within,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ctlmon::{
    lab::{Lab, LabSpec},
    observe::keyring::Keyring,
};
use serde_json::{Value, json};
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// What a server is shown.
const TOKEN: &str = "Kx7qVt92-mZ4wRb8_Lp5YdN3sHj6";

/// The formats of each command.
const FORMATS: [(&str, &[&str]); 2] =
    [("doctor", &["human", "json", "yaml", "junit", "markdown"]), ("detect", &["human", "json", "name"])];

/// How loud a run can be; the loudest says all that the others say.
const LOUD: [&str; 3] = ["-vvv", "-vv", "-v"];

/// Runs a command in every format, as loud as can be, and looks through all that it leaves.
fn check(folder: &Path, command: &str, arguments: &[&str], secrets: &[&str], what: &str) -> Vec<Ran> {
    check_at(&LOUD[..1], folder, command, arguments, secrets, what)
}

fn check_at(
    louds: &[&str],
    folder: &Path,
    command: &str,
    arguments: &[&str],
    secrets: &[&str],
    what: &str,
) -> Vec<Ran> {
    let formats = FORMATS.iter().find(|(name, _)| *name == command).unwrap().1;
    let mut left = Vec::new();
    for format in formats {
        for loud in louds {
            let recording = folder.join("recording");
            let mut ctlmon = ctlmon(folder);
            ctlmon.args([command, "-o", format, loud, "--request-timeout", "2s"]).args(arguments);
            let ran = run(ctlmon.env("DD_API_KEY", API_KEY).arg("--save").arg(&recording));
            let what = format!("{command} -o {format} {loud}, {what}");
            assert!(!ran.stderr.contains("bug: "), "{what}: {ran:?}");
            assert!(recording.exists(), "{what}: {ran:?}");
            assert_hidden(ran.stdout.as_bytes(), secrets, &what);
            assert_hidden(ran.stderr.as_bytes(), secrets, &what);
            assert_hidden(&fs::read(&recording).unwrap(), secrets, &what);
            fs::remove_file(recording).unwrap();
            left.push(ran);
        }
    }
    left
}

/// The variable of ctlmon's own environment, and what stands in the agents'.
const API_KEY: &str = "4f1d8a07c63be952d01f7b38ae64c295";

fn kubeconfig(folder: &Path, server: &str, user: &Value) -> PathBuf {
    let config = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "there", "user": "me"}}],
        "clusters": [{"name": "there", "cluster": {"server": server, "insecure-skip-tls-verify": true}}],
        "users": [{"name": "me", "user": user}],
    });
    write(folder, "config", &config.to_string())
}

/// Answers that repeat a secret where people and programs look.
fn echoes(secret: &str) -> Vec<String> {
    let status = |code: u16, reason: &str| {
        let message = format!("User {secret:?} cannot get path \"/version\": Bearer {secret}");
        json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "reason": secret,
            "code": code, "details": {"name": reason},
        })
    };
    let version =
        json!({"major": "1", "minor": "36", "gitVersion": format!("v1.36.2-{secret}"), "platform": secret});
    let node = json!({"metadata": {
        "name": secret, "labels": {secret: secret}, "annotations": {"cluster.x-k8s.io/machine": secret},
    }});
    let list = json!({"kind": "List", "metadata": {}, "items": [node], "groups": [{"name": secret}], "gitVersion": secret});
    let metrics =
        format!("# TYPE scheduler_pending_pods gauge\nkubernetes_build_info{{git=\"{secret}\"}} 1\n");
    let redirect = format!(
        "HTTP/1.1 302 {secret}\r\nlocation: https://there/{secret}?{secret}\r\nserver: {secret}\r\nwww-authenticate: {secret}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    vec![
        page("403 Forbidden", "application/json", &status(403, "Forbidden").to_string()),
        page("401 Unauthorized", "application/json", &status(401, "Unauthorized").to_string()),
        page("500 Internal Server Error", "application/json", &status(500, "InternalError").to_string()),
        page("429 Too Many Requests", "text/plain", secret),
        page("200 OK", "application/json", &version.to_string()),
        page("200 OK", "application/json", &list.to_string()),
        page("200 OK", "application/json", &format!("{{\"{secret}\": ")),
        page("200 OK", secret, secret),
        page("200 OK", "text/html", &format!("<title>{secret}</title>")),
        page("200 OK", "text/plain; version=0.0.4", &metrics),
        page("403 Forbidden", "text/plain", &format!("Forbidden (user={secret}, verb=get)")),
        format!("HTTP/1.1 200 OK\r\n{secret}\r\n\r\n"),
        redirect,
    ]
}

/// The same with the secret in each spelling, one behind another.
fn all_echoes(secret: &str) -> Vec<String> {
    echoes(&spellings(secret).join("."))
}

#[test]
fn a_token_that_the_api_server_repeats_is_shown_nowhere() {
    let runtime = runtime();
    let leaf = Authority::new("kubernetes").issue(TOKEN, &server().hosts(&["127.0.0.1", TOKEN]));
    for (number, echo) in all_echoes(TOKEN).into_iter().chain(echoes(TOKEN)).enumerate() {
        let folder = TempDir::new().unwrap();
        let port = serve(&runtime, Some(&leaf), echo);
        let config =
            kubeconfig(folder.path(), &format!("https://127.0.0.1:{port}"), &json!({"token": TOKEN}));
        let config = config.display().to_string();
        for (command, _) in FORMATS {
            check(folder.path(), command, &["--kubeconfig", &config], &[TOKEN], &format!("echo {number}"));
        }
    }
}

#[test]
fn a_token_in_a_certificates_name_is_shown_nowhere() {
    let runtime = runtime();
    let folder = TempDir::new().unwrap();
    let authority = Authority::new(TOKEN);
    let leaf = authority.issue(TOKEN, &server().hosts(&[TOKEN]));
    let port = serve(&runtime, Some(&leaf), page("200 OK", "text/plain", ""));
    let config = json!({
        "current-context": "here", "contexts": [{"name": "here", "context": {"cluster": "there", "user": "me"}}],
        "clusters": [{"name": "there", "cluster": {
            "server": format!("https://127.0.0.1:{port}"),
            "certificate-authority-data": STANDARD.encode(&authority.pem),
        }}],
        "users": [{"name": "me", "user": {"token": TOKEN}}],
    });
    let config = write(folder.path(), "config", &config.to_string()).display().to_string();
    for (command, _) in FORMATS {
        check(folder.path(), command, &["--kubeconfig", &config], &[TOKEN], "the name of a certificate");
    }
}

#[test]
fn a_token_that_an_endpoint_repeats_is_shown_nowhere() {
    let runtime = runtime();
    let folder = TempDir::new().unwrap();
    let authority = Authority::new("kubernetes");
    let ca = write(folder.path(), "ca.crt", &authority.pem).display().to_string();
    let token = write(folder.path(), "token", TOKEN).display().to_string();
    let plain = authority.issue("scheduler", &server());
    let named = authority.issue(TOKEN, &server());
    let mut arguments: Vec<String> = ["--ca", &ca, "--token-file", &token].map(str::to_owned).into();
    let mut serve = |leaf, echo| {
        let port = serve(&runtime, Some(leaf), echo);
        arguments.extend(["--endpoint".to_owned(), format!("scheduler=https://127.0.0.1:{port}")]);
    };
    for echo in all_echoes(TOKEN).into_iter().chain(echoes(TOKEN)) {
        serve(&plain, echo);
    }
    serve(&named, page("401 Unauthorized", "text/plain", TOKEN));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let left = check(folder.path(), "doctor", &arguments, &[TOKEN], "endpoints");
    let shown = left.iter().filter(|ran| ran.stdout.contains("[redacted]")).count();
    assert!(shown > 0, "it was repeated, and in a place that is shown: {}", left[0].stdout);
}

/// A plugin that prints what it is given, and a cluster of its own that repeats the token.
#[test]
fn what_a_plugin_prints_is_shown_nowhere() {
    let runtime = runtime();
    let folder = TempDir::new().unwrap();
    let identity = Authority::new("kubernetes").issue("me", &client());
    let credential = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
        "status": {"token": TOKEN, "clientCertificateData": identity.pem, "clientKeyData": identity.key},
    });
    // No secret, and nobody's business all the same.
    let certificate: String = identity.pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let plugin = write(
        folder.path(),
        "plugin",
        &format!("#!/bin/sh\ncat <<'EOF'\n{credential}\nEOF\necho {TOKEN} >&2\n"),
    );
    fs::set_permissions(&plugin, fs::Permissions::from_mode(0o700)).unwrap();
    let user = json!({"exec": {
        "apiVersion": "client.authentication.k8s.io/v1", "command": plugin, "interactiveMode": "Never",
    }});
    let leaf = Authority::new("kubernetes").issue("kubernetes", &server());
    for echo in echoes(TOKEN) {
        let port = serve(&runtime, Some(&leaf), echo);
        let config =
            kubeconfig(folder.path(), &format!("https://127.0.0.1:{port}"), &user).display().to_string();
        for (command, _) in FORMATS {
            let secrets = [TOKEN, &identity.key, &certificate];
            let left = check(folder.path(), command, &["--kubeconfig", &config], &secrets, "plugin");
            assert!(left.iter().all(|ran| !ran.stderr.contains("plugin")), "it gave a credential: {left:?}");
        }
    }
}

/// Agents with the key wherever somebody may have written it.
fn careless(namespace: &str) -> [Value; 2] {
    let check = format!(
        "init_config:\ninstances:\n  - prometheus_url: https://me:{API_KEY}@x:1/metrics?api_key={API_KEY}\n    headers:\n      DD-API-KEY: {API_KEY}\n    extra: {API_KEY}\n"
    );
    let metadata = json!({"name": "careless", "namespace": namespace, "annotations": {
        "ad.datadoghq.com/agent.instances": format!("[{{\"api_key\": \"{API_KEY}\"}}]"),
        "kubectl.kubernetes.io/last-applied-configuration": API_KEY,
    }});
    let container = json!({
        "name": "agent", "image": "gcr.io/datadoghq/agent:7",
        "args": ["--api-key", API_KEY], "command": ["agent", format!("--key={API_KEY}")],
        "env": [
            {"name": "DD_API_KEY", "value": API_KEY}, {"name": "DD_PROXY_HTTPS", "value": API_KEY},
            {"name": "DD_CLUSTER_AGENT_ENABLED", "value": "true"},
            {"name": "DD_CLUSTER_AGENT_AUTH_TOKEN", "value": API_KEY},
            {"name": "DD_CLUSTER_AGENT_URL", "value": format!("https://me:{API_KEY}@careless:5005/?token={API_KEY}")},
        ],
        "volumeMounts": [{"name": "confd", "mountPath": "/conf.d"}],
    });
    let mut annotated = metadata.clone();
    annotated["labels"] = json!({"app": "careless"});
    let template = json!({
        "metadata": {"labels": {"app": "careless"}, "annotations": metadata["annotations"]},
        "spec": {"containers": [container], "volumes": [{"name": "confd", "configMap": {"name": "careless"}}]},
    });
    [
        json!({
            "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": annotated,
            "spec": {"selector": {"matchLabels": {"app": "careless"}}, "template": template},
        }),
        json!({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata,
            "data": {"kube_scheduler.yaml": check, "etcd.yaml": check, "key": API_KEY},
        }),
    ]
}

/// Has every program repeat the key where what it says is known and where it is not.
fn have_all_programs_say_it(spec: &mut LabSpec) {
    let known = ["API Key invalid, dropping transaction for https://x?api_key=", "bad certificate", API_KEY];
    for voice in spec.voices.values_mut() {
        for (ago, words) in (10..).zip(known) {
            voice.write(
                ago,
                &format!("CORE | ERROR | (a.go:1 in b) | check:etcd | {words} {API_KEY} {words}"),
            );
        }
        for run in &mut voice.checks {
            run.error = Some(format!("Connection refused {API_KEY}"));
            run.source = format!("file:/etc/{API_KEY}");
        }
        for check in ["etcd", API_KEY] {
            voice.unloaded.insert(check.to_owned(), format!("yaml: {API_KEY}"));
            voice.unassigned.push(check.to_owned());
        }
    }
}

#[tokio::test]
async fn no_secret_of_a_cluster_or_of_its_caller_is_shown() {
    let mut spec = within::running();
    spec.objects.extend(careless("datadog"));
    have_all_programs_say_it(&mut spec);
    within::bind(&mut spec, None, "cluster-admin");
    let cluster_agent = spec.cluster_agent.token.clone();
    let lab = Lab::start(spec).await.unwrap();
    let admin = lab.kubeconfig().unwrap();
    let key = STANDARD.decode(admin["users"][0]["user"]["client-key-data"].as_str().unwrap()).unwrap();
    let mut secrets = vec![
        within::CALLER_TOKEN.to_owned(),
        API_KEY.to_owned(),
        cluster_agent,
        String::from_utf8(key).unwrap(),
    ];
    for secret in crate::support::practice::ask(&admin, "/api/v1/secrets").await["items"].as_array().unwrap()
    {
        for value in secret["data"].as_object().unwrap().values() {
            let value = String::from_utf8(STANDARD.decode(value.as_str().unwrap()).unwrap()).unwrap();
            if !value.contains("BEGIN CERTIFICATE") {
                secrets.push(value);
            }
        }
    }
    // All tokens of one cluster begin alike, and so does the one that ctlmon asks for.
    let token = crate::support::practice::token(&admin, "datadog", "datadog-agent").await;
    secrets.push(token.split('.').next().unwrap().to_owned());
    let caller = within::kubeconfig(&lab);
    tokio::task::spawn_blocking(move || {
        let folder = TempDir::new().unwrap();
        let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
        assert!(secrets.len() >= 7, "{}", secrets.len());
        for (name, config) in [("admin", admin), ("caller", caller)] {
            let config = write(folder.path(), name, &config.to_string()).display().to_string();
            let cluster = ["--kubeconfig", &config];
            let more = ["--as-agent", "--logs", "--exec", "--via", "api-server,port-forward"];
            let doctor = [&cluster[..], &more].concat();
            let left = check_at(&LOUD, folder.path(), "doctor", &doctor, &secrets, name);
            let is_heard =
                |ran: &Ran| ["api-key-invalid", "agent-check-fails"].map(|id| ran.stdout.contains(id));
            assert!(left.iter().all(|ran| is_heard(ran) == [true; 2]), "{}", left[0].stdout);
            check_at(&LOUD, folder.path(), "detect", &cluster, &secrets, name);
        }
    })
    .await
    .unwrap();
}

#[test]
fn what_holds_secrets_does_not_print_them() {
    let keyring = Keyring::new();
    keyring.keep_token_file("token", TOKEN.to_owned());
    let printed = format!("{keyring:?}");
    assert!(printed.contains("token"), "{printed}");
    assert_hidden(printed.as_bytes(), &[TOKEN], "the keyring");
}

/// Not a test of its own: what the test after it starts in another process, which panics.
#[test]
#[ignore = "panics on purpose"]
fn panics_with_a_secret() {
    ctlmon::hide_panics();
    panic!("{}", spellings(TOKEN).join(" "));
}

#[test]
fn the_words_of_a_panic_are_not_shown() {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--ignored", "--exact", "canaries::panics_with_a_secret", "--nocapture"]);
    let output = child.env("RUST_BACKTRACE", "full").output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("bug: ctlmon failed in itself at tests/suite/canaries.rs:"), "{said}");
    assert_hidden(said.as_bytes(), &[TOKEN], "a panic");
    // The harness prints no words of its own either.
    assert_hidden(&output.stdout, &[TOKEN], "a panic");
    assert!(canary::leak(b"Kx7qVt92-mZ4", TOKEN).is_some());
}

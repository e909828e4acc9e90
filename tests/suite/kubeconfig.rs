//! Every way in which a kubeconfig, or what it leads to, is of no use: one clear error with a hint, and nothing else.

use crate::support::{
    ctlmon,
    pki::{Authority, client, server, write},
    run,
    server::{page, runtime, serve},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
};
use tempfile::TempDir;
use tokio::{net::TcpSocket, runtime::Runtime};

/// Stands in for every credential; must never be seen again.
const SECRET: &str = "hunter2-hunter2";

/// The commands that look at a cluster.
const COMMANDS: [&str; 2] = ["detect", "doctor"];

/// A folder to run in, which is also the home folder.
struct World {
    folder: TempDir,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

impl World {
    /// With nothing in it.
    fn empty() -> Self {
        Self { folder: TempDir::new().unwrap(), arguments: Vec::new(), environment: Vec::new() }
    }

    /// With a file `config` that is named as the kubeconfig.
    fn with(kubeconfig: impl AsRef<[u8]>) -> Self {
        let world = Self::empty();
        fs::write(world.path("config"), kubeconfig).unwrap();
        world.arguments(&["--kubeconfig", "config"])
    }

    /// With a kubeconfig of one cluster and one user.
    fn of(cluster: Value, user: Value) -> Self {
        Self::with(kubeconfig(cluster, user).to_string())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn arguments(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self
    }

    fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a program `plugin`.
    fn plugin(&self, script: &str) {
        let plugin = write(self.folder.path(), "plugin", &format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(plugin, fs::Permissions::from_mode(0o700)).unwrap();
    }

    /// Runs both commands, and finds one error and hints that hold all these words.
    fn check(&self, error: &[&str], hints: &[&str]) {
        for command in COMMANDS {
            let mut ctlmon = ctlmon(self.folder.path());
            ctlmon.arg(command).args(&self.arguments);
            ctlmon.envs(self.environment.iter().map(|(name, value)| (name, value)));
            let ran = run(&mut ctlmon);
            println!("{command}: {}", ran.stderr);
            assert_eq!(ran.code, 3, "{ran:?}");
            assert_eq!(ran.stdout, "", "nothing was found out");
            let (errors, others): (Vec<&str>, Vec<&str>) =
                ran.stderr.lines().partition(|line| line.starts_with("error: "));
            let [said] = errors[..] else { panic!("one error: {ran:?}") };
            assert!(!others.is_empty(), "a hint: {ran:?}");
            assert!(others.iter().all(|line| line.starts_with("hint: ")), "hints alone: {ran:?}");
            for word in error {
                assert!(said.contains(word), "{word} in the error: {ran:?}");
            }
            for word in hints {
                assert!(others.iter().any(|line| line.contains(word)), "{word} in a hint: {ran:?}");
            }
            assert!(!ran.stderr.contains(|c: char| c.is_control() && c != '\n'), "{ran:?}");
            for raw in [SECRET, "panicked", " { ", "Some(", "(os error", "Error(", "Box<"] {
                assert!(!ran.stderr.contains(raw), "{raw}: {ran:?}");
            }
        }
    }
}

fn kubeconfig(cluster: Value, user: Value) -> Value {
    let mut config = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "here",
        "clusters": [{"name": "site"}],
        "users": [{"name": "somebody"}],
        "contexts": [{"name": "here", "context": {"cluster": "site", "user": "somebody"}}],
    });
    config["clusters"][0]["cluster"] = cluster;
    config["users"][0]["user"] = user;
    config
}

/// A cluster where nobody listens; its port stays taken until it is dropped.
struct Closed {
    port: u16,
    _socket: TcpSocket,
    _runtime: Runtime,
}

impl Closed {
    fn new() -> Self {
        let runtime = runtime();
        let guard = runtime.enter();
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        drop(guard);
        Self { port: socket.local_addr().unwrap().port(), _socket: socket, _runtime: runtime }
    }
}

fn at(port: u16) -> Value {
    json!({"server": format!("https://127.0.0.1:{port}"), "insecure-skip-tls-verify": true})
}

fn token() -> Value {
    json!({"token": SECRET})
}

#[test]
fn no_kubeconfig_anywhere() {
    World::empty().check(&["no kubeconfig", ".kube/config"], &["--kubeconfig", "--lab"]);
}

#[test]
fn a_named_kubeconfig_is_missing() {
    World::empty().arguments(&["--kubeconfig", "gone"]).check(&["gone", "no such file"], &["--kubeconfig"]);
}

#[test]
fn all_of_several_kubeconfigs_are_missing() {
    World::empty().environment("KUBECONFIG", "gone:lost").check(&["gone", "lost"], &["KUBECONFIG"]);
}

#[test]
fn a_missing_one_of_several_kubeconfigs_is_skipped() {
    let closed = Closed::new();
    let world = World::of(at(closed.port), token());
    let world = World { arguments: Vec::new(), ..world };
    // It got as far as the server.
    world.environment("KUBECONFIG", "gone:config:").check(&["refused"], &[]);
}

#[test]
fn a_kubeconfig_is_a_folder() {
    let world = World::empty().arguments(&["--kubeconfig", "config"]);
    fs::create_dir(world.path("config")).unwrap();
    world.check(&["config", "is a directory"], &["--kubeconfig"]);
}

#[test]
fn a_kubeconfig_is_not_text() {
    World::with(b"apiVersion: v1\nusers: [{name: \xff\xfe\xfa}]")
        .check(&["config", "not text"], &["kubeconfig"]);
}

#[test]
fn a_kubeconfig_is_malformed() {
    for text in [
        "apiVersion: v1\nkind: Config\nclusters:\n- name: [\n",
        "apiVersion: v1\nkind: Config\nclusters:\n\t- name: x\n",
        "apiVersion: v1\nkind: Config\ncontexts: none\n",
        "[1, 2]",
        "just words",
        "%PDF-1.7",
        "*alias",
        "a: &a [*a, *a]",
    ] {
        World::with(text).check(
            &["config", "not YAML of kind Config", "line "],
            &["kubectl config view --kubeconfig config"],
        );
    }
}

#[test]
fn what_surrounds_a_fault_of_syntax_stays_hidden() {
    let before = format!("apiVersion: v1\nkind: Config\nusers:\n- name: me\n  user:\n    token: {SECRET}\n");
    for after in ["    - broken\n", "\ttab: 1\n", "    token: again\n", "  user: [\n", "   }\n"] {
        World::with(format!("{before}{after}")).check(&["config", "line "], &[]);
    }
    for text in [
        format!("users: {SECRET}\n"),
        format!("users: [{{name: me, user: {SECRET}}}]\n"),
        format!("users: [{{name: me, user: {{exec: {{args: {SECRET}}}}}}}]\n"),
        format!("{SECRET}\n"),
        format!("\"{SECRET}\n"),
        format!("{{\"token\": \"{SECRET}\""),
    ] {
        World::with(text).check(&["config"], &[]);
    }
}

#[test]
fn a_kubeconfig_is_something_else() {
    World::with(r#"{"kind":"PodList","apiVersion":"v1","items":[]}"#).check(&["config", "PodList"], &[]);
    World::with("kind: Secret\napiVersion: v1\ndata:\n  token: aHVudGVyMi1odW50ZXIy\n")
        .check(&["Secret"], &[]);
    World::with(r#"{"format":1,"tool":"0.1.0"}"#).check(&["config", "no contexts"], &[]);
}

#[test]
fn a_kubeconfig_is_empty() {
    for text in ["", "\n", "# nothing\n", "---\n", "{}", "apiVersion: v1\nkind: Config\n"] {
        World::with(text).check(&["config", "no contexts"], &["--kubeconfig"]);
    }
    let world = World::empty();
    fs::create_dir(world.path(".kube")).unwrap();
    fs::write(world.path(".kube/config"), "").unwrap();
    world.check(&[".kube/config", "no contexts"], &["--kubeconfig"]);
}

#[test]
fn a_context_is_unknown() {
    let mut config = kubeconfig(at(1), token());
    config["contexts"].as_array_mut().unwrap().push(json!({"name": "there", "context": {"cluster": "site"}}));
    World::with(config.to_string())
        .arguments(&["--context", "elsewhere"])
        .check(&["elsewhere", "config", "here, there"], &["--context"]);
    config["current-context"] = json!("old");
    World::with(config.to_string()).check(&["old", "config", "here, there"], &["--context"]);
}

#[test]
fn no_context_is_current() {
    let mut config = kubeconfig(at(1), token());
    for nothing in [json!(""), Value::Null] {
        config["current-context"] = nothing;
        World::with(config.to_string())
            .check(&["config", "no current context", "here"], &["--context", "kubectl config use-context"]);
    }
}

#[test]
fn a_context_names_what_is_not_there() {
    let mut config = kubeconfig(at(1), token());
    config["clusters"] = json!([]);
    World::with(config.to_string()).check(&["here", "cluster \"site\""], &["kubectl config"]);
    let mut config = kubeconfig(at(1), token());
    config["users"] = json!([]);
    World::with(config.to_string()).check(&["here", "user \"somebody\""], &["kubectl config"]);
    let mut config = kubeconfig(at(1), token());
    config["contexts"][0]["context"] = Value::Null;
    World::with(config.to_string()).check(&["here"], &["kubectl config"]);
}

#[test]
fn a_cluster_has_no_usable_server() {
    World::of(json!({}), token()).check(&["here", "server is missing"], &["https://"]);
    for server in ["https://", "a b", "127.0.0.1:6443", "ftp://127.0.0.1:1", ""] {
        World::of(json!({"server": server}), token()).check(&["here", "server"], &["https://"]);
    }
    World::of(json!({"server": "https://127.0.0.1:1", "proxy-url": "a b"}), token())
        .check(&["here", "proxy-url"], &["http://"]);
    World::of(json!({"server": "https://127.0.0.1:1", "proxy-url": "ftp://127.0.0.1:1"}), token())
        .check(&["here", "proxy-url"], &["http://"]);
}

#[test]
fn files_of_a_context_are_missing() {
    let server = "https://127.0.0.1:1";
    World::of(json!({"server": server, "certificate-authority": "ca.crt"}), token())
        .check(&["here", "certificate-authority", "ca.crt", "no such file"], &[]);
    let pair = json!({"client-certificate": "a.crt", "client-key": "a.key"});
    World::of(at(1), pair).check(&["here", "client-certificate", "a.crt", "no such file"], &[]);
    World::of(at(1), json!({"tokenFile": "a.token"}))
        .check(&["here", "tokenFile", "a.token", "no such file"], &[]);
}

#[test]
fn certificates_and_keys_of_a_context_are_none() {
    let server = "https://127.0.0.1:1";
    let leaf = Authority::new("ca").issue("admin", &client());
    for garbage in [SECRET, "", "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n"] {
        let world = World::of(json!({"server": server, "certificate-authority": "ca.crt"}), token());
        write(world.folder.path(), "ca.crt", garbage);
        world.check(&["here", "certificate-authority", "ca.crt"], &["PEM"]);
    }
    World::of(json!({"server": server, "certificate-authority-data": SECRET}), token())
        .check(&["here", "certificate-authority-data", "base64"], &[]);

    let pair = json!({"client-certificate": "a.crt", "client-key": "a.key"});
    for (certificate, key) in [
        (leaf.pem.as_str(), SECRET),
        (&leaf.pem, ""),
        (&leaf.pem, "-----BEGIN PRIVATE KEY-----\naHVudGVyMi1odW50ZXIy\n-----END PRIVATE KEY-----\n"),
        (&leaf.pem, "-----BEGIN PRIVATE KEY-----\n%%%\n-----END PRIVATE KEY-----\n"),
        (
            &leaf.pem,
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\naHVudGVyMi1odW50ZXIy\n-----END ENCRYPTED PRIVATE KEY-----\n",
        ),
    ] {
        let world = World::of(at(1), pair.clone());
        write(world.folder.path(), "a.crt", certificate);
        write(world.folder.path(), "a.key", key);
        world.check(&["here", "client-key", "a.key"], &["PEM"]);
    }
    let world = World::of(at(1), pair.clone());
    write(world.folder.path(), "a.crt", SECRET);
    write(world.folder.path(), "a.key", &leaf.key);
    world.check(&["here", "client-certificate", "a.crt"], &["PEM"]);

    let world = World::of(at(1), pair);
    write(world.folder.path(), "a.crt", &leaf.pem);
    write(world.folder.path(), "a.key", &Authority::new("ca").issue("admin", &client()).key);
    world.check(&["here", "client-key", "a.key", "does not belong"], &[]);

    World::of(at(1), json!({"client-certificate-data": "bm9uZQ=="})).check(&["here", "client-key"], &[]);
    World::of(at(1), json!({"client-certificate-data": SECRET, "client-key-data": SECRET}))
        .check(&["here", "client-certificate-data", "base64"], &[]);
    World::of(at(1), json!({"token": format!("{SECRET}\nsecond line")})).check(&["here", "token"], &[]);
}

/// A user whose credentials a plugin provides.
fn exec(command: &str, mut more: Value) -> Value {
    more["apiVersion"] = json!("client.authentication.k8s.io/v1");
    more["command"] = json!(command);
    more["args"] = json!([SECRET]);
    more["env"] = json!([{"name": "PLUGIN_SECRET", "value": SECRET}]);
    json!({ "exec": more })
}

#[test]
fn a_plugin_is_not_installed() {
    let hint = "Install it:\n\n  curl -L https://example.test/plugin | sh\n\u{1b}[31mred";
    World::of(at(1), exec("no-such-plugin", json!({"installHint": hint}))).check(
        &["here", "no-such-plugin", "not installed"],
        &["Install it:", "curl -L https://example.test/plugin"],
    );
    World::of(at(1), exec("no-such-plugin", json!({})))
        .check(&["no-such-plugin", "not installed"], &["no-such-plugin", "PATH"]);
    World::of(at(1), exec("./no-such-plugin", json!({}))).check(&["no-such-plugin", "not installed"], &[]);
}

#[test]
fn a_plugin_does_not_give_what_it_should() {
    let valid = |status: Value| {
        json!({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status})
            .to_string()
    };
    for (script, error) in [
        (format!("echo {SECRET}; echo {SECRET} >&2; exit 7"), "ended with code 7"),
        (format!("echo {SECRET}; kill -9 $$"), "signal"),
        (format!("echo {SECRET}"), "no credential"),
        (String::new(), "no credential"),
        (format!("echo '{{\"token\": \"{SECRET}\"}}'; echo {SECRET} >&2"), "no credential"),
        (format!("echo '{}'", valid(json!({}))), "no credential"),
        (format!("echo '{}'", valid(json!({"token": format!("{SECRET} {SECRET}")}))), "no credential"),
        (
            format!("echo '{}'", valid(json!({"clientCertificateData": SECRET, "clientKeyData": SECRET}))),
            "no credential",
        ),
    ] {
        for mode in ["Never", "IfAvailable"] {
            let world = World::of(at(1), exec("./plugin", json!({"interactiveMode": mode})));
            world.plugin(&script);
            world.check(&["here", "plugin", error], &["plugin"]);
        }
    }
    let world = World::of(at(1), exec("./plugin", json!({})));
    write(world.folder.path(), "plugin", "not executable");
    world.check(&["here", "plugin", "cannot be started"], &["plugin"]);
    World::of(at(1), exec("", json!({}))).check(&["here", "plugin", "no command"], &["plugin"]);
    World::of(at(1), exec("sh", json!({"interactiveMode": "Always"})))
        .check(&["here", "sh", "no terminal"], &["log in"]);
}

#[test]
fn a_plugin_never_ends() {
    for script in ["exec tail -f /dev/null", "exec >&-; kill -STOP $$"] {
        let world = World::of(at(1), exec("./plugin", json!({}))).arguments(&["--timeout", "1s"]);
        world.plugin(script);
        world.check(&["here", "plugin", "within 1 s"], &["plugin"]);
    }
}

#[test]
fn a_plugin_is_asked_once_and_its_credential_is_sent() {
    let closed = Closed::new();
    let credential = json!({"kind": "ExecCredential", "status": {"token": SECRET}});
    let exec = exec("./plugin", json!({"provideClusterInfo": true}));
    let world = World::of(at(closed.port), exec);
    world.plugin(&format!("echo \"$KUBERNETES_EXEC_INFO\" >> asked; echo '{credential}'"));
    // It got as far as the server.
    world.check(&["refused"], &[]);
    let asked = fs::read_to_string(world.path("asked")).unwrap();
    let asked: Vec<Value> = asked.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(asked.len(), COMMANDS.len(), "{asked:?}");
    assert_eq!(asked[0]["apiVersion"], "client.authentication.k8s.io/v1");
    assert_eq!(asked[0]["spec"]["interactive"], false);
    assert_eq!(asked[0]["spec"]["cluster"]["server"], format!("https://127.0.0.1:{}", closed.port));
}

#[test]
fn an_old_auth_provider() {
    let user = |name: &str, config: Value| json!({"auth-provider": {"name": name, "config": config}});
    World::of(at(1), user("azure", json!({"access-token": SECRET})))
        .check(&["here", "azure"], &["kubelogin"]);
    let failing = json!({"cmd-path": "/bin/sh", "cmd-args": format!("-c {SECRET}")});
    World::of(at(1), user("gcp", failing)).check(&["here", "gcp"], &["gke-gcloud-auth-plugin"]);
}

#[test]
fn nobody_listens() {
    let closed = Closed::new();
    let address = format!("https://127.0.0.1:{}", closed.port);
    World::of(at(closed.port), token()).check(&["here", "refused"], &[&address]);
}

#[test]
fn the_server_has_no_address() {
    World::of(json!({"server": "https://api.example.invalid:6443"}), token())
        .check(&["here", "no address"], &["api.example.invalid"]);
}

#[test]
fn the_proxy_refuses() {
    let closed = Closed::new();
    let live = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = format!("https://127.0.0.1:{}", live.local_addr().unwrap().port());
    for scheme in ["http", "socks5"] {
        let user = if scheme == "http" { format!("user:{SECRET}@") } else { String::new() };
        let proxy = format!("{scheme}://{user}127.0.0.1:{}", closed.port);
        let shown = format!("{scheme}://127.0.0.1:{}", closed.port);
        let error = if scheme == "http" { "refused" } else { "the proxy cannot be connected to" };
        World::of(json!({"server": server, "proxy-url": proxy}), token())
            .check(&["here", error], &["proxy", &shown]);
    }
    let runtime = runtime();
    for status in ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"] {
        let port = serve(&runtime, None, page(status, "text/html", "<title>no</title>"));
        let proxy = format!("http://user:{SECRET}@127.0.0.1:{port}");
        let shown = format!("http://127.0.0.1:{port}");
        World::of(json!({"server": server, "proxy-url": proxy}), token())
            .check(&["here", "tunnel"], &["proxy", &shown]);
    }
}

#[test]
fn the_server_never_answers() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    World::of(at(port), token())
        .arguments(&["--request-timeout", "1s"])
        .check(&["here", "never answered"], &[&port.to_string()]);
}

#[test]
fn the_server_speaks_no_tls() {
    let runtime = runtime();
    let port = serve(&runtime, None, page("400 Bad Request", "text/plain", "no"));
    World::of(at(port), token()).check(&["here", "does not speak TLS"], &["http"]);
}

#[test]
fn the_server_has_a_certificate_of_another_ca() {
    let runtime = runtime();
    let leaf = Authority::new("kubernetes").issue("kube-apiserver", &server());
    let port = serve(&runtime, Some(&leaf), page("200 OK", "application/json", "{}"));
    let cluster = json!({"server": format!("https://127.0.0.1:{port}"), "certificate-authority": "ca.crt"});
    let world = World::of(cluster, token());
    write(world.folder.path(), "ca.crt", &Authority::new("kubernetes").pem);
    world.check(&["here", "certificate"], &["certificate-authority"]);
}

#[test]
fn the_certificate_of_the_server_does_not_hold() {
    let runtime = runtime();
    let authority = Authority::new("kubernetes");
    for (shape, error) in [
        (server().expired(), "expired"),
        (server().not_yet_valid(), "not valid before"),
        (server().hosts(&["other.test"]), "name"),
    ] {
        let leaf = authority.issue("kube-apiserver", &shape);
        let port = serve(&runtime, Some(&leaf), page("200 OK", "application/json", "{}"));
        let cluster =
            json!({"server": format!("https://127.0.0.1:{port}"), "certificate-authority": "ca.crt"});
        let world = World::of(cluster, token());
        write(world.folder.path(), "ca.crt", &authority.pem);
        world.check(&["here", "certificate", error], &["certificate"]);
    }
}

#[test]
fn the_server_is_something_else() {
    let runtime = runtime();
    let leaf = Authority::new("ca").issue("portal", &server());
    let html = page("200 OK", "text/html", "<!doctype html><title>Please log in</title>");
    let port = serve(&runtime, Some(&leaf), html);
    World::of(at(port), token()).check(&["here", "not JSON"], &["login page"]);
    let port = serve(&runtime, Some(&leaf), page("502 Bad Gateway", "text/html", "<title>bad</title>"));
    World::of(at(port), token()).check(&["here", "502"], &[]);
    let port = serve(&runtime, Some(&leaf), "SSH-2.0-OpenSSH_9.2\r\n".to_owned());
    World::of(at(port), token()).check(&["here"], &[&port.to_string()]);
    let port = serve(&runtime, Some(&leaf), String::new());
    World::of(at(port), token()).check(&["here", "closed"], &[&port.to_string()]);
}

#[test]
fn the_server_does_not_know_the_caller() {
    let runtime = runtime();
    let leaf = Authority::new("ca").issue("kube-apiserver", &server());
    let status = json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "Unauthorized",
        "reason": "Unauthorized", "code": 401,
    });
    let port =
        serve(&runtime, Some(&leaf), page("401 Unauthorized", "application/json", &status.to_string()));
    World::of(at(port), token()).check(&["here", "401", "credentials"], &["kubectl"]);

    // What the credential says of itself settles it.
    let claims = |claims: Value| {
        let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
        json!({"token": format!("eyJhbGciOiJSUzI1NiJ9.{payload}.c2lnbmF0dXJl")})
    };
    World::of(at(port), claims(json!({"exp": 1_000_000_000, "aud": [SECRET]})))
        .check(&["401"], &["the token of the kubeconfig expired on 2001-09-09T01:46:40Z"]);
    World::of(at(port), claims(json!({"nbf": 32_503_680_000_i64})))
        .check(&["401"], &["the token of the kubeconfig is not valid before 3000-01-01T00:00:00Z"]);
    let ran = World::of(at(port), claims(json!({"exp": 32_503_680_000_i64, "nbf": 1})));
    ran.check(&["401"], &["kubectl"]);
    let user = json!({"client-certificate": "me.crt", "client-key": "me.key"});
    let world = World::of(at(port), user);
    Authority::new("kubernetes").issue("me", &client().expired()).write(world.folder.path(), "me");
    world.check(&["401"], &["the client certificate of the kubeconfig expired on "]);
}

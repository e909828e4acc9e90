//! kubectl's habits: what a kubeconfig, the command line and the environment say about the way to an API server.

use crate::support::{
    Ran, ctlmon,
    pki::{Authority, Shape, client, server, write},
    run,
};
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::WebPkiClientVerifier,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::symlink,
    path::PathBuf,
    process::Command,
    sync::{Arc, Mutex},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};
use tokio_rustls::TlsAcceptor;

/// An address that is no loopback address for anybody's rules, and leads to this machine all the same.
const HERE: &str = "0.0.0.0";

const REFUSAL: &str =
    r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403}"#;

/// What a server was told, in lower case: the heads of requests, and before each what its handshake showed.
type Told = Arc<Mutex<Vec<String>>>;

/// An API server that refuses everything, a proxy that leads to it whatever it is asked for, and a folder.
struct World {
    runtime: Runtime,
    folder: TempDir,
    authority: Authority,
    port: u16,
    told: Told,
}

/// A proxy and what it was asked.
struct Proxy {
    port: u16,
    asked: Told,
}

impl World {
    fn new() -> Self {
        Self::serving(&server().hosts(&["127.0.0.1", HERE]))
    }

    fn serving(shape: &Shape) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let authority = Authority::new("kubernetes");
        let folder = TempDir::new().unwrap();
        write(folder.path(), "ca.crt", &authority.pem);
        let acceptor = acceptor(&authority, shape);
        let told = Told::default();
        let (port, heard) = (bind(&runtime), told.clone());
        let (listener, port) = port;
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(refuse(stream, acceptor.clone(), heard.clone()));
            }
        });
        Self { runtime, folder, authority, port, told }
    }

    /// A proxy that speaks HTTP and SOCKS.
    fn proxy(&self) -> Proxy {
        let asked = Told::default();
        let (listener, port) = bind(&self.runtime);
        let (heard, target) = (asked.clone(), self.port);
        self.runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(tunnel(stream, target, heard.clone()));
            }
        });
        Proxy { port, asked }
    }

    /// A kubeconfig of the server at a host, with more about its cluster and user.
    fn kubeconfig(&self, host: &str, cluster: &Value, user: &Value) -> Value {
        let mut all = json!({
            "server": format!("https://{host}:{}", self.port), "certificate-authority": "ca.crt"
        });
        for (name, value) in cluster.as_object().unwrap() {
            all[name] = value.clone();
        }
        json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "here",
            "clusters": [{"name": "c", "cluster": all}],
            "users": [{"name": "u", "user": user}],
            "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
        })
    }

    fn write(&self, name: &str, kubeconfig: &Value) -> PathBuf {
        write(self.folder.path(), name, &kubeconfig.to_string())
    }

    /// `detect` with a kubeconfig, which asks by GET alone.
    fn detect(&self, kubeconfig: &Value) -> Command {
        let mut command = ctlmon(self.folder.path());
        command.args(["detect", "--request-timeout", "5s", "--kubeconfig"]);
        command.arg(self.write("config", kubeconfig));
        command
    }

    /// What the server was told since the last time.
    fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.told.lock().unwrap())
    }

    /// Runs what must reach the server, and says what the server was told.
    fn reaches(&self, command: &mut Command) -> Vec<String> {
        let ran = run(command);
        let told = self.told();
        assert!(!ran.stderr.contains("error:"), "{}", ran.stderr);
        assert!(!told.is_empty(), "{}", ran.stdout);
        told
    }
}

impl Proxy {
    fn url(&self, scheme: &str) -> String {
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    /// What it was asked since the last time, each once.
    fn asked(&self) -> Vec<String> {
        let asked: BTreeSet<String> = self.asked.lock().unwrap().drain(..).collect();
        asked.into_iter().collect()
    }
}

fn bind(runtime: &Runtime) -> (TcpListener, u16) {
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// TLS with a certificate of an authority, that asks for a client certificate and takes it as well as none.
fn acceptor(authority: &Authority, shape: &Shape) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.pem.as_bytes()).unwrap()).unwrap();
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .allow_unauthenticated()
        .build()
        .unwrap();
    let leaf = authority.issue("kube-apiserver", shape);
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(clients)
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(leaf.pem.as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(leaf.key.as_bytes()).unwrap(),
        )
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// Hears one request, and refuses it.
async fn refuse(stream: TcpStream, acceptor: TlsAcceptor, told: Told) {
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    let connection = stream.get_ref().1;
    let name = connection.server_name().unwrap_or("nobody").to_owned();
    let certificates = connection.peer_certificates().map_or(0, <[_]>::len);
    let Some(head) = head(&mut stream).await else { return };
    told.lock().unwrap().push(format!("for {name} with {certificates} certificates: {head}"));
    let length = REFUSAL.len();
    let answer = format!(
        "HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{REFUSAL}"
    );
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// The head of a request, in lower case.
async fn head(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8(head).ok()?.to_lowercase())
}

/// Notes what a client asks for by HTTP or SOCKS, and leads it to the target.
async fn tunnel(mut stream: TcpStream, target: u16, asked: Told) -> Option<()> {
    let mut first = [0];
    stream.peek(&mut first).await.ok()?;
    let note = |text: &str| asked.lock().unwrap().push(text.to_owned());
    if first == [5] {
        let mut greeting = [0; 2];
        stream.read_exact(&mut greeting).await.ok()?;
        stream.read_exact(&mut vec![0; greeting[1].into()]).await.ok()?;
        stream.write_all(&[5, 0]).await.ok()?;
        let mut request = [0; 10];
        stream.read_exact(&mut request).await.ok()?;
        note(&format!("socks {:?}", &request[3..8]));
        stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.ok()?;
    } else {
        note(&head(&mut stream).await?);
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
    }
    let mut server = TcpStream::connect(("127.0.0.1", target)).await.ok()?;
    tokio::io::copy_bidirectional(&mut stream, &mut server).await.ok()?;
    Some(())
}

/// An error is one line, hints follow, and the code is that of not having been able to look.
fn is_error(ran: &Ran, words: &str) {
    assert_eq!(ran.code, 3, "{ran:?}");
    let mut lines = ran.stderr.lines();
    let first = lines.next().unwrap_or_default();
    assert!(first.starts_with("error: ") && first.contains(words), "{}", ran.stderr);
    assert!(lines.all(|line| line.starts_with("hint: ")), "{}", ran.stderr);
}

#[test]
fn a_proxy_of_the_environment_is_asked_for_what_is_not_excepted() {
    let world = World::new();
    let proxy = world.proxy();
    let config = world.kubeconfig(HERE, &json!({}), &json!({}));
    let connect = format!("connect {HERE}:{} http/1.1", world.port);
    for (variable, except, is_asked) in [
        ("HTTPS_PROXY", "", true),
        ("https_proxy", "", true),
        ("HTTP_PROXY", "", false),
        ("ALL_PROXY", "", false),
        // kube would compare this with the proxy's own address, which it is.
        ("HTTPS_PROXY", "127.0.0.1", true),
        ("HTTPS_PROXY", HERE, false),
        ("HTTPS_PROXY", "0.0.0.0/8", false),
        ("HTTPS_PROXY", "*", false),
        // kube would refuse the comma at the end.
        ("HTTPS_PROXY", "localhost,", true),
        ("HTTPS_PROXY", "localhost, 0.0.0.0 ,", false),
    ] {
        let told =
            world.reaches(world.detect(&config).env(variable, proxy.url("http")).env("NO_PROXY", except));
        assert!(told[0].contains("get /"), "{told:?}");
        let asked = proxy.asked();
        assert_eq!(!asked.is_empty(), is_asked, "{variable} with NO_PROXY={except}");
        assert!(asked.iter().all(|head| head.starts_with(&connect)), "{asked:?}");
    }
}

#[test]
fn no_variable_leads_away_from_this_machine() {
    let world = World::new();
    let proxy = world.proxy();
    world.reaches(
        world
            .detect(&world.kubeconfig("127.0.0.1", &json!({}), &json!({})))
            .env("HTTPS_PROXY", proxy.url("http")),
    );
    assert_eq!(proxy.asked(), [""; 0]);
    let ran = run(ctlmon(world.folder.path()).args(["doctor", "--lab"]).env("HTTPS_PROXY", "gopher://a"));
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[test]
fn the_proxy_of_the_kubeconfig_wins_over_the_environment() {
    let world = World::new();
    let (named, other) = (world.proxy(), world.proxy());
    let url = format!("http://caller:w%40rd-canary@127.0.0.1:{}", named.port);
    let config = world.kubeconfig("127.0.0.1", &json!({"proxy-url": url}), &json!({}));
    world.reaches(
        world.detect(&config).envs([("HTTPS_PROXY", other.url("http")), ("NO_PROXY", "*,".to_owned())]),
    );
    assert_eq!(other.asked(), [""; 0]);
    let asked = named.asked();
    // In lower case, as everything that is noted.
    assert!(asked[0].contains("proxy-authorization: basic y2fsbgvyond"), "{asked:?}");
}

#[test]
fn a_socks_proxy_is_used_as_well() {
    let world = World::new();
    let proxy = world.proxy();
    let cluster = json!({"proxy-url": proxy.url("socks5")});
    world.reaches(&mut world.detect(&world.kubeconfig(HERE, &cluster, &json!({}))));
    assert_eq!(proxy.asked(), ["socks [1, 0, 0, 0, 0]"]);
    let config = world.kubeconfig(HERE, &json!({}), &json!({}));
    world.reaches(world.detect(&config).env("HTTPS_PROXY", proxy.url("socks5h")));
    assert_eq!(proxy.asked(), ["socks [1, 0, 0, 0, 0]"]);
}

#[test]
fn a_proxy_that_cannot_be_used_is_one_clear_error() {
    let world = World::new();
    let config = world.kubeconfig(HERE, &json!({}), &json!({}));
    let ran = run(world.detect(&config).env("HTTPS_PROXY", "gopher://caller:canary@127.0.0.1"));
    is_error(&ran, "the proxy that HTTPS_PROXY names has the scheme gopher");
    assert!(ran.stderr.contains("hint: ") && !ran.stderr.contains("canary"), "{}", ran.stderr);
    for url in ["http://caller:canary@", "socks5://caller:canary@127.0.0.1", "caller:canary@127.0.0.1"] {
        let config = world.kubeconfig(HERE, &json!({"proxy-url": url}), &json!({}));
        let ran = run(&mut world.detect(&config));
        is_error(&ran, "proxy-url");
        assert!(ran.stderr.contains("hint: ") && !ran.stderr.contains("canary"), "{}", ran.stderr);
    }
    // One that is not there is named with whoever names it: it is often a leftover.
    let config = world.kubeconfig(HERE, &json!({}), &json!({}));
    let ran = run(world.detect(&config).env("HTTPS_PROXY", "http://caller:canary@127.0.0.1:1"));
    is_error(&ran, "refused");
    assert!(ran.stderr.contains("the proxy http://127.0.0.1:1, which HTTPS_PROXY names"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("canary"), "{}", ran.stderr);
    assert_eq!(world.told(), [""; 0]);
}

#[test]
fn impersonation_is_on_the_wire() {
    let world = World::new();
    let user = json!({"as": "kubeconfig-user", "as-groups": ["kubeconfig-group"], "as-uid": "1"});
    let config = world.kubeconfig("127.0.0.1", &json!({}), &user);
    let is_said = |told: &[String], name: &str, values: &[&str]| {
        for head in told {
            let prefix = format!("impersonate-{name}: ");
            let said: Vec<&str> = head.lines().filter_map(|line| line.strip_prefix(&prefix)).collect();
            assert_eq!(said, values, "{head}");
        }
    };
    let told = world.reaches(&mut world.detect(&config));
    is_said(&told, "user", &["kubeconfig-user"]);
    is_said(&told, "group", &["kubeconfig-group"]);
    let account = "system:serviceaccount:datadog:agent";
    let told = world.reaches(world.detect(&config).args(["--as", account, "--as-uid", "2"]));
    is_said(&told, "user", &[account]);
    is_said(&told, "uid", &["2"]);
    is_said(&told, "group", &["kubeconfig-group"]);
    let groups = ["--as-group", "a", "--as-group", "b,c"];
    let told = world.reaches(world.detect(&config).args(["--as", account]).args(groups));
    is_said(&told, "group", &["a", "b,c"]);
    let ran = run(world.detect(&config).args(["--as-group", "a"]));
    assert_eq!(ran.code, 2, "a group of nobody: {}", ran.stderr);
}

#[test]
fn a_context_without_a_user_can_be_somebody_all_the_same() {
    let world = World::new();
    let mut config = world.kubeconfig("127.0.0.1", &json!({}), &json!({}));
    config["contexts"][0]["context"].as_object_mut().unwrap().remove("user");
    let told = world.reaches(world.detect(&config).args(["--as", "me"]));
    assert!(told.iter().all(|head| head.contains("impersonate-user: me\r\n")), "{told:?}");
}

#[test]
fn the_server_is_verified_by_the_name_that_the_kubeconfig_gives() {
    let world = World::serving(&server().hosts(&["api.corp.example"]));
    let config = |cluster: Value| world.kubeconfig("127.0.0.1", &cluster, &json!({}));
    is_error(&run(&mut world.detect(&config(json!({})))), "cannot reach the Kubernetes API");
    assert_eq!(world.told(), [""; 0]);
    let named = config(json!({"tls-server-name": "api.corp.example"}));
    let told = world.reaches(&mut world.detect(&named));
    assert!(told.iter().all(|head| head.starts_with("for api.corp.example ")), "{told:?}");
    // Through a proxy the name is the same, and not the proxy's.
    let proxy = world.proxy();
    let cluster = json!({"tls-server-name": "api.corp.example", "proxy-url": proxy.url("http")});
    let told = world.reaches(&mut world.detect(&config(cluster)));
    assert!(told.iter().all(|head| head.starts_with("for api.corp.example ")), "{told:?}");
}

#[test]
fn a_server_is_not_verified_where_the_kubeconfig_says_so() {
    let world = World::serving(&server().expired().hosts(&["api.corp.example"]));
    let mut config = world.kubeconfig("127.0.0.1", &json!({"insecure-skip-tls-verify": true}), &json!({}));
    config["clusters"][0]["cluster"].as_object_mut().unwrap().remove("certificate-authority");
    world.reaches(&mut world.detect(&config));
}

#[test]
fn files_lie_beside_the_kubeconfig_that_names_them() {
    let world = World::new();
    let beside = world.folder.path().join("beside");
    let elsewhere = world.folder.path().join("elsewhere");
    fs::create_dir_all(&beside).unwrap();
    fs::create_dir_all(&elsewhere).unwrap();
    write(&beside, "ca.crt", &world.authority.pem);
    world.authority.issue("caller", &client()).write(&beside, "caller");
    let in_files = json!({"client-certificate": "caller.crt", "client-key": "caller.key"});
    let config = world.kubeconfig("127.0.0.1", &json!({}), &in_files);
    let path = world.write("beside/config", &config);
    let detect = |path: &PathBuf| {
        let mut command = ctlmon(&elsewhere);
        command.arg("detect").env("KUBECONFIG", path);
        command
    };
    let told = world.reaches(&mut detect(&path));
    assert!(told.iter().all(|head| head.contains("with 1 certificates")), "{told:?}");
    // kubectl takes a token's file before the token, and what ends its line is no part of it.
    write(&beside, "token", "from-the-file\n");
    let config = world.kubeconfig("127.0.0.1", &json!({}), &json!({"token": "old", "tokenFile": "token"}));
    let path = world.write("beside/config", &config);
    let told = world.reaches(&mut detect(&path));
    assert!(told.iter().all(|head| head.contains("authorization: bearer from-the-file\r\n")), "{told:?}");
    // Empty entries count as none, so that the file is taken.
    let empty = json!({"certificate-authority-data": "", "tls-server-name": "", "proxy-url": ""});
    let path = world.write("beside/config", &world.kubeconfig("127.0.0.1", &empty, &json!({})));
    world.reaches(&mut detect(&path));
}

#[test]
fn several_kubeconfigs_are_one() {
    let world = World::new();
    let whole = world.kubeconfig("127.0.0.1", &json!({}), &json!({"token": "second"}));
    let mut first = json!({"apiVersion": "v1", "kind": "Config", "current-context": ""});
    first["users"] = json!([{"name": "u", "user": {"token": "first"}}]);
    let paths = [
        world.write("first", &first),
        world.folder.path().join("missing"),
        PathBuf::new(),
        world.write("second", &whole),
    ];
    let mut command = ctlmon(world.folder.path());
    command.arg("detect").env("KUBECONFIG", std::env::join_paths(paths).unwrap());
    let told = world.reaches(&mut command);
    // The first file to say something wins; an empty current context says nothing.
    assert!(told.iter().all(|head| head.contains("authorization: bearer first\r\n")), "{told:?}");
}

#[test]
fn a_context_a_cluster_and_a_user_can_be_named() {
    let world = World::new();
    let mut config = world.kubeconfig("127.0.0.1", &json!({}), &json!({"token": "u"}));
    config["clusters"] =
        json!([{"name": "dead", "cluster": {"server": "https://127.0.0.1:1"}}, config["clusters"][0]]);
    config["users"] = json!([config["users"][0], {"name": "v", "user": {"token": "v"}}]);
    config["contexts"] = json!([
        config["contexts"][0],
        {"name": "other", "context": {"cluster": "dead", "user": "v"}},
    ]);
    let is_from = |told: &[String], token: &str| {
        let line = format!("authorization: bearer {token}\r\n");
        assert!(told.iter().all(|head| head.contains(&line)), "{told:?}");
    };
    is_from(&world.reaches(&mut world.detect(&config)), "u");
    is_from(&world.reaches(world.detect(&config).args(["--user", "v"])), "v");
    is_from(&world.reaches(world.detect(&config).args(["--context", "other", "--cluster", "c"])), "v");
    // What is empty is not said, as in a script with a variable that nobody set.
    is_from(&world.reaches(world.detect(&config).args(["--context", "", "--user", "", "--as", ""])), "u");
    is_error(&run(world.detect(&config).args(["--context", "other"])), "context \"other\"");
    is_error(&run(world.detect(&config).args(["--user", "w"])), "user \"w\" is not in it");
    is_error(&run(world.detect(&config).args(["--cluster", "w"])), "cluster \"w\" is not in it");
}

#[test]
fn a_namespace_narrows_which_agents_are_looked_at() {
    let folder = TempDir::new().unwrap();
    let problems = |arguments: &[&str]| {
        let lab = ["doctor", "--lab", "--fault", "etcd-client-cert-expired", "-o", "json"];
        run(ctlmon(folder.path()).args(lab).args(arguments)).problems("error")
    };
    assert_eq!(problems(&[]), ["etcd-client-cert-expired"]);
    assert_eq!(problems(&["-n", "datadog"]), ["etcd-client-cert-expired"]);
    assert_eq!(problems(&["--namespace", ""]), ["etcd-client-cert-expired"]);
    assert_eq!(problems(&["-n", "elsewhere"]), [""; 0]);
    let ran = run(ctlmon(folder.path()).args(["doctor", "--lab", "-n", "elsewhere"]));
    let warning = "warning: no Datadog Agent DaemonSet is in namespace elsewhere, but in datadog\n";
    assert_eq!(ran.stderr, warning, "nothing wrong is no proof of health");
}

#[test]
fn as_a_plugin_of_kubectl_it_says_how_it_is_called() {
    let folder = TempDir::new().unwrap();
    let plugin = folder.path().join("kubectl-ctlmon");
    symlink(env!("CARGO_BIN_EXE_ctlmon"), &plugin).unwrap();
    let say = |program: &str, arguments: &[&str]| {
        run(Command::new(program).args(arguments).env_clear().current_dir(folder.path()))
    };
    let plugin = plugin.to_str().unwrap();
    let ran = say(plugin, &["doctor", "--help"]);
    assert!(ran.stdout.contains("Usage: kubectl ctlmon doctor"), "{}", ran.stdout);
    let ran = say(plugin, &["detect", "--nonsense"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("Usage: kubectl ctlmon detect"), "{}", ran.stderr);
    assert!(say(plugin, &["--version"]).stdout.starts_with("ctlmon "));
    let ran = say(env!("CARGO_BIN_EXE_ctlmon"), &["doctor", "--help"]);
    assert!(ran.stdout.contains("Usage: ctlmon doctor"), "{}", ran.stdout);
}

#[test]
fn a_recording_is_not_asked_for_a_cluster() {
    let folder = TempDir::new().unwrap();
    for option in ["--kubeconfig", "--context", "--cluster", "--user", "--as"] {
        for command in ["doctor", "detect"] {
            let ran = run(ctlmon(folder.path()).args([command, "--from", "a", option, "b"]));
            assert_eq!(ran.code, 2, "{command} {option}: {}", ran.stderr);
        }
        let ran = run(ctlmon(folder.path()).args(["doctor", "--lab", option, "b"]));
        assert_eq!(ran.code, 2, "{option}: {}", ran.stderr);
    }
}

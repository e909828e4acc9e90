//! Hostile endpoints: each gets its own named answer, in bounded time and memory.

use crate::support::{
    Ran, ctlmon, has,
    pki::{Authority, Leaf, server, write},
    run,
};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
    time::{Duration, sleep},
};
use tokio_rustls::TlsAcceptor;

/// What a scheduler serves, as little as is needed to be known as one.
const METRICS: &str = "# TYPE scheduler_pending_pods gauge\nscheduler_pending_pods{queue=\"active\"} 0\n";

/// The head of an answer whose end is where the connection ends.
const OPEN: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\n\r\n";

/// How an endpoint behaves.
#[derive(Clone, Copy, Debug)]
enum Behaviour {
    Healthy,
    SilentBeforeTls,
    SilentAfterTls,
    HeaderByteByByte,
    BodyByteByByte,
    EndlessBody,
    EndlessHeader,
    ResetBeforeTls,
    CloseAfterTls,
    PlainHttp,
    Html,
    Redirect,
    GzipBomb,
    Empty,
    OtherMetrics,
    NotFound,
}

impl Behaviour {
    async fn serve(self, stream: TcpStream, acceptor: TlsAcceptor) {
        match self {
            Self::SilentBeforeTls => {
                std::future::pending::<()>().await;
                drop(stream);
            }
            Self::ResetBeforeTls => {
                let _ = stream.set_zero_linger();
            }
            Self::PlainHttp => self.answer(stream).await,
            _ => {
                if let Ok(stream) = acceptor.accept(stream).await {
                    self.answer(stream).await;
                }
            }
        }
    }

    async fn answer(self, mut stream: impl AsyncRead + AsyncWrite + Unpin) {
        if matches!(self, Self::CloseAfterTls) {
            return;
        }
        let mut request = [0_u8; 4096];
        if stream.read(&mut request).await.is_err() {
            return;
        }
        let _ = self.write(&mut stream).await;
        let _ = stream.shutdown().await;
    }

    async fn write(self, stream: &mut (impl AsyncWrite + Unpin)) -> std::io::Result<()> {
        let page = |kind: &str, body: &str| {
            format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
        };
        let answer = match self {
            Self::Healthy | Self::PlainHttp => page("text/plain; version=0.0.4", METRICS),
            Self::Html => page("text/html", "<!doctype html><html><body>Please log in</body></html>"),
            Self::Empty => page("text/plain", ""),
            Self::OtherMetrics => page("text/plain", "# TYPE up gauge\nup 1\n"),
            Self::Redirect => {
                "HTTP/1.1 302 Found\r\nlocation: https://login.example/?state=s3cr3t\r\ncontent-length: 0\r\n\r\n"
                    .to_owned()
            }
            Self::NotFound => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
            Self::SilentAfterTls => {
                std::future::pending::<()>().await;
                String::new()
            }
            Self::HeaderByteByByte => return slowly(stream, page("text/plain", METRICS).as_bytes()).await,
            Self::BodyByteByByte => {
                stream.write_all(OPEN.as_bytes()).await?;
                return slowly(stream, METRICS.as_bytes()).await;
            }
            Self::EndlessBody => {
                stream.write_all(OPEN.as_bytes()).await?;
                let block = METRICS.repeat(1000);
                loop {
                    stream.write_all(block.as_bytes()).await?;
                }
            }
            Self::EndlessHeader => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nx-long: ").await?;
                let block = vec![b'a'; 64 * 1024];
                // A gibibyte.
                for _ in 0..16 * 1024 {
                    stream.write_all(&block).await?;
                }
                return Ok(());
            }
            Self::GzipBomb => {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n\x1f\x8b\x08\x00").await?;
                let block = vec![0_u8; 64 * 1024];
                loop {
                    stream.write_all(&block).await?;
                }
            }
            Self::SilentBeforeTls | Self::ResetBeforeTls | Self::CloseAfterTls => String::new(),
        };
        stream.write_all(answer.as_bytes()).await
    }
}

/// One byte a second, for as long as anybody listens.
async fn slowly(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> std::io::Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte]).await?;
        stream.flush().await?;
        sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

/// The place of one hostile endpoint.
struct Endpoint {
    url: String,
}

/// Serves one behaviour with one certificate, until the runtime ends.
fn serve(runtime: &Runtime, behaviour: Behaviour, leaf: &Leaf) -> Endpoint {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(leaf.pem.as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(leaf.key.as_bytes()).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let port = listener.local_addr().unwrap().port();
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(behaviour.serve(stream, acceptor.clone()));
        }
    });
    Endpoint { url: format!("https://127.0.0.1:{port}") }
}

fn doctor(folder: &Path, ca: &Path, endpoints: &[&Endpoint]) -> Command {
    let mut command = ctlmon(folder);
    command.args(["doctor", "-o", "json", "--ca"]).arg(ca);
    for endpoint in endpoints {
        command.args(["--endpoint", &format!("scheduler={}", endpoint.url)]);
    }
    command
}

struct World {
    runtime: Runtime,
    folder: TempDir,
    authority: Authority,
    ca: PathBuf,
}

impl World {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let authority = Authority::new("etcd-ca");
        let ca = write(folder.path(), "ca.crt", &authority.pem);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        Self { runtime, folder, authority, ca }
    }

    fn judge(&self, behaviour: Behaviour, leaf: &Leaf) -> Ran {
        let endpoint = serve(&self.runtime, behaviour, leaf);
        run(&mut doctor(self.folder.path(), &self.ca, &[&endpoint]))
    }

    fn good(&self) -> Leaf {
        self.authority.issue("scheduler", &server())
    }
}

/// Every behaviour with the check that must name it, and words that must stand in its finding.
const BEHAVIOURS: [(Behaviour, &str, &str); 15] = [
    (Behaviour::SilentBeforeTls, "metrics-endpoint-unreachable", "it never answered"),
    (Behaviour::SilentAfterTls, "metrics-endpoint-unreachable", "it never answered"),
    (Behaviour::HeaderByteByByte, "metrics-endpoint-unreachable", "came too slowly to finish"),
    (Behaviour::BodyByteByByte, "answers-something-else", "its body does not end"),
    (Behaviour::EndlessBody, "answers-something-else", "its body does not end"),
    (Behaviour::EndlessHeader, "answers-something-else", "no HTTP answer within the limits"),
    (Behaviour::ResetBeforeTls, "metrics-endpoint-unreachable", "the connection was closed"),
    (Behaviour::CloseAfterTls, "metrics-endpoint-unreachable", "the connection was closed"),
    (Behaviour::PlainHttp, "metrics-scheme-mismatch", "its port speaks http"),
    (Behaviour::Html, "answers-something-else", "it serves a web page"),
    (Behaviour::Redirect, "answers-something-else", "it redirects to https://login.example/"),
    (Behaviour::GzipBomb, "answers-something-else", "its body is encoded (gzip)"),
    (Behaviour::Empty, "answers-something-else", "it serves an empty page"),
    (Behaviour::OtherMetrics, "answers-something-else", "it serves metrics, but none of"),
    (Behaviour::NotFound, "answers-something-else", "it has no such path"),
];

#[test]
fn every_hostile_endpoint_gets_its_own_named_answer() {
    let world = World::new();
    let good = world.good();
    // All at once: that is how a run meets them, and it takes as long as the slowest.
    let endpoints: Vec<Endpoint> =
        BEHAVIOURS.iter().map(|(behaviour, ..)| serve(&world.runtime, *behaviour, &good)).collect();
    let endpoints: Vec<&Endpoint> = endpoints.iter().collect();
    let ran = run(&mut doctor(world.folder.path(), &world.ca, &endpoints));
    assert_eq!(ran.code, 1);
    let json = ran.json();
    let verdicts = json["verdicts"].as_array().unwrap();
    for ((behaviour, check, words), endpoint) in BEHAVIOURS.iter().zip(endpoints) {
        let errors: Vec<(&str, &str)> = verdicts
            .iter()
            .filter(|it| it["subject"]["name"] == endpoint.url && it["severity"] == "error")
            .map(|it| (it["check"].as_str().unwrap(), it["summary"].as_str().unwrap()))
            .collect();
        let [(found, summary)] = errors[..] else { panic!("{behaviour:?}: {errors:?}") };
        assert_eq!(found, *check, "{behaviour:?}");
        assert!(summary.contains(words), "{behaviour:?}: {summary}");
    }
    assert!(!ran.stdout.contains("s3cr3t"), "a redirect's query is nobody's business");
}

#[test]
fn a_healthy_endpoint_is_healthy() {
    let world = World::new();
    let ran = world.judge(Behaviour::Healthy, &world.good());
    assert_eq!(ran.problems("error"), [""; 0], "{}", ran.stdout);
    assert_eq!(ran.code, 0);
}

#[test]
fn every_bad_serving_certificate_gets_its_own_finding() {
    let world = World::new();
    let own = |shape| world.authority.issue("scheduler", &shape);
    let of = |authority: Authority| authority.issue("scheduler", &server());
    let cases = [
        ("expired", own(server().expired()), "serving-cert-expired", "expired on"),
        ("not yet valid", own(server().not_yet_valid()), "serving-cert-not-yet-valid", "is not valid before"),
        (
            "wrong name",
            own(server().hosts(&["etcd.example"])),
            "serving-cert-wrong-name",
            "does not name 127.0.0.1",
        ),
        ("unknown CA", of(Authority::new("other")), "serving-cert-untrusted", "holds no CA of that name"),
        ("same name", of(Authority::new("etcd-ca")), "serving-cert-untrusted", "same name with another key"),
        (
            "same text",
            of(Authority::printable("etcd-ca")),
            "serving-cert-untrusted",
            "written in other bytes",
        ),
        (
            "other key type",
            of(Authority::p384("etcd-ca")),
            "serving-cert-untrusted",
            "same name with another key",
        ),
    ];
    for (name, leaf, check, words) in cases {
        let ran = world.judge(Behaviour::Healthy, &leaf);
        assert_eq!(ran.problems("error"), [check], "{name}: {}", ran.stdout);
        assert!(ran.stdout.contains(words), "{name}: {}", ran.stdout);
    }
}

#[test]
fn all_hostile_endpoints_at_once_stay_within_their_memory() {
    const TEST: &str = "all_hostile_endpoints_at_once_stay_within_their_memory";
    const MOST_KILOBYTES: u64 = 64 * 1024;
    if !has(TEST, "time") {
        return;
    }
    let world = World::new();
    let good = world.good();
    let endpoints: Vec<Endpoint> =
        BEHAVIOURS.iter().map(|(behaviour, ..)| serve(&world.runtime, *behaviour, &good)).collect();
    let endpoints: Vec<&Endpoint> = endpoints.iter().collect();
    let inner = doctor(world.folder.path(), &world.ca, &endpoints);
    let peak = world.folder.path().join("peak");
    let mut timed = Command::new("time");
    timed.args(["-f", "%M", "-o"]).arg(&peak).arg(inner.get_program()).args(inner.get_args());
    timed.env("HOME", world.folder.path());
    run(&mut timed);
    let report = std::fs::read_to_string(&peak).unwrap();
    let kilobytes: u64 = report.lines().last().unwrap().trim().parse().unwrap();
    assert!(kilobytes < MOST_KILOBYTES, "{kilobytes} KiB");
    println!("peak memory: {kilobytes} KiB");
}

//! `--all-nodes`: every kubelet is asked, however many there are, and the report stays as short as it was.

use crate::support::{Measured, Ran, anybody::Anybody, ctlmon, fleet::Fleet, measured, run, server::runtime};
use futures::{StreamExt as _, stream};
use rustls::{ClientConfig, client::Resumption};
use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

/// More than one page of them.
const NODES: usize = 300;

fn doctor(fleet: &Fleet, folder: &TempDir, arguments: &[&str]) -> std::process::Command {
    let path = folder.path().join("config");
    fs::write(&path, fleet.kubeconfig().to_string()).unwrap();
    let mut command = ctlmon(folder.path());
    command.args(["doctor", "--via", "direct", "--kubeconfig"]).arg(path).args(arguments);
    command
}

fn kubelets(ran: &Ran) -> Vec<String> {
    let json = ran.json();
    let instances = json["instances"].as_array().unwrap().iter();
    let kubelets = instances.filter(|instance| instance["component"] == "kubelet");
    kubelets.map(|kubelet| kubelet["answer"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_kubelet_is_asked_where_that_is_wanted_and_the_report_stays_short() {
    let (runtime, folder) = (runtime(), TempDir::new().unwrap());
    let fleet = Fleet::start(&runtime, NODES, 2000);
    let sample = run(&mut doctor(&fleet, &folder, &["-o", "json"]));
    assert_eq!(kubelets(&sample).len(), 3, "{}", sample.stdout);

    let recording = folder.path().join("run");
    let all = run(doctor(&fleet, &folder, &["--all-nodes", "-o", "json", "--save"]).arg(&recording));
    let answers = kubelets(&all);
    assert_eq!(answers.len(), NODES);
    assert!(answers.iter().all(|answer| answer.starts_with("200, ")), "{answers:?}");
    assert_eq!(all.json()["cut_short"], serde_json::Value::Null);

    let replay = |format| run(ctlmon(folder.path()).args(["doctor", "-o", format, "--from"]).arg(&recording));
    assert_eq!(replay("json").stdout, all.stdout, "a recording holds all of them");
    let human = replay("human");
    assert!(human.stdout.lines().count() < 50, "{}", human.stdout);
    assert!(human.stdout.contains("300, such as"), "{}", human.stdout);
}

/// `cargo test --release --test suite all_nodes -- --ignored --nocapture`
#[test]
#[ignore = "measures time and memory, which mean something in a release build alone"]
fn a_thousand_kubelets_against_a_plain_loop() {
    const KUBELETS: usize = 1000;
    /// What a kubelet without pods serves.
    const BYTES: usize = 240 << 10;
    let (runtime, folder) = (runtime(), TempDir::new().unwrap());
    let fleet = Fleet::start(&runtime, KUBELETS, BYTES);
    let mut runs = Vec::new();
    for _ in 0..5 {
        let before = own_time();
        let plain = plainly(&fleet.kubelets);
        let plain = Cost { took: plain, processor: own_time().saturating_sub(before) };
        let before = time_of_children();
        let Measured { took, peak, ran } = measured(doctor(&fleet, &folder, &["--all-nodes", "-o", "json"]));
        let doctor = Cost { took, processor: time_of_children().saturating_sub(before) };
        let asked = kubelets(&ran).iter().filter(|answer| answer.starts_with("200, ")).count();
        assert_eq!(asked, KUBELETS, "{}", ran.stderr);
        println!("doctor {doctor:?} with {peak} KiB, plain loop {plain:?}");
        runs.push((doctor, peak, plain));
    }
    let times = |of: &dyn Fn(&Cost) -> Duration| {
        let median = |mut all: Vec<Duration>| {
            all.sort();
            all[2].as_secs_f64()
        };
        median(runs.iter().map(|run| of(&run.0)).collect())
            / median(runs.iter().map(|run| of(&run.2)).collect())
    };
    let peak = runs.iter().map(|run| run.1).max().unwrap();
    println!(
        "{:.2} times as long, {:.2} times the processor's time, {} MB at the most",
        times(&|cost| cost.took),
        times(&|cost| cost.processor),
        peak >> 10
    );
}

/// What asking all of them has cost.
#[derive(Debug)]
struct Cost {
    took: Duration,
    /// The processor's time, which depends less on what else the machine does. That of the kubelets is not in it.
    processor: Duration,
}

/// The processor's time of this thread so far.
fn own_time() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(told.split(' ').next().unwrap().parse().unwrap())
}

/// The processor's time of all child processes that have ended so far.
fn time_of_children() -> Duration {
    let told = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = told.rsplit_once(") ").unwrap();
    let ticks = fields.split(' ').skip(13).take(2).map(|ticks| ticks.parse::<u64>().unwrap());
    Duration::from_millis(10 * ticks.sum::<u64>())
}

/// The same requests without any thought: connect, shake hands, ask, read to the end.
fn plainly(ports: &[u16]) -> Duration {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_no_client_auth();
    // No two kubelets share sessions; that these do is due to their one address.
    config.resumption = Resumption::disabled();
    let connector = TlsConnector::from(Arc::new(config));
    let ask = async |port: u16| {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let mut stream = connector.connect("127.0.0.1".try_into().unwrap(), stream).await.unwrap();
        stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").await.unwrap();
        stream.flush().await.unwrap();
        let (mut read, mut buffer) = (0, vec![0; 16 << 10]);
        let mut length = None;
        while length.is_none_or(|length| read < length) {
            let more = stream.read(&mut buffer).await.unwrap();
            if length.is_none() {
                let head = String::from_utf8_lossy(&buffer[..more]);
                let (head, _) = head.split_once("\r\n\r\n").unwrap();
                let (_, body) = head.split_once("content-length: ").unwrap();
                length = Some(head.len() + 4 + body.parse::<usize>().unwrap());
            }
            read += more;
        }
    };
    let begin = Instant::now();
    runtime.block_on(stream::iter(ports).map(|port| ask(*port)).buffer_unordered(32).collect::<Vec<()>>());
    begin.elapsed()
}

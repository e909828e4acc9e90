//! `doctor --wait`: looks again until all is well, or until the time is over, and reports once.

use crate::support::{Ran, ctlmon, run, within};
use ctlmon::lab::Lab;
use serde_json::Value;
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};

/// A fault of the practice cluster, and the check that finds it.
const FAULT: (&str, &str) = ("etcd-client-cert-missing", "etcd-client-cert-missing");

fn lab(folder: &TempDir, arguments: &[&str]) -> Command {
    let mut command = ctlmon(folder.path());
    command.args(["doctor", "--lab", "-o", "json"]).args(arguments);
    command
}

#[test]
fn what_is_well_is_looked_at_once() {
    let folder = TempDir::new().unwrap();
    let ran = run(&mut lab(&folder, &["--wait", "-v"]));
    assert_eq!((ran.code, &ran.json()["exit"]), (0, &0.into()));
    assert!(ran.stderr.contains("look 1: all is well\n"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("look 2"), "{}", ran.stderr);
}

/// The clock of the practice cluster stands still, and the fault stays: it is this machine's time that runs out.
#[test]
fn past_its_time_the_last_report_is_what_counts() {
    let folder = TempDir::new().unwrap();
    let recording = folder.path().join("run");
    let begin = Instant::now();
    let waiting = ["--fault", FAULT.0, "--wait=1500ms", "-v", "--save"];
    let ran = run(lab(&folder, &waiting).arg(&recording));
    assert!(begin.elapsed() < Duration::from_secs(30));
    assert_eq!((ran.code, ran.problems("error")), (1, vec![FAULT.1.to_owned()]), "one report: {ran:?}");
    let looks: Vec<&str> = ran.stderr.lines().filter(|line| line.starts_with("look ")).collect();
    assert!((2..=4).contains(&looks.len()), "{looks:?}");
    assert!(looks[0].starts_with("look 1: 1 error, ") && looks[0].ends_with("follows in 1 s"), "{looks:?}");
    assert!(looks.last().unwrap().ends_with("the time to wait is over"), "{looks:?}");
    let replay = run(ctlmon(folder.path()).args(["doctor", "-o", "json", "--from"]).arg(recording));
    assert_eq!((replay.code, replay.stdout), (1, ran.stdout), "the last look was saved");
    // Whoever accepts what is there need not wait for it to go.
    let accepted = run(&mut lab(&folder, &["--fault", FAULT.0, "--wait", "--skip", FAULT.1, "-v"]));
    assert_eq!(accepted.code, 0, "{accepted:?}");
}

#[test]
fn an_interruption_ends_the_wait_with_what_was_seen_last() {
    let folder = TempDir::new().unwrap();
    let mut child = lab(&folder, &["--fault", FAULT.0, "--wait", "10m", "-v"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().starts_with("look 1: ")));
    assert!(Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status().unwrap().success());
    let mut stdout = String::new();
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    let ran = Ran { code: child.wait().unwrap().code().unwrap(), stdout, stderr: String::new() };
    let json = ran.json();
    assert_eq!((ran.code, &json["exit"], &json["cut_short"]), (130, &130.into(), &"interrupted".into()));
    assert_eq!(ran.problems("error"), [FAULT.1], "the look before was a whole one");
}

/// Passes connections on to a server, once it is to be reached.
fn relay(runtime: &tokio::runtime::Runtime, to: u16) -> (u16, Arc<AtomicBool>) {
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let port = listener.local_addr().unwrap().port();
    let is_open = Arc::new(AtomicBool::new(false));
    let opened = is_open.clone();
    runtime.spawn(async move {
        while let Ok((mut from, _)) = listener.accept().await {
            if opened.load(Ordering::Relaxed) {
                tokio::spawn(async move {
                    let mut to = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut from, &mut to).await;
                });
            }
        }
    });
    (port, is_open)
}

#[test]
fn a_cluster_that_comes_up_is_waited_for() {
    let runtime = crate::support::server::runtime();
    let folder = TempDir::new().unwrap();
    let mut spec = within::running();
    within::bind(&mut spec, None, "cluster-admin");
    let lab = runtime.block_on(Lab::start(spec)).unwrap();
    let mut kubeconfig = within::kubeconfig(&lab);
    let server = &mut kubeconfig["clusters"][0]["cluster"]["server"];
    let port = server.as_str().unwrap().rsplit_once(':').unwrap().1.parse().unwrap();
    let (front, is_open) = relay(&runtime, port);
    *server = Value::String(format!("https://127.0.0.1:{front}"));
    let config = folder.path().join("config");
    fs::write(&config, kubeconfig.to_string()).unwrap();
    let mut child = ctlmon(folder.path())
        .args(["doctor", "--wait", "2m", "-v", "-o", "json", "--via", "api-server,port-forward"])
        .arg("--kubeconfig")
        .arg(config)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let first = lines.find_map(|line| line.unwrap().strip_prefix("look 1: ").map(str::to_owned));
    assert!(first.unwrap().starts_with("nothing is reached"));
    is_open.store(true, Ordering::Relaxed);
    // Both at once: who waits for a program whose other pipe is full waits for ever.
    let rest = thread::spawn(move || lines.map(Result::unwrap).collect::<Vec<String>>());
    let mut stdout = String::new();
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    let ran =
        Ran { code: child.wait().unwrap().code().unwrap(), stdout, stderr: rest.join().unwrap().join("\n") };
    assert_eq!((ran.code, &ran.json()["exit"]), (0, &0.into()), "{ran:?}");
    assert!(ran.stderr.contains("look 2: all is well"), "{}", ran.stderr);
}

#[test]
fn waiting_makes_no_sense_with_a_recording_or_several_clusters_and_not_for_ever() {
    let folder = TempDir::new().unwrap();
    for arguments in [
        &["--wait", "--from", "x"][..],
        &["--wait", "--all-contexts"],
        &["--wait", "--context", "a", "--context", "b"],
        &["--wait=0"],
        &["--wait=25h"],
        &["--wait=soon"],
    ] {
        let ran = run(ctlmon(folder.path()).arg("doctor").args(arguments));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?} {ran:?}");
    }
}

//! Nothing is left behind, however the tests end: no process, no folder.

use crate::{
    control_plane::ControlPlane,
    options::Options,
    programs::{Program, has_assets},
};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Set for the process that is to be ended.
const VICTIM: &str = "CTLMON_REAL_VICTIM";

/// What is printed before what is left is looked for.
const MARK: &str = "started: ";

#[test]
fn nothing_is_left_after_any_signal() {
    const TEST: &str = "nothing_is_left_after_any_signal";
    if !has_assets(TEST) {
        return;
    }
    for signal in ["INT", "TERM", "KILL"] {
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "life::stands_until_it_is_ended", "--ignored", "--nocapture"])
            .env(VICTIM, signal)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = BufReader::new(victim.stdout.take().unwrap())
            .lines()
            .find_map(|line| Some(line.unwrap().split_once(MARK)?.1.to_owned()))
            .unwrap();
        let started: Value = serde_json::from_str(&started).unwrap();
        let folder = started["folder"].as_str().unwrap();
        assert!(Path::new(folder).join("etc/kubernetes/pki/ca.crt").is_file());
        // A command line is empty for a moment while a program takes the place of its parent's.
        until("four servers run", || mentioning(folder).len() == 4);
        let kill = Command::new("kill").args(["-s", signal, &victim.id().to_string()]).status().unwrap();
        assert!(kill.success());
        victim.wait().unwrap();
        let ids: Vec<u64> =
            started["ids"].as_array().unwrap().iter().map(|id| id.as_u64().unwrap()).collect();
        assert_eq!(ids.len(), 5);
        until(&format!("nothing is left of {folder} after SIG{signal}"), || {
            mentioning(folder).is_empty() && !ids.iter().any(|id| runs(*id)) && !Path::new(folder).exists()
        });
    }
}

#[test]
#[ignore = "stands until it is ended, by the test above"]
fn stands_until_it_is_ended() {
    const TEST: &str = "stands_until_it_is_ended";
    let Ok(signal) = std::env::var(VICTIM) else { return };
    // One is ended while it starts, and one when each server stands so well that it would not end by itself.
    let plane = match signal.as_str() {
        "KILL" => ControlPlane::start(TEST, &Options::kubeadm()).unwrap(),
        _ => ControlPlane::launch(&Options::kubeadm()),
    };
    let mut ids: Vec<u32> = Program::SERVERS.into_iter().map(|program| plane.id(program)).collect();
    ids.push(plane.warden_id());
    println!("{MARK}{}", json!({"folder": plane.folder(), "ids": ids}));
    let _ = std::io::stdin().read_line(&mut String::new());
}

#[test]
fn nothing_is_left_after_a_panic() {
    const TEST: &str = "nothing_is_left_after_a_panic";
    if !has_assets(TEST) {
        return;
    }
    let seen = std::sync::Mutex::new((String::new(), 0));
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let plane = ControlPlane::launch(&Options::kubeadm());
        *seen.lock().unwrap() = (plane.folder().display().to_string(), plane.id(Program::Etcd));
        std::panic::resume_unwind(Box::new("as a failed assertion would"));
    }));
    assert!(ended.is_err());
    let (folder, etcd) = seen.into_inner().unwrap();
    // What is dropped is gone; only what removed it may be about to end.
    assert!(!runs(etcd.into()));
    assert!(!Path::new(&folder).exists());
    until("nobody knows the folder", || mentioning(&folder).is_empty());
    // What is meant to be found later.
    let logs = Path::new(env!("CARGO_TARGET_TMPDIR")).join("real/life-nothing_is_left_after_a_panic");
    assert!(logs.join("etcd.log").is_file());
    fs::remove_dir_all(logs).unwrap();
}

/// Looks until something is so, which another process brings about.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < Duration::from_secs(5), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The processes whose command line mentions a folder.
fn mentioning(folder: &str) -> Vec<u64> {
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let entry = entry.ok()?;
        let id = entry.file_name().to_str()?.parse().ok()?;
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        String::from_utf8_lossy(&line).contains(folder).then_some(id)
    });
    processes.collect()
}

/// Whether a process runs; one that only waits to be collected does not.
fn runs(id: u64) -> bool {
    let status = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    status.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}

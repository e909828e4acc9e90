//! A cluster of 5,000 nodes and 50,000 pods: what is asked and what is kept does not grow with it.
//!
//! The objects are written to etcd past the API server, which makes some 240 pods a second and would take four minutes.

use crate::{
    api::{Api, pod, worker},
    control_plane::{ControlPlane, user},
    options::Options,
    pki::Shape,
    programs::Program,
    support,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::process::Command;

/// How many objects go into one transaction; etcd takes 128.
const TOGETHER: usize = 100;

/// What the process may hold at most, in KiB.
const MOST_MEMORY: u64 = 60 * 1024;

/// The namespace of the pods.
const NAMESPACE: &str = "apps";

#[test]
fn five_thousand_nodes_cost_what_fifty_cost() {
    const TEST: &str = "size::five_thousand_nodes_cost_what_fifty_cost";
    // Nothing renews the leases of the nodes, and the pods would be taken off them after a while.
    let controllers = "*,-node-lifecycle-controller,-pod-garbage-collector-controller";
    let options = Options::kubeadm().set(Program::ControllerManager, "controllers", controllers);
    let Some(plane) = ControlPlane::start(TEST, &options) else { return };
    if !support::has(TEST, "time") {
        return;
    }
    plane.register();
    plane.api.namespace(NAMESPACE);
    fill(&plane, 0..50, 0..500);
    let small = Cost::of(&plane, &["detect"]);
    fill(&plane, 50..5_000, 500..50_000);
    assert!(count(&plane, "/api/v1/nodes") >= 5_000);
    assert!(count(&plane, "/api/v1/pods") >= 50_000);
    let (large, doctor) = (Cost::of(&plane, &["detect"]), Cost::of(&plane, &["doctor"]));
    println!("detect with 50 nodes {small:?}\ndetect with 5,000 {large:?}\ndoctor with 5,000 {doctor:?}");
    assert_eq!(large.requests, small.requests);
    assert_eq!(large.round_trips, small.round_trips);
    assert!(large.bytes * 10 <= small.bytes * 11, "{small:?} {large:?}");
    assert!(large.memory <= MOST_MEMORY && doctor.memory <= MOST_MEMORY, "{large:?} {doctor:?}");
    assert!(doctor.round_trips <= 8, "{doctor:?}");
}

/// What a run cost, as it says itself with `-v`, and the most memory that it held, in KiB, as the kernel says.
#[derive(Debug)]
struct Cost {
    requests: u64,
    round_trips: u64,
    bytes: u64,
    memory: u64,
}

impl Cost {
    fn of(plane: &ControlPlane, arguments: &[&str]) -> Self {
        let measured = plane.ctlmon(arguments);
        let mut command = Command::new("/usr/bin/time");
        command.args(["-f", "memory %M"]).arg(measured.get_program()).args(measured.get_args()).arg("-v");
        command.env_clear().envs(measured.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let ran = support::run(&mut command);
        assert!(ran.stdout.contains("kubeadm"), "{ran:?}");
        let line = |start: &str| {
            let found = ran.stderr.lines().find_map(|line| line.strip_prefix(start));
            found.unwrap_or_else(|| panic!("{start}: {}", ran.stderr)).to_owned()
        };
        let total = line("in all: ");
        let number = |unit: &str| {
            let part = total.split(", ").find_map(|part| part.strip_suffix(unit));
            part.and_then(|number| number.trim().parse().ok()).unwrap_or_else(|| panic!("{unit}: {total}"))
        };
        let round_trips = if total.contains(" round trips") { " round trips" } else { " round trip" };
        Self {
            requests: number(" API requests"),
            round_trips: number(round_trips),
            bytes: number(" bytes"),
            memory: line("memory ").trim().parse().unwrap(),
        }
    }
}

/// How many objects the API server knows, by the first page of one.
fn count(plane: &ControlPlane, path: &str) -> u64 {
    let page = plane.api.get(&format!("{path}?limit=1")).unwrap();
    1 + page["metadata"]["remainingItemCount"].as_u64().unwrap()
}

/// Puts nodes and pods into etcd as the API server would store them in JSON.
fn fill(plane: &ControlPlane, nodes: std::ops::Range<usize>, pods: std::ops::Range<usize>) {
    let client = plane.pki.etcd.issue(&Shape::client("fills"));
    let etcd = Api::new(&json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "etcd",
        "clusters": [{"name": "etcd", "cluster": {
            "server": format!("https://127.0.0.1:{}", plane.ports.of(Program::Etcd)),
            "certificate-authority-data": STANDARD.encode(&plane.pki.etcd.leaf.pem),
        }}],
        "users": [{"name": "fills", "user": user(&client)}],
        "contexts": [{"name": "etcd", "context": {"cluster": "etcd", "user": "fills"}}],
    }));
    let (spread, first) = (nodes.end, nodes.start + pods.start);
    let nodes = nodes.map(|number| ("minions".to_owned(), worker(number)));
    let pods = pods.map(|number| {
        let mut pod = pod(number, Some(format!("worker-{}", number % spread)));
        pod["metadata"]["namespace"] = json!(NAMESPACE);
        (format!("pods/{NAMESPACE}"), pod)
    });
    let objects = nodes.chain(pods).zip(first..);
    let puts: Vec<Value> = objects.map(|((place, object), at)| put(at, &place, object)).collect();
    etcd.post_all("/v3/kv/txn", puts.chunks(TOGETHER).map(|puts| json!({"success": puts})));
}

fn put(at: usize, place: &str, mut object: Value) -> Value {
    let name = object["metadata"]["name"].as_str().unwrap().to_owned();
    object["metadata"]["uid"] = json!(format!("00000000-0000-4000-8000-{at:012x}"));
    object["metadata"]["creationTimestamp"] = json!("2026-01-01T00:00:00Z");
    json!({"requestPut": {
        "key": STANDARD.encode(format!("/registry/{place}/{name}")),
        "value": STANDARD.encode(object.to_string()),
    }})
}

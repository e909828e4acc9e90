//! What people paste, as the program reads it: real output of kubectl in every form, damaged, endless, and by mistake.

use crate::support::{ctlmon, run};
use ctlmon::{
    distributions::{Facts, detect},
    model::{facts::Node, snapshot::Snapshot, survey},
    monitoring::monitoring,
    observe::pasted,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{
    fmt::Write as _,
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// The folder with real output; `None`, and said so, where there is none.
fn shared(test: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("CTLMON_SHARED").map_or_else(beside, PathBuf::from).join("data");
    if !folder.is_dir() {
        eprintln!("skipped: {test}: no shared data");
        return None;
    }
    Some(folder)
}

fn read(inputs: &[&[u8]]) -> Result<Snapshot, pasted::PastedError> {
    let inputs: Vec<(String, Vec<u8>)> =
        inputs.iter().map(|bytes| ("x".to_owned(), bytes.to_vec())).collect();
    pasted::read(&inputs, Timestamp::UNIX_EPOCH)
}

/// The folders of the real clusters.
fn clusters(data: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(data.join("clusters")).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

#[test]
fn a_described_node_is_the_node() {
    let Some(data) = shared("a_described_node_is_the_node") else { return };
    let nodes = |bytes: Vec<u8>| -> Vec<Node> {
        let snapshot = read(&[&bytes]).unwrap_or_else(|error| panic!("{error}"));
        snapshot.nodes(&survey::nodes()).value().unwrap().items.clone()
    };
    let folders = clusters(&data);
    for folder in &folders {
        let described = nodes(fs::read(folder.join("describe-node-0.txt")).unwrap());
        let listed = nodes(fs::read(folder.join("nodes.json")).unwrap());
        for node in described {
            let same = listed.iter().find(|other| {
                // The list was converted by a program that took a line of a condition's message for the name.
                other.name == node.name || other.name.starts_with("kubernetes.default.svc.")
            });
            let same = same.unwrap_or_else(|| panic!("{}: {}", folder.display(), node.name));
            assert_eq!(node.labels, same.labels, "{}", folder.display());
            assert_eq!(node.taints, same.taints, "{}", folder.display());
            assert_eq!(
                node.annotations.keys().collect::<Vec<_>>(),
                same.annotations.keys().collect::<Vec<_>>()
            );
            assert_eq!((&node.provider_id, &node.os_image), (&same.provider_id, &same.os_image));
            assert_eq!((&node.kubelet_version, &node.runtime), (&same.kubelet_version, &same.runtime));
        }
    }
    assert_eq!(folders.len(), 100);
}

#[test]
fn everything_that_real_clusters_printed_is_read() {
    let Some(data) = shared("everything_that_real_clusters_printed_is_read") else { return };
    for folder in clusters(&data) {
        let names = ["nodes.json", "api-versions.txt", "kubectl-version.txt", "cluster-info.txt"];
        let inputs = names.map(|name| fs::read(folder.join(name)).unwrap());
        let snapshot = read(&inputs.each_ref().map(Vec::as_slice)).unwrap_or_else(|error| panic!("{error}"));
        assert!(
            snapshot.version().value().is_some() && snapshot.api_groups().value().is_some(),
            "{}",
            folder.display()
        );
        // The same as YAML, with a byte-order mark and with the line ends of Windows.
        let value: Value = serde_json::from_slice(&inputs[0]).unwrap();
        let yaml = serde_yaml::to_string(&value).unwrap();
        let variants =
            [yaml.clone(), yaml.replace('\n', "\r\n"), format!("\u{feff}{yaml}"), format!("\u{feff}{value}")];
        let expected = read(&[&inputs[0]]).unwrap();
        for variant in variants {
            let seen =
                read(&[variant.as_bytes()]).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
            assert_eq!(seen.asked, expected.asked, "{}", folder.display());
        }
    }
}

/// Inputs of every form, for damaging: real ones where they are at hand.
fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = [
        r#"{"apiVersion":"v1","items":[{"kind":"Node","metadata":{"name":"a","labels":{"b":"c"}},"spec":{"taints":[{"key":"k"}]}},
           {"kind":"Pod","metadata":{"name":"p","namespace":"kube-system","labels":{"component":"etcd"}},"spec":{"containers":[{"args":["--a=b"]}]}},
           {"kind":"Deployment","apiVersion":"extensions/v1beta1","metadata":{"name":"heapster","namespace":"kube-system"},
            "spec":{"template":{"metadata":{"labels":{"k8s-app":"heapster"}},"spec":{"containers":[{"image":"heapster-amd64:v1","command":["--sink=a","--source","b"]}],
            "volumes":[{"name":"v","emptyDir":{}}]}}}},
           {"kind":"ConfigMap","metadata":{"name":"kubeadm-config","namespace":"kube-system"},"data":{"a":"b"}},
           {"kind":"APIService","metadata":{"name":"v1.apps"},"spec":{"group":"apps","version":"v1"}},
           {"kind":"ClusterRoleBinding","metadata":{"name":"heapster"},"roleRef":{"kind":"ClusterRole","name":"system:heapster"}}],
           "kind":"List","metadata":{"continue":""}}"#,
        r#"{"items":[{"metadata":{"name":"a"}}],"kind":"NamespaceList"} {"gitVersion":"v1.30.0"} [{"kind":"Node","metadata":{"name":"n"}}]"#,
        "apiVersion: v1\nkind: NodeList\nitems:\n- metadata:\n    name: a\n    labels: {x: y}\n  status:\n    nodeInfo: {kubeletVersion: v1}\n---\nkind: Pod\nmetadata: {name: p, namespace: kube-system}\n",
        "Client Version: version.Info{Major:\"1\", GitVersion:\"v1\"}\nServer Version: version.Info{Major:\"1\", Minor:\"21+\", GitVersion:\"v1.21.1\"}\n",
        "apps/v1\nbatch/v1\nv1\n",
        "Name:   a\nRoles:  master\nLabels:  b=c\n         d=\nAnnotations:  e: f\nTaints:  k=v:NoSchedule\nAddresses:\n  InternalIP:  1.2.3.4\nSystem Info:\n  Kubelet Version:  v1\n",
        "Error from server (Forbidden): nodes is forbidden: User \"u\" cannot list resource \"nodes\" in API group \"\"\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec();
    if let Some(data) = shared("no_damage_makes_the_program_panic, of the real files") {
        let folders = clusters(&data);
        for folder in folders.iter().step_by(9) {
            for name in [
                "nodes.json",
                "api-versions.txt",
                "kubectl-version.txt",
                "cluster-info.txt",
                "describe-node-0.txt",
                "pods.txt",
            ] {
                seeds.push(fs::read(folder.join(name)).unwrap());
            }
        }
        for name in
            ["pods.json", "cm.json", "daemonsets.json", "apiservices.json", "version.json", "apis.json"]
        {
            seeds.push(fs::read(data.join("kubeadm-1.36").join(name)).unwrap());
        }
    }
    seeds
}

/// A fixed sequence of numbers: what fails once must fail again.
struct Sequence(u64);

impl Sequence {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below.max(1)
    }
}

/// Damages bytes in one of the ways in which pastes are damaged.
fn damage(bytes: &mut Vec<u8>, other: &[u8], sequence: &mut Sequence) {
    const TOKENS: [&[u8]; 22] = [
        b"null",
        b"{}",
        b"[]",
        b"\"\"",
        b"1e999",
        b"-1",
        b"true",
        b":",
        b",",
        b"\n",
        b"\r\n",
        b"\0",
        b"\xff",
        b"\xEF\xBB\xBF",
        b"\"items\":",
        b"\"kind\":\"List\"",
        b"---\n",
        b"  ",
        b"\t",
        b"&a *a",
        b"{\"a\":",
        "é".as_bytes(),
    ];
    let length = bytes.len();
    let (from, to) = (sequence.next(length), sequence.next(length));
    match sequence.next(7) {
        0 => bytes[from] = u8::try_from(sequence.next(256)).unwrap(),
        1 => bytes.truncate(from.max(1)),
        2 => drop(bytes.drain(from.min(to)..from.max(to).min(from.min(to) + 200))),
        3 => drop(bytes.splice(from..from, TOKENS[sequence.next(TOKENS.len())].iter().copied())),
        4 => {
            let piece: Vec<u8> = bytes[from..(from + 300).min(length)].to_vec();
            drop(bytes.splice(to..to, piece));
        }
        5 => {
            let start = sequence.next(other.len());
            let piece: Vec<u8> = other[start..(start + 300).min(other.len())].to_vec();
            drop(bytes.splice(from..from, piece));
        }
        // A value in place of another: what stands between two quotes or commas.
        _ => {
            let end = bytes[from..]
                .iter()
                .position(|byte| b",}]\n".contains(byte))
                .map_or(length, |end| from + end);
            let start =
                bytes[..end].iter().rposition(|byte| b":[".contains(byte)).map_or(0, |start| start + 1);
            drop(bytes.splice(start..end, TOKENS[sequence.next(TOKENS.len())].iter().copied()));
        }
    }
    if bytes.is_empty() {
        bytes.push(b'x');
    }
}

#[test]
fn no_damage_makes_the_program_panic() {
    const ROUNDS: usize = 4000;
    let seeds = seeds();
    let mut sequence = Sequence(0x9E37_79B9_7F4A_7C15);
    let (mut good, mut bad) = (0, 0);
    let end = Instant::now() + Duration::from_secs(20);
    for round in 0..ROUNDS {
        let mut bytes = seeds[round % seeds.len()].clone();
        for _ in 0..=sequence.next(4) {
            let other = sequence.next(seeds.len());
            damage(&mut bytes, &seeds[other], &mut sequence);
        }
        match read(&[&bytes]) {
            Ok(snapshot) => {
                good += 1;
                drop((detect(&Facts::gather(&snapshot)), monitoring(&snapshot)));
            }
            Err(error) => {
                bad += 1;
                assert!(!error.to_string().is_empty());
            }
        }
        assert!(Instant::now() < end, "{round} rounds were too slow");
    }
    assert!(good > ROUNDS / 20 && bad > ROUNDS / 20, "{good} good, {bad} bad: the damage is of no use");
}

#[test]
fn every_format_says_the_same_and_ends_with_the_same_code() {
    let folder = TempDir::new().unwrap();
    let node = json!({"kind": "Node", "metadata": {"name": "kind-control-plane", "labels": {"yes": "no", "v": "1e3"}},
        "spec": {"providerID": "kind://docker/kind/kind-control-plane"}});
    let known = json!({"kind": "List", "items": [node]}).to_string();
    let unknown = json!({"kind": "NodeList", "items": []}).to_string();
    for (name, text, code, id) in [("known", &known, 0, "kind"), ("unknown", &unknown, 3, "unknown")] {
        fs::write(folder.path().join(name), text).unwrap();
        let ran = |output: &str, more: &[&str]| {
            let ran = run(ctlmon(folder.path()).args(["detect", "-f", name, "-o", output]).args(more));
            assert_eq!(ran.code, code, "{output}: {ran:?}");
            ran
        };
        assert_eq!(ran("name", &[]).stdout, format!("{id}\n"));
        let mut json = ran("json", &["--why"]).json();
        let mut yaml = ctlmon::yaml::documents(&ran("yaml", &["--why"]).stdout).unwrap().remove(0);
        for document in [&mut json, &mut yaml] {
            document["taken_at"] = Value::Null;
        }
        assert_eq!(json, yaml);
        for key in [
            "distribution",
            "certainty",
            "control_plane",
            "evidence",
            "rivals",
            "contradictions",
            "gaps",
            "monitoring",
        ] {
            assert!(json.get(key).is_some(), "{key}");
        }
        assert_eq!(json["sample"]["complete"], true);
        let human = ran("human", &[]).stdout;
        let first = human.lines().next().unwrap();
        assert!(first.contains("; "), "{human}");
        assert_eq!(json["distribution"]["id"].as_str().unwrap_or("unknown"), id);
    }
    let why = run(ctlmon(folder.path()).args(["detect", "-f", "known", "--why"])).stdout;
    assert!(
        why.contains("kind, the answer:") && why.contains("+ decisive") && why.contains("not there: "),
        "{why}"
    );
    let json = run(ctlmon(folder.path()).args(["detect", "-f", "known", "--why", "-o", "json"])).json();
    let clues = json["weighing"][0]["clues"].as_array().unwrap();
    for outcome in ["found", "absent", "unknown"] {
        assert!(clues.iter().any(|clue| clue["outcome"] == outcome), "{outcome}: {clues:#?}");
    }
}

/// What kubectl prints of one pod: 10 KB.
fn pod(number: usize) -> String {
    let padding: String = (0..90).fold(String::new(), |mut text, field| {
        let _ = write!(text, "\"field-{field}\": \"{}\",", "x".repeat(90));
        text
    });
    format!(
        "{{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {{\"name\": \"pod-{number}\", \"namespace\": \"ns-{}\", \
         \"labels\": {{\"app\": \"x\"}}, \"managedFields\": [{{{padding} \"a\": 1}}]}}, \"spec\": {{\"containers\": [{{\"name\": \"c\"}}]}}}}",
        number % 300
    )
}

/// What kubectl prints of one node: 11 KB.
fn node(number: usize) -> String {
    let labels: String = (0..25).fold(String::new(), |mut text, label| {
        let _ = write!(text, "\"example.com/label-{label}\": \"value-{number}\",");
        text
    });
    let image = |image| {
        format!(
            "{{\"names\": [\"registry.example.com/{image}@sha256:{}\"], \"sizeBytes\": 1}}",
            "0".repeat(64)
        )
    };
    let images: Vec<String> = (0..50).map(image).collect();
    format!(
        "{{\"apiVersion\": \"v1\", \"kind\": \"Node\", \"metadata\": {{\"name\": \"node-{number}\", \"labels\": {{{labels} \
         \"kubernetes.io/os\": \"linux\"}}}}, \"spec\": {{\"providerID\": \"kind://docker/kind/node-{number}\"}}, \"status\": {{\"images\": [{}], \
         \"nodeInfo\": {{\"kubeletVersion\": \"v1.30.0\", \"osImage\": \"Debian\"}}}}}}",
        images.join(",")
    )
}

/// A list of so many items, made as it is read.
struct Made {
    item: fn(usize) -> String,
    count: usize,
    next: usize,
    rest: io::Cursor<Vec<u8>>,
}

impl Made {
    fn new(item: fn(usize) -> String, count: usize) -> Self {
        Self {
            item,
            count,
            next: 0,
            rest: io::Cursor::new(b"{\"apiVersion\": \"v1\", \"items\": [\n".to_vec()),
        }
    }
}

impl Read for Made {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.rest.read(buffer)?;
        if read > 0 || self.next > self.count {
            return Ok(read);
        }
        let text = match self.next {
            0 => (self.item)(0),
            next if next < self.count => format!(",\n{}", (self.item)(next)),
            _ => "], \"kind\": \"List\", \"metadata\": {\"resourceVersion\": \"\"}}\n".to_owned(),
        };
        self.next += 1;
        self.rest = io::Cursor::new(text.into_bytes());
        self.rest.read(buffer)
    }
}

/// `cargo test --release --test suite pasted -- --ignored --nocapture`
#[test]
#[ignore = "measures time and memory, which mean something in a release build alone"]
fn large_lists_cost_time_and_no_memory() {
    let folder = TempDir::new().unwrap();
    let measure = |what: &str, mut list: Made, expected: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ctlmon"));
        command.env_clear().current_dir(folder.path()).args(["detect", "-o", "name", "-f", "-"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let begin = Instant::now();
        let mut pipe = child.stdin.take().unwrap();
        let bytes = io::copy(&mut list, &mut pipe).unwrap();
        let status = format!("/proc/{}/status", child.id());
        let status = fs::read_to_string(status).unwrap_or_default();
        let peak =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default().trim().to_owned();
        drop(pipe);
        let output = child.wait_with_output().unwrap();
        let took = begin.elapsed();
        println!("{what}: {} MiB in {took:?}, at most {peak}", bytes >> 20);
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
        let kilobytes: u64 = peak.split(' ').next().unwrap().parse().unwrap();
        assert!(kilobytes < 100 << 10, "{peak}");
    };
    measure("20,000 pods", Made::new(pod, 20_000), "unknown\n");
    measure("100,000 pods", Made::new(pod, 100_000), "unknown\n");
    measure("5,000 nodes", Made::new(node, 5_000), "kind\n");
    measure("50,000 nodes", Made::new(node, 50_000), "kind\n");
}

//! The hundred real clusters of certified products: what detection says of each, from everything that was printed of it and
//! from parts of that. They are not part of the project: without them these tests say so, by name, and pass.

use ctlmon::{
    distributions::{ALL, Detection, Facts, Match, Place, Signal, Weight, Who, detect},
    model::snapshot::{Snapshot, Wanted},
    observe::pasted,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// The document that keeps the confusion table.
const DOCUMENT: &str = "docs/detection-accuracy.md";

/// Clusters whose own pods contradict what is said of their product: a mapping by product has them hosted, and static pods
/// of kube-apiserver run on a node of theirs.
const PLACE_BY_OWN_PODS: [&str; 2] = ["baidu-cce__baiducloud__v1.22", "jdcloud-jcs__jdcloud__v1.22"];

struct Cluster {
    name: String,
    truth: String,
    place: String,
    /// What was printed: a name for messages and the bytes.
    nodes: Value,
    pods: Vec<u8>,
    groups: Vec<u8>,
    version: Vec<u8>,
}

/// The clusters, sorted by name; none where the folder is not there.
fn clusters(test: &str) -> Vec<Cluster> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = env::var_os("CTLMON_SHARED").map_or_else(beside, PathBuf::from).join("data/clusters");
    if !folder.is_dir() {
        eprintln!("skipped: no shared data ({test})");
        return Vec::new();
    }
    let mut clusters: Vec<Cluster> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| read(&path))
        .collect();
    clusters.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(clusters.len(), 100);
    clusters
}

fn read(folder: &Path) -> Cluster {
    let bytes = |name: &str| fs::read(folder.join(name)).unwrap();
    let meta: Value = serde_json::from_slice(&bytes("meta.json")).unwrap();
    // The list of pods names them as kubectl does with columns of one's own, which is read back as the objects they are.
    let pods = String::from_utf8(bytes("pods.txt")).unwrap();
    let pods: Vec<Value> = pods
        .lines()
        .filter_map(|line| line.split_once('/'))
        .map(|(namespace, name)| json!({"kind": "Pod", "metadata": {"namespace": namespace, "name": name}}))
        .collect();
    Cluster {
        name: folder.file_name().unwrap().to_string_lossy().into_owned(),
        truth: meta["true_distribution"].as_str().unwrap().to_owned(),
        place: meta["control_plane"].as_str().unwrap().to_owned(),
        nodes: serde_json::from_slice(&bytes("nodes.json")).unwrap(),
        // On nodes that keep others off, pods may be missing: a part of a list.
        pods: json!({"kind": "PodList", "metadata": {"continue": "x"}, "items": pods})
            .to_string()
            .into_bytes(),
        groups: bytes("api-versions.txt"),
        version: bytes("kubectl-version.txt"),
    }
}

/// The parts of what was printed, as a set of bits.
const NODES: u8 = 1;
const GROUPS: u8 = 2;
const VERSION: u8 = 4;
const PODS: u8 = 8;
/// What the folders hold of kubectl's own output.
const PRINTED: u8 = NODES | GROUPS | VERSION;

impl Cluster {
    fn inputs(&self, parts: u8) -> Vec<(String, Vec<u8>)> {
        let nodes = self.nodes.to_string().into_bytes();
        [
            (NODES, nodes),
            (GROUPS, self.groups.clone()),
            (VERSION, self.version.clone()),
            (PODS, self.pods.clone()),
        ]
        .into_iter()
        .filter(|(part, _)| parts & part != 0)
        .map(|(part, bytes)| (format!("{} {part}", self.name), bytes))
        .collect()
    }

    fn detect(&self, parts: u8) -> Detection {
        detection_of(&self.inputs(parts))
    }

    /// The id that the true product has here.
    fn id(&self) -> &str {
        match self.truth.as_str() {
            "rke1-rancher" => "rke1",
            "openshift" | "openshift-dedicated" => "openshift4",
            "openshift4-roks" => "roks",
            "capi" | "capi-spectro" => "cluster-api",
            "magnum-nhn" => "magnum",
            "kapsule" => "scaleway",
            "ovh-mks" => "ovh",
            "exoscale-sks" => "exoscale",
            "vultr-vke" => "vultr",
            "volcengine-vke" => "volcengine",
            "upcloud-uks" => "upcloud",
            "kubeadm-on-linode" => "kubeadm",
            "eks-d-on-kops" => "kops",
            truth => truth,
        }
    }

    /// Whether a name is right, or a parent that is accepted where nothing names the product.
    fn accepts(&self, named: &str) -> bool {
        const OF_KUBEADM: &str = "kubekey rafay-mks starlingx ocne capi-spectro metalk8s kublr icp lokomotive typhoon \
                                  kubeasz flexkube karbon qingcloud-qke jdcloud-jcs ksyun-kce kamaji kubespray kube-up \
                                  cfcr mesosphere-mke kubeone konvoy platform9 aks-engine capi tkg eks-anywhere magnum \
                                  kops gardener";
        const OF_CLUSTER_API: &str = "capi-spectro tkg konvoy eks-anywhere giantswarm";
        let truth = self.truth.as_str();
        let lists = |list: &str| list.split_whitespace().any(|of| of == truth);
        named == self.id()
            || (named == "kubeadm" && lists(OF_KUBEADM))
            || (named == "cluster-api" && lists(OF_CLUSTER_API))
            || matches!(
                (truth, named),
                ("openshift-dedicated", "osd" | "rosa") | ("openshift4-roks", "openshift4")
            )
            || matches!((truth, named), ("kubermatic", "kubeone") | ("kubeone", "kubermatic"))
            || matches!((truth, named), ("docker-desktop", "kind"))
    }

    /// Whether a place is right, or is not settled.
    fn accepts_place(&self, place: Place) -> bool {
        if PLACE_BY_OWN_PODS.contains(&self.name.as_str()) {
            return place == Place::StaticPods;
        }
        match (self.truth.as_str(), self.place.as_str()) {
            ("vcluster", _) => place == Place::Virtual,
            (_, "self-managed") => matches!(place, Place::StaticPods | Place::HostProcesses),
            (_, "hosted" | "hidden-bosh") => matches!(place, Place::Hosted | Place::HostedPartial),
            (_, "managed-visible") => place == Place::StaticPods,
            _ => true,
        }
    }
}

fn detection_of(inputs: &[(String, Vec<u8>)]) -> Detection {
    // Pods of other namespaces alone answer nothing, and whoever pastes them is told so.
    let snapshot = pasted::read(inputs, Timestamp::UNIX_EPOCH)
        .unwrap_or_else(|_| Snapshot::empty(Timestamp::UNIX_EPOCH, Wanted::default()));
    detect(&Facts::gather(&snapshot))
}

fn certain(detection: &Detection) -> Option<&'static str> {
    match &detection.who {
        Who::Certain(best) => Some(best.distribution.id),
        _ => None,
    }
}

fn certainty(detection: &Detection) -> &'static str {
    match detection.who {
        Who::Certain(_) => "certain",
        Who::Likely { .. } => "likely",
        Who::Unknown => "unknown",
    }
}

#[track_caller]
fn never_certain_and_wrong(cluster: &Cluster, detection: &Detection, given: &str) {
    if let Some(id) = certain(detection) {
        assert!(cluster.accepts(id), "{} with {given}: certain of {id}", cluster.name);
    }
    let placed = &detection.place;
    assert!(
        !placed.certain || cluster.accepts_place(placed.place),
        "{} with {given}: certain of {}",
        cluster.name,
        placed.place
    );
}

#[derive(Default)]
struct Count {
    certain: usize,
    likely: usize,
    unknown: usize,
    certain_wrong: usize,
    likely_wrong: usize,
    place_wrong: usize,
    place_unknown: usize,
}

impl Count {
    fn add(&mut self, cluster: &Cluster, detection: &Detection) {
        let is_right = detection.best().is_some_and(|best| cluster.accepts(best.distribution.id));
        let field = match (&detection.who, is_right) {
            (Who::Certain(_), true) => &mut self.certain,
            (Who::Certain(_), false) => &mut self.certain_wrong,
            (Who::Likely { .. }, true) => &mut self.likely,
            (Who::Likely { .. }, false) => &mut self.likely_wrong,
            (Who::Unknown, _) => &mut self.unknown,
        };
        *field += 1;
        if !cluster.accepts_place(detection.place.place) {
            let is_unknown = detection.place.place == Place::Unknown;
            *(if is_unknown { &mut self.place_unknown } else { &mut self.place_wrong }) += 1;
        }
    }

    fn row(&self, given: &str) -> String {
        format!(
            "| {given} | {} | {} | {} | {} | {} | {} | {} |\n",
            self.certain,
            self.likely,
            self.unknown,
            self.certain_wrong,
            self.likely_wrong,
            self.place_wrong,
            self.place_unknown
        )
    }
}

#[test]
fn names_the_hundred_clusters() {
    let clusters = clusters("names_the_hundred_clusters");
    if clusters.is_empty() {
        return;
    }
    let given = [
        ("nodes, API groups, version", PRINTED),
        ("the same and the names of pods", PRINTED | PODS),
        ("nodes alone", NODES),
        ("the version alone", VERSION),
        ("the API groups alone", GROUPS),
    ];
    let mut figures = String::new();
    let mut confusion: BTreeMap<(&str, String, String), usize> = BTreeMap::new();
    for (words, parts) in given {
        let mut count = Count::default();
        for cluster in &clusters {
            let detection = cluster.detect(parts);
            never_certain_and_wrong(cluster, &detection, words);
            count.add(cluster, &detection);
            let named = detection.best().map_or("—", |best| best.distribution.id);
            if parts == PRINTED {
                let place = detection.place.place.to_string();
                let named = format!("`{named}` {}", certainty(&detection));
                *confusion.entry((&cluster.truth, named, place)).or_default() += 1;
            }
            if parts & PRINTED == PRINTED
                && !detection.best().is_some_and(|it| cluster.accepts(it.distribution.id))
            {
                eprintln!("{words}: {} is called {named}, {}", cluster.name, certainty(&detection));
            }
            if parts & PRINTED == PRINTED && !cluster.accepts_place(detection.place.place) {
                eprintln!(
                    "{words}: {} is placed {} for {}",
                    cluster.name, detection.place.place, cluster.place
                );
            }
        }
        figures.push_str(&count.row(words));
        if parts & PRINTED == PRINTED {
            assert!(count.certain + count.likely >= 96, "{}", count.row(words));
            assert!(count.certain >= 80, "{}", count.row(words));
            assert!(count.likely_wrong <= 2, "{}", count.row(words));
            assert_eq!(count.place_wrong, 0, "{}", count.row(words));
        }
    }
    let document = document(&figures, &confusion);
    eprintln!("{document}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(DOCUMENT);
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &document).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == document, "{DOCUMENT} is stale: run again with BLESS=1");
}

fn document(figures: &str, confusion: &BTreeMap<(&str, String, String), usize>) -> String {
    let mut out = format!(
        "<!-- Written by a test from a hundred real clusters; do not edit. -->\n\n# How accurate detection is\n\n\
         A hundred clusters of {} products, from the vendors' own certified conformance runs: a node or two, the API groups \
         and the version as kubectl printed them.\nThey are read as `ctlmon detect -f` reads what is pasted. \
         A parent, such as kubeadm for a product of which nothing bears the name, counts as right.\n\n\
         | given | certain | likely | unknown | certain and wrong | likely and wrong | place wrong | place unknown |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n{figures}\n\
         ## Product by product\n\n\
         With nodes, API groups and version.\n\n\
         | product | called | place | clusters |\n| --- | --- | --- | --- |\n",
        confusion.keys().map(|(truth, ..)| truth).collect::<BTreeSet<_>>().len()
    );
    for ((truth, named, place), count) in confusion {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "| {truth} | {named} | {place} | {count} |");
    }
    out
}

#[test]
fn is_never_certain_and_wrong_with_any_part_of_what_was_printed() {
    for cluster in clusters("is_never_certain_and_wrong_with_any_part_of_what_was_printed") {
        for parts in 1..16 {
            let detection = cluster.detect(parts);
            never_certain_and_wrong(&cluster, &detection, &format!("parts {parts}"));
        }
    }
}

#[test]
fn more_seen_never_turns_one_certainty_into_another() {
    for cluster in clusters("more_seen_never_turns_one_certainty_into_another") {
        let named: BTreeSet<&str> = (1..16).filter_map(|parts| certain(&cluster.detect(parts))).collect();
        assert!(named.len() <= 1, "{}: {named:?}", cluster.name);
    }
}

/// Copies of the nodes of a cluster under other names, as a cluster of several has them.
fn several(nodes: &Value, count: usize) -> Vec<Value> {
    let items = nodes["items"].as_array().unwrap();
    (0..count)
        .map(|number| {
            let mut node = items[number % items.len()].clone();
            let name = format!("{}-{number:02}", node["metadata"]["name"].as_str().unwrap());
            node["metadata"]["name"] = name.into();
            node
        })
        .collect()
}

fn with_nodes(cluster: &Cluster, nodes: &[Value]) -> Detection {
    let mut inputs = cluster.inputs(GROUPS | VERSION);
    let list = json!({"kind": "NodeList", "items": nodes}).to_string().into_bytes();
    inputs.push((cluster.name.clone(), list));
    detection_of(&inputs)
}

#[test]
fn half_of_the_nodes_never_turns_one_certainty_into_another() {
    let clusters = clusters("half_of_the_nodes_never_turns_one_certainty_into_another");
    for (number, cluster) in clusters.iter().enumerate() {
        let whole = cluster.detect(PRINTED);
        let nodes = cluster.nodes["items"].as_array().unwrap();
        let half = with_nodes(cluster, &nodes[..nodes.len() / 2]);
        never_certain_and_wrong(cluster, &half, "half of the nodes");
        if let (Some(before), Some(after)) = (certain(&whole), certain(&half)) {
            assert_eq!(before, after, "{}", cluster.name);
        }
        // A cluster of which half of the nodes are another's, by mistake or in a move.
        let other = &clusters[(number + 37) % clusters.len()];
        let mixed: Vec<Value> =
            several(&cluster.nodes, 4).into_iter().chain(several(&other.nodes, 4)).collect();
        let both = certain(&with_nodes(cluster, &mixed));
        for half in [&mixed[..4], &mixed[4..]] {
            if let (Some(before), Some(after)) = (both, certain(&with_nodes(cluster, half))) {
                assert_eq!(before, after, "{} with nodes of {}", cluster.name, other.name);
            }
        }
    }
}

#[test]
fn the_order_of_nodes_changes_nothing() {
    for cluster in clusters("the_order_of_nodes_changes_nothing") {
        let mut nodes = several(&cluster.nodes, 5);
        let expected = format!("{:?}", with_nodes(&cluster, &nodes));
        nodes.reverse();
        assert_eq!(format!("{:?}", with_nodes(&cluster, &nodes)), expected, "{}", cluster.name);
        nodes.swap(1, 3);
        assert_eq!(format!("{:?}", with_nodes(&cluster, &nodes)), expected, "{}", cluster.name);
    }
}

#[test]
fn every_product_of_the_clusters_can_be_named() {
    for cluster in clusters("every_product_of_the_clusters_can_be_named") {
        let is_known = ALL.iter().any(|distribution| cluster.accepts(distribution.id));
        assert!(is_known, "{}", cluster.name);
    }
}

/// Puts on the nodes what a clue is about, if it is about a key of them.
fn with_sign(nodes: &Value, signal: &Signal) -> Vec<Option<Value>> {
    let (part, key, value) = match *signal {
        Signal::NodeLabel(key, value) => ("labels", key, value),
        Signal::NodeAnnotation(key, value) => ("annotations", key, value),
        Signal::Any(parts) => return parts.iter().flat_map(|part| with_sign(nodes, part)).collect(),
        _ => return vec![None],
    };
    let value = match value {
        Match::Is(text) | Match::Starts(text) | Match::Ends(text) | Match::Contains(text) => text,
        Match::Any | Match::Lacks(_) => "x",
    };
    let key = if key.ends_with('/') { format!("{key}x") } else { key.to_owned() };
    let mut nodes = nodes.clone();
    for node in nodes["items"].as_array_mut().unwrap() {
        node["metadata"][part][&key] = value.into();
    }
    vec![Some(nodes)]
}

#[test]
fn nothing_is_certain_that_is_contradicted() {
    let mut tried = 0;
    for cluster in clusters("nothing_is_certain_that_is_contradicted") {
        for distribution in ALL {
            for clue in distribution.clues.iter().filter(|clue| clue.weight == Weight::Contradicts) {
                for nodes in with_sign(&cluster.nodes, &clue.signal).into_iter().flatten() {
                    let detection = with_nodes(&cluster, nodes["items"].as_array().unwrap());
                    assert_ne!(
                        certain(&detection),
                        Some(distribution.id),
                        "{} {:?}",
                        cluster.name,
                        clue.signal
                    );
                    tried += 1;
                }
            }
        }
    }
    eprintln!("{tried} contradictions");
}

/// A fixed sequence of numbers: what fails once must fail again.
fn numbers(seed: u32) -> impl FnMut() -> usize {
    let mut state = 0x9E37_79B9_u32.wrapping_add(seed);
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize
    }
}

#[test]
fn mangled_inputs_neither_panic_nor_make_anything_certain_and_wrong() {
    const BYTES: &[u8] = b"{}[]\",:\n -0ax\xff\0";
    for (number, cluster) in
        clusters("mangled_inputs_neither_panic_nor_make_anything_certain_and_wrong").iter().enumerate()
    {
        let mut next = numbers(u32::try_from(number).unwrap());
        for _ in 0..20 {
            let mut inputs = cluster.inputs(1 + u8::try_from(next() % 15).unwrap());
            let given = next() % inputs.len();
            let bytes = &mut inputs[given].1;
            for _ in 0..=next() % 4 {
                let place = next() % bytes.len();
                bytes[place] = BYTES[next() % BYTES.len()];
            }
            if next().is_multiple_of(3) {
                bytes.truncate(1 + next() % bytes.len());
            }
            never_certain_and_wrong(cluster, &detection_of(&inputs), "mangled inputs");
        }
    }
}

#[test]
fn losing_any_key_of_a_node_makes_nothing_certain_and_wrong() {
    for (number, cluster) in
        clusters("losing_any_key_of_a_node_makes_nothing_certain_and_wrong").iter().enumerate()
    {
        let mut next = numbers(u32::try_from(number).unwrap());
        for _ in 0..15 {
            let mut nodes = cluster.nodes.clone();
            for node in nodes["items"].as_array_mut().unwrap() {
                for part in ["labels", "annotations"] {
                    if let Some(keys) = node["metadata"][part].as_object_mut() {
                        keys.retain(|_, _| next().is_multiple_of(2));
                    }
                }
                if next().is_multiple_of(2) {
                    node["spec"].as_object_mut().unwrap().remove("providerID");
                }
            }
            let detection = with_nodes(cluster, nodes["items"].as_array().unwrap());
            never_certain_and_wrong(cluster, &detection, "fewer keys");
        }
    }
}

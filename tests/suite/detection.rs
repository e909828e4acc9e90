//! Detection over what real clusters printed. The captures are not part of the project: without them these tests say so, by
//! name, and pass.

use ctlmon::{
    distributions::{Detection, Facts, Place, detect},
    observe::pasted,
};
use jiff::Timestamp;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The folder of the captures, which `CTLMON_SHARED` names or which lies beside the project.
fn captures(test: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let shared = std::env::var_os("CTLMON_SHARED").map_or_else(beside, PathBuf::from);
    let data = shared.join("data");
    if data.is_dir() {
        return Some(data);
    }
    eprintln!("skipped: no shared data ({test})");
    None
}

fn detection_of(files: &[PathBuf]) -> Detection {
    let inputs: Vec<(String, Vec<u8>)> =
        files.iter().map(|file| (file.display().to_string(), fs::read(file).unwrap())).collect();
    let snapshot = pasted::read(&inputs, Timestamp::UNIX_EPOCH).unwrap_or_else(|error| panic!("{error}"));
    detect(&Facts::gather(&snapshot))
}

/// The files of a folder with this ending, sorted.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file() && path.to_string_lossy().ends_with(ending))
        .collect();
    files.sort();
    files
}

/// The outcome in a line, such as `kind certain, static-pods certain`.
fn outcome(detection: &Detection) -> String {
    let certainty = |certain: bool| if certain { "certain" } else { "likely" };
    let who = detection.best().map_or("unknown".to_owned(), |best| {
        format!("{} {}", best.distribution.id, certainty(detection.is_certain()))
    });
    match detection.place.place {
        Place::Unknown => format!("{who}, unknown"),
        place => format!("{who}, {place} {}", certainty(detection.place.certain)),
    }
}

#[test]
fn names_kubeadm_by_its_nodes_alone_as_likely() {
    let Some(data) = captures("names_kubeadm_by_its_nodes_alone_as_likely") else { return };
    let detection = detection_of(&[data.join("kubeadm-1.36/nodes.json")]);
    assert_eq!(outcome(&detection), "kubeadm likely, static-pods likely");
    assert_eq!(
        detection.best().unwrap().evidence[0].claim,
        "label node-role.kubernetes.io/control-plane with label \
         node.kubernetes.io/exclude-from-external-load-balancers on 1 of 1 node"
    );
    assert!(detection.gaps.iter().any(|gap| gap.what == "the API server's version"));
}

#[test]
fn is_certain_of_kubeadm_with_everything_that_kubectl_prints() {
    let Some(data) = captures("is_certain_of_kubeadm_with_everything_that_kubectl_prints") else { return };
    let detection = detection_of(&files(&data.join("kubeadm-1.36"), ".json"));
    assert_eq!(outcome(&detection), "kubeadm certain, static-pods certain");
    let identity = &detection.best().unwrap().identity;
    assert_eq!((identity.variant.as_deref(), identity.version.as_deref()), (None, Some("v1.36.2")));
    assert_eq!(detection.place.evidence.len(), 5, "{:#?}", detection.place.evidence);
}

#[test]
fn names_kind_by_a_node_and_by_a_whole_cluster() {
    let Some(data) = captures("names_kind_by_a_node_and_by_a_whole_cluster") else { return };
    let nodes = data.join("nodes");
    let node = detection_of(&[nodes.join("kind__sonobuoy-1.21.json")]);
    assert_eq!(outcome(&node), "kind likely, static-pods likely");
    let whole = detection_of(&files(&nodes.join("kind-1.21-full-cluster__sonobuoy"), ".json"));
    assert_eq!(outcome(&whole), "kind certain, static-pods certain");
    let identity = &whole.best().unwrap().identity;
    assert_eq!((identity.variant.as_deref(), identity.version.as_deref()), (Some("docker"), Some("v1.21.1")));
}

#[test]
fn names_every_product_whose_nodes_were_pasted_and_is_certain_of_none_without_the_version() {
    let Some(data) =
        captures("names_every_product_whose_nodes_were_pasted_and_is_certain_of_none_without_the_version")
    else {
        return;
    };
    let nodes = data.join("nodes");
    let mut given: Vec<PathBuf> =
        [".json", ".yaml"].iter().flat_map(|ending| files(&nodes, ending)).collect();
    given.push(nodes.join("eks-fargate__ruzickap-1.18/nodes.json"));
    for file in given {
        let detection = detection_of(std::slice::from_ref(&file));
        let path = file.strip_prefix(&nodes).unwrap().to_string_lossy().into_owned();
        eprintln!("{path}: {}", outcome(&detection));
        let named = detection.best().map(|best| best.distribution.id);
        assert_eq!(named, path.split("__").next(), "{path}");
        assert!(!detection.is_certain(), "{path}: these may be the nodes around a virtual cluster");
    }
}

#[test]
fn does_not_depend_on_the_order_of_what_was_pasted() {
    let Some(data) = captures("does_not_depend_on_the_order_of_what_was_pasted") else { return };
    for folder in ["kubeadm-1.36", "nodes/kind-1.21-full-cluster__sonobuoy"] {
        let mut given = files(&data.join(folder), ".json");
        let expected = format!("{:?}", detection_of(&given));
        given.reverse();
        assert_eq!(format!("{:?}", detection_of(&given)), expected);
    }
    // Five nodes in one list, backwards.
    let file = data.join("nodes/doks__kubescape.json");
    let node: serde_json::Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let outcomes: Vec<String> = [[0, 1, 2, 3, 4], [4, 2, 0, 3, 1]]
        .into_iter()
        .map(|order| {
            let nodes = order.map(|number| {
                let mut node = node.clone();
                node["metadata"]["name"] = format!("node-{number}").into();
                if number % 2 == 0 {
                    node["spec"]["providerID"] = format!("kind://docker/x/node-{number}").into();
                }
                node
            });
            let list = serde_json::json!({"kind": "List", "items": nodes}).to_string().into_bytes();
            let snapshot = pasted::read(&[("nodes".to_owned(), list)], Timestamp::UNIX_EPOCH).unwrap();
            format!("{:?}", detect(&Facts::gather(&snapshot)))
        })
        .collect();
    assert_eq!(outcomes[0], outcomes[1]);
    assert!(outcomes[0].contains("on 3 of 5 nodes"));
}

#[test]
fn survives_whatever_is_pasted() {
    const BYTES: &[u8] = b"{}[]\",:\n -0ax\xff\0";
    let Some(data) = captures("survives_whatever_is_pasted") else { return };
    let texts = ["kubeadm-1.36/nodes.json", "kubeadm-1.36/version.json", "nodes/minikube__nri-1_31.yaml"];
    for (number, text) in texts.into_iter().enumerate() {
        let whole = fs::read(data.join(text)).unwrap();
        // A fixed sequence: what fails once must fail again.
        let mut seed = 0x9E37_79B9_u32.wrapping_add(u32::try_from(number).unwrap());
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as usize
        };
        for _ in 0..300 {
            let mut bytes = whole.clone();
            for _ in 0..=next() % 4 {
                let place = next() % bytes.len();
                bytes[place] = BYTES[next() % BYTES.len()];
            }
            bytes.truncate(1 + next() % bytes.len());
            if let Ok(snapshot) = pasted::read(&[("x".to_owned(), bytes)], Timestamp::UNIX_EPOCH) {
                drop(detect(&Facts::gather(&snapshot)));
            }
        }
    }
}

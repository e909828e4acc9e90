//! The practice cluster's kubelet against what a real one was recorded to answer, because none runs here.

use super::cast;
use crate::{
    api::RUNTIME,
    client::{self, Call},
};
use ctlmon::lab::Lab;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tokio::net::TcpStream;

/// The folder with recordings of real clusters; `None`, and said so, where there is none.
fn recordings(test: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let shared = std::env::var_os("CTLMON_SHARED").map_or_else(beside, PathBuf::from);
    let folder = shared.join("data/kubeadm-1.36");
    if !folder.is_dir() {
        println!("skipped: {test}: no recordings of a kubelet");
        return None;
    }
    Some(folder)
}

/// The names of the credentials in the recording, and in the table.
const NAMES: &[(&str, &str)] = &[
    ("no credentials", "nobody"),
    ("token: sa norbac", "norbac"),
    ("token: sa agent (get /metrics)", "agent"),
    ("token: sa agent, audience=foo", "other audience"),
    ("token: sa agent, expired 1h ago", "expired"),
    ("token: sa agent, signed by another key", "other key"),
    ("token: sa agent, other issuer", "other issuer"),
    ("token: sa agent, stale uid", "stale uid"),
    ("token: garbage \"abc\"", "garbage"),
    ("token: bootstrap-like abcdef.0123456789abcdef", "bootstrap-like"),
    ("header \"Authorization: Bearer\" (empty)", "empty bearer"),
    ("Basic admin:admin", "basic"),
    ("cert k-masters", "cert masters"),
    ("cert k-monitoring", "cert monitoring"),
    ("cert k-nobody", "cert nobody"),
    ("cert k-expired", "cert expired"),
    ("cert k-serverauth", "cert for servers"),
    ("cert k-rogue", "cert foreign"),
    ("cert e-ok", "cert of etcd"),
];

#[test]
fn the_practice_kubelet_answers_as_the_recorded_one() {
    const TEST: &str = "the_practice_kubelet_answers_as_the_recorded_one";
    let Some(folder) = recordings(TEST) else { return };
    let matrix = fs::read_to_string(folder.join("matrix.md")).unwrap();
    let lab = RUNTIME.block_on(Lab::start(cast::spec())).unwrap();
    let credentials = cast::of_practice(&lab);
    let address = client::way(&lab, client::CP, 10250);
    let mut path = None;
    let mut rows = 0;
    for line in matrix.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            path = heading
                .strip_prefix("kubelet")
                .and_then(|rest| Some(rest.split_once(":10250")?.1.to_owned()));
        }
        let (Some(path), Some(row)) = (&path, line.strip_prefix("- **")) else { continue };
        let (name, recorded) = row.split_once("** → curl rc=0  `").unwrap();
        let status: u16 = recorded[..3].parse().unwrap();
        let content_type = between(recorded, "['Content-Type: ", "']");
        let body = between(recorded, "body: `", "`");
        let ours = NAMES.iter().find(|(theirs, _)| *theirs == name).unwrap().1;
        let credential = &credentials.iter().find(|(known, _)| *known == ours).unwrap().1;
        let call = credential.shown_in(Call::new(path).header("User-Agent", "curl/8.14.1"));
        let answer = RUNTIME
            .block_on(async { call.attempt_over(TcpStream::connect(address).await.unwrap()).await.unwrap() });
        assert_eq!((answer.status, answer.header("Content-Type")), (status, content_type), "{path} {name}");
        if body.starts_with("# HELP") {
            assert!(answer.body.starts_with("# HELP"), "{path} {name}");
        } else {
            // The recording has a space for a line's end.
            assert_eq!(answer.body.replace('\n', " "), body, "{path} {name}");
        }
        rows += 1;
    }
    assert_eq!(rows, 27, "the rows of the recording");
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start).unwrap().1.split(end).next().unwrap()
}

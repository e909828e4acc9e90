//! What is asked of the node that ctlmon runs on, wave by wave: what runs and what is to run, then the files that these
//! name, then the endpoints on loopback. Nothing here asks, and nothing here asks an API server.

use crate::{
    distributions::host_paths,
    model::{
        question::{CertificateSource, HostQuestion, Question},
        snapshot::Snapshot,
    },
    view::{OnNode, View},
};
use std::collections::BTreeSet;

/// The questions that name a distribution and the place of its control plane.
pub(super) fn detect(snapshot: &Snapshot) -> BTreeSet<Question> {
    match &View::new(snapshot).node {
        Some(node) => of_detection(node),
        None => BTreeSet::new(),
    }
}

/// The questions of a diagnosis.
pub(super) fn doctor(snapshot: &Snapshot) -> BTreeSet<Question> {
    let view = View::new(snapshot);
    let Some(node) = &view.node else { return BTreeSet::new() };
    let mut questions = of_detection(node);
    questions.insert(Question::Host(HostQuestion::Sockets));
    // A file may be named by a manifest that is not read yet, and a certificate by a file.
    if questions.iter().all(|question| snapshot.has(question)) {
        let files = node.files.keys().cloned().map(HostQuestion::File);
        questions.extend(files.map(Question::Host));
        questions.extend(certificates(node).into_iter().map(Question::Certificates));
    }
    if questions.iter().all(|question| snapshot.has(question)) {
        let probes = view.instances.iter().flat_map(|instance| view.plan(instance));
        questions.extend(probes.map(Question::Probe));
    }
    questions
}

fn of_detection(node: &OnNode<'_>) -> BTreeSet<Question> {
    let paths = host_paths().into_iter().map(|path| HostQuestion::Path(path.to_owned()));
    [HostQuestion::Processes]
        .into_iter()
        .chain(node.manifest_folders().into_iter().map(HostQuestion::Manifests))
        .chain(node.kubelet_configs().into_iter().map(HostQuestion::File))
        .chain(paths)
        .map(Question::Host)
        .collect()
}

/// The certificates with which an instance may be asked, and those that verify it.
fn certificates(node: &OnNode<'_>) -> BTreeSet<CertificateSource> {
    let pairs = node.copies.iter().flat_map(|copy| node.identities(copy));
    pairs.flat_map(|(identity, authority)| [Some(identity), authority]).flatten().collect()
}

//! Two faults of different things are both found: what one breaks does not hide the other.

use crate::support::within::{judged, look_as_administrator, seen_as_administrator};
use ctlmon::{
    doctor::{Report, Severity, Subject, Verdict},
    lab::{
        LabError, LabSpec,
        faults::{FAULTS, Fault},
        spec::{AgentPods, ComponentSpec},
    },
    model::snapshot::Listening,
};
use futures::{StreamExt as _, stream};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The distribution on which faults are paired: the others have a few of their own.
const PAIRED: &str = "kubeadm";

/// What a run found: each check with the kinds of what it is about; symptoms under their causes left out.
type Found = BTreeMap<&'static str, BTreeSet<String>>;

fn planted(faults: &[&'static Fault]) -> (LabSpec, Listening) {
    let mut spec = LabSpec::kubeadm("2026-06-01T09:00:00Z".parse::<Timestamp>().unwrap());
    let mut listening = Listening::default();
    for fault in faults {
        (fault.change)(&mut spec);
        listening.logs |= fault.needs().contains(&"--logs");
        listening.exec |= fault.needs().contains(&"--exec");
    }
    (spec, listening)
}

async fn find(faults: &[&'static Fault]) -> Found {
    let (spec, listening) = planted(faults);
    look_as_administrator(spec, listening, errors).await
}

fn errors(report: &Report) -> Found {
    let mut found = Found::new();
    for (severity, row) in report.problems() {
        if severity == Severity::Error {
            found.entry(row.check.id.0).or_default().extend(row.subjects.iter().map(Subject::kind));
        }
    }
    found
}

/// Whether a problem of one of them may be taken for a symptom of the other's, or show in place of it.
fn explains(report: &Report, one: &str, other: &str) -> bool {
    report.rows.iter().any(|row| {
        row.check.id.0 == one
            && matches!(row.verdict, Verdict::Problem(_))
            && row.symptoms.iter().any(|symptom| symptom.check.id.0 == other)
    })
}

/// Whether a fault leaves a cluster without the pods of a component that these are about, so that nothing is seen of it;
/// without the certificate for etcd, and with it without what was wrong with that, and without what it opens; or without
/// Datadog or its node agents, and with them without all that was wrong with them and their ways.
fn takes_away(fault: &'static Fault, kinds: &BTreeSet<String>) -> bool {
    let (left, _) = planted(&[fault]);
    if !left.has_datadog || left.agents.pods == AgentPods::Unwanted {
        return true;
    }
    if kinds.contains("etcd") && lacks_certificate(&left) {
        return true;
    }
    let is_left = |of: &ComponentSpec| {
        left.components.iter().any(|part| part.component == of.component && part.shown == of.shown)
    };
    let (healthy, _) = planted(&[]);
    healthy.components.iter().any(|part| kinds.contains(&part.component.to_string()) && !is_left(part))
}

fn lacks_certificate(spec: &LabSpec) -> bool {
    let certificate = spec.agents.client_certificate.as_ref();
    certificate.is_some_and(|(secret, _)| spec.secrets.iter().all(|one| one.name != *secret))
}

/// One pair in so many is tried each time.
const SAMPLE: usize = 61;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn some_two_faults_of_different_things_are_both_found() {
    check_pairs(SAMPLE).await;
}

/// `cargo test --release --test suite pairs -- --ignored`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "thousands of practice clusters, which take many minutes"]
async fn every_two_faults_of_different_things_are_both_found() {
    check_pairs(1).await;
}

async fn check_pairs(step: usize) {
    let faults: Vec<&'static Fault> =
        FAULTS.iter().copied().filter(|fault| fault.distributions.contains(&PAIRED)).collect();
    let alone: Vec<Found> =
        stream::iter(&faults).map(|fault| find(std::slice::from_ref(fault))).buffered(4).collect().await;
    let mut pairs = Vec::new();
    for (place, (one, first)) in faults.iter().zip(&alone).enumerate() {
        for (other, second) in faults.iter().zip(&alone).skip(place + 1) {
            // What is no error has no claim to be seen beside one.
            let (Some(kinds), Some(others)) = (first.get(one.check), second.get(other.check)) else {
                continue;
            };
            // What programs say of themselves hides nothing, and may be what comes of the other.
            let is_said = !one.needs().is_empty() || !other.needs().is_empty();
            let is_gone = takes_away(one, others) || takes_away(other, kinds);
            if kinds.is_disjoint(others) && !is_said && !is_gone {
                pairs.push([*one, *other]);
            }
        }
    }
    assert!(pairs.len() > 100, "{} pairs", pairs.len());
    println!("{} pairs, of which one in {step} is tried", pairs.len());
    let hidden: Vec<String> = stream::iter(pairs.into_iter().step_by(step))
        .map(|pair| async move {
            let (spec, listening) = planted(&pair);
            let snapshot = match seen_as_administrator(spec, listening).await {
                // What one of them changes the other has taken away.
                Err(LabError::NoSuchObject(_)) => return None,
                seen => seen.unwrap(),
            };
            judged(&snapshot, |report| {
                let found = errors(report);
                let missing = pair.iter().filter(|fault| !found.contains_key(fault.check));
                let unexplained: Vec<&str> = missing
                    .filter(|fault| !pair.iter().any(|other| explains(report, other.check, fault.check)))
                    .map(|fault| fault.id)
                    .collect();
                let stray = found.keys().filter(|id| pair.iter().all(|fault| fault.check != **id)).count();
                (!unexplained.is_empty() || stray > 0).then(|| {
                    format!(
                        "{} and {}: {unexplained:?} not found, found {:?}",
                        pair[0].id,
                        pair[1].id,
                        found.keys()
                    )
                })
            })
        })
        .buffer_unordered(4)
        .filter_map(std::future::ready)
        .collect()
        .await;
    assert!(hidden.is_empty(), "{}:\n{}", hidden.len(), hidden.join("\n"));
}

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

/// Faults that another one takes the ground from, so that there is nothing to be found of them: the hidden ones, the one that
/// hides them, and why that is right.
const HIDDEN: [(&[&str], &str, &str); 18] = [
    (
        &["account-role-bound-to-another", "account-role-bound-to-another-name"],
        "kubelet-metrics-forbidden",
        "bound to the account, the role would not be enough",
    ),
    (&["token-not-mounted"], "agent-token-refused", "a token for somebody else is mounted in its place"),
    (
        &["self-signed-cert-verified-in-annotation"],
        "annotation-names-no-container",
        "nothing comes of the annotation",
    ),
    (&["site-differs"], "api-key-malformed", "of keys that are not one it is a warning"),
    (&["site-differs"], "api-key-swapped", "of keys that are not one it is a warning"),
    (
        &["self-signed-cert-verified"],
        "cert-path-not-mounted",
        "whom a CA that is not there signed nobody knows",
    ),
    (
        &["cluster-agent-name-unresolvable"],
        "metrics-on-loopback-only",
        "agents off the node's network ask the cluster's DNS",
    ),
    (
        &["endpoints-resolve-missing", "no-agent-on-control-plane"],
        "old-introspection-daemonset",
        "the agents of the other DaemonSet run there",
    ),
    (
        &[
            "etcd-check-of-old-api",
            "etcd-check-of-wrong-path",
            "etcd-identifier-matches-no-container",
            "etcd-option-under-old-name",
        ],
        "etcd-packaged-check-over-http",
        "the file that they are in is gone",
    ),
    (&["etcd-check-of-wrong-path"], "etcd-check-over-tls", "the check asks another URL"),
    (
        &["etcd-has-no-leader", "etcd-near-quota", "etcd-slow-disk"],
        "etcd-check-of-wrong-path",
        "where the check asks there are no metrics that could tell",
    ),
    (&["key-is-the-certificate"], "etcd-client-secret-missing", "the key is gone"),
    (
        &[
            "etcd-serving-cert-expired",
            "etcd-serving-cert-not-yet-valid",
            "etcd-serving-cert-untrusted",
            "etcd-serving-cert-wrong-name",
        ],
        "etcd-option-under-old-name",
        "the CA is not read under its old name, so that the certificate is verified with none of theirs",
    ),
    (&["etcd-packaged-check-over-http"], "no-agent-on-control-plane", "nobody is there to run it"),
    (
        &["kubelet-cert-without-address", "kubelet-cert-wrong-name"],
        "kubelet-host-unset",
        "by which name they ask is not known",
    ),
    (
        &["kubelet-cert-without-address", "kubelet-cert-wrong-name"],
        "kubelet-host-missing",
        "by which name they ask is not known",
    ),
    (
        &["kubelet-read-only-port-asked", "static-pods-pending"],
        "kubelet-stopped",
        "the kubelet itself would have to say it",
    ),
    (
        &["nobody-runs-cluster-checks", "nobody-takes-cluster-checks"],
        "service-selects-no-pod",
        "without addresses there is nothing to hand out",
    ),
];

/// Whether a fault takes the ground from another one.
fn hides(fault: &Fault, other: &Fault) -> bool {
    HIDDEN.iter().any(|(hidden, by, _)| *by == fault.id && hidden.contains(&other.id))
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
            let is_gone =
                takes_away(one, others) || takes_away(other, kinds) || hides(one, other) || hides(other, one);
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

//! What was not seen and what no row is about: a right that is missing is named once, whatever came of it. It judges nothing.

use super::{Row, Verdict};
use crate::{
    distributions::Detection,
    model::{
        answer::Answer,
        component::Component,
        observed::{Gap, Observed, Why},
        question::{Endpoint, Permission, Question},
        snapshot::Snapshot,
        survey,
    },
    view::View,
};
use std::collections::BTreeSet;

/// What detection could not look at, where components were not even found for that.
pub(super) fn of_unfound(view: &View<'_>, detection: &Detection, unjudged: &[Component]) -> Vec<Gap> {
    let is_unfound = |component: &Component| view.instances_of(*component).next().is_none();
    let mut unseen: Vec<Gap> = if unjudged.iter().any(is_unfound) {
        detection.gaps.iter().filter(|gap| gap.why != Why::NotAsked).cloned().collect()
    } else {
        Vec::new()
    };
    if unjudged.contains(&Component::ClusterAgent) {
        unseen.extend(view.unfound_cluster_agent());
    }
    unseen.extend(of_other_nodes(view.snapshot));
    unseen
}

/// The kubelets that were wanted and not found, because the list of their nodes failed or went on.
fn of_other_nodes(snapshot: &Snapshot) -> Option<Gap> {
    let what = "the kubelets of all nodes";
    if !snapshot.wanted.all_nodes {
        return None;
    }
    match snapshot.nodes(&survey::all_nodes()).seen(what) {
        Ok(listed) if listed.complete => None,
        Ok(_) => Some(Gap::new(what, Why::Partial)),
        Err(gap) => Some(gap),
    }
}

/// Adds what was refused, for each right that neither a row nor a gap names yet.
///
/// A row may be judged in another way, and still less was seen than could have been.
pub(super) fn add_refused(unseen: &mut Vec<Gap>, rows: &[Row], view: &View<'_>) {
    let of_rows = rows.iter().filter_map(|row| match &row.verdict {
        Verdict::Unknown(gap) => Some(gap),
        _ => None,
    });
    let mut named: BTreeSet<Permission> =
        of_rows.chain(&*unseen).filter_map(|gap| denied(gap).cloned()).collect();
    for asked in &view.snapshot.asked {
        let Observed::Denied(denial) = &asked.answer else { continue };
        if was_answered_otherwise(view.snapshot, &asked.question) || !named.insert(denial.permission.clone())
        {
            continue;
        }
        unseen.push(Gap::new(subject(&asked.question), Why::Denied(denial.permission.clone())));
    }
}

const fn denied(gap: &Gap) -> Option<&Permission> {
    match &gap.why {
        Why::Denied(permission) => Some(permission),
        _ => None,
    }
}

/// Whether an endpoint showed what it serves by another way than the one that was refused.
fn was_answered_otherwise(snapshot: &Snapshot, question: &Question) -> bool {
    let Question::Probe(spec) = question else { return false };
    snapshot.probes_of(spec.component, &spec.endpoint).iter().any(|asked| {
        matches!(&asked.answer, Observed::Seen(Answer::Probe(record)) if record.status() == Some(200))
    })
}

/// What a question is about, as a noun phrase.
fn subject(question: &Question) -> String {
    match question {
        Question::Version => "the API server's version".to_owned(),
        Question::ApiGroups => "the API groups".to_owned(),
        Question::List(spec) => {
            let plural = spec.resource.plural();
            match &spec.namespace {
                Some(namespace) => format!("the {plural} of {namespace}"),
                None => format!("the {plural} of the cluster"),
            }
        }
        Question::Object(object) => {
            let kind = object.kind.name();
            match object.within() {
                Some(namespace) => format!("{kind} {namespace}/{}", object.name),
                None => format!("{kind} {}", object.name),
            }
        }
        Question::May(spec) => format!("whether {} may {}", spec.who, spec.action),
        Question::Token(spec) => format!("a token of service account {}", spec.account),
        Question::Host(asked) => asked.to_string(),
        Question::TokenFile(path) => format!("the token of {path}"),
        Question::Review(account) => format!("why the token of service account {account} is refused"),
        Question::Installed(asked) => asked.to_string(),
        Question::KubeletConfig(node) => format!("how kubelet on {node} is configured"),
        Question::KubeletPods(node) => format!("what kubelet on {node} says of its static pods"),
        Question::Here(address) => format!("whether {address} is an address of this machine"),
        Question::Certificates(source) => source.describe(),
        Question::Logs(spec) => spec.to_string(),
        Question::Exec(spec) => spec.to_string(),
        Question::Probe(spec) => {
            let Endpoint { scheme, .. } = &spec.endpoint;
            format!(
                "what {} serves at {}://{}, {}",
                spec.component,
                scheme.as_str(),
                spec.endpoint.authority(),
                spec.credential
            )
        }
    }
}

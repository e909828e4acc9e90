//! Checks of what is shown to the components that ask the API server whom they have before them.

pub(super) mod api_server_out_of_reach;
pub(super) mod bearer_token_not_accepted;
pub(super) mod client_cert_not_accepted;
pub(super) mod metrics_forbidden;

use crate::{
    doctor::{Verdict, fold},
    model::{answer::ProbeRecord, component::Component, evidence::Evidence},
    view::{Instance, View},
};

/// Those that refuse with a Status object, and ask the API server who somebody is.
const DELEGATED: &[Component] = &[Component::ApiServer, Component::ControllerManager, Component::Scheduler];

/// What shows that a component could not ask the API server about anybody: to nobody it says so, where a token gets
/// the same 401 as a bad one.
///
/// Measured on 1.36 with the API server stopped: 500 and `Internal Server Error: "/metrics": Post
/// "https://…/subjectaccessreviews?timeout=10s": dial tcp …: connect: connection refused`.
pub(super) fn cannot_ask(view: &View<'_>, instance: &Instance) -> Option<Evidence> {
    let (spec, record) = view.as_nobody(instance)?;
    says_so(record).then(|| Evidence::in_probe(spec, format!("{}: {}", fold::answer(record), record.text())))
}

/// What an answer says of the credential that was shown; `None` where it is the 401 that has to be explained. `silent` is
/// what is said where it tells nothing.
fn unless_refused(record: &ProbeRecord, seen: &Evidence, silent: &'static str) -> Option<Verdict> {
    let is_named = || record.refused_user().is_some_and(|user| user != "system:anonymous");
    match record.status() {
        Some(401) => None,
        // Somebody is named or let in, so it was taken.
        Some(200) => Some(Verdict::Pass(vec![seen.clone()])),
        Some(403) if is_named() => Some(Verdict::Pass(vec![seen.clone()])),
        Some(_) => Some(Verdict::NotApplicable(silent)),
        None => Some(Verdict::NotApplicable("nothing was answered")),
    }
}

/// Whether an answer is the 500 of a component that could not ask what somebody may.
pub(super) fn says_so(record: &ProbeRecord) -> bool {
    record.status() == Some(500) && record.text().contains("subjectaccessreviews")
}

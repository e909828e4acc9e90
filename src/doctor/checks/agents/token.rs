//! What the API server says of the token that an endpoint has refused. It says nothing of endpoints.

use crate::{
    model::{
        answer::ReviewAnswer,
        evidence::{Evidence, Locator},
        observed::{Gap, Observed, Why},
        question::{Credential, ProbeSpec},
    },
    view::View,
};

/// What the API server says of the token that a probe has shown.
pub(in crate::doctor::checks) fn review<'a>(view: &View<'a>, spec: &ProbeSpec) -> Observed<&'a ReviewAnswer> {
    match &spec.credential {
        Credential::Account(account) => view.snapshot.review(account),
        _ => Observed::NotAsked,
    }
}

/// The proof that the API server takes the token.
pub(in crate::doctor::checks) fn taken(view: &View<'_>, spec: &ProbeSpec) -> Option<Evidence> {
    let said = review(view, spec);
    said.value().filter(|said| said.authenticated)?;
    Some(evidence(spec, "the API server knows the token and takes it".to_owned()))
}

/// Whether the API server refuses the token itself.
pub(in crate::doctor::checks) fn is_bad(view: &View<'_>, spec: &ProbeSpec) -> bool {
    review(view, spec).value().is_some_and(|said| !said.authenticated)
}

/// Why the API server was not asked, where it should have been.
pub(in crate::doctor::checks) fn unreviewed(view: &View<'_>, spec: &ProbeSpec, what: &str) -> Option<Gap> {
    review(view, spec).seen(what).err().filter(|gap| gap.why != Why::NotAsked)
}

/// What the API server has said of a token.
pub(in crate::doctor::checks) fn evidence(spec: &ProbeSpec, claim: String) -> Evidence {
    let locator = match &spec.credential {
        Credential::Account(account) => format!("TokenReview of a token of {account}"),
        other => format!("TokenReview {other}"),
    };
    Evidence { claim, locator: Locator::Review(locator) }
}

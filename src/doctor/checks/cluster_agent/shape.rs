//! What can be said of a token by its shape alone, which is all that is kept of it.

use super::token_remedy;
use crate::{
    doctor::{Case, Finding, Verdict},
    model::{
        agents::AgentRole,
        answer::SecretEntry,
        evidence::Evidence,
        observed::{Gap, Observed},
    },
    view::cluster_agent::{Address, TokenSource, address, token_source},
};

/// The least length of a token that agents take.
pub(super) const MIN_LENGTH: usize = 32;

/// The shape of a token.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// How many characters it has.
    pub(super) length: usize,
    /// Whether some of them are spaces, tabs or line feeds.
    pub(super) white_space: bool,
}

/// A flaw of a token: what is wrong with it, and what was seen in the entry.
pub(super) struct Flaw {
    pub(super) summary: String,
    pub(super) claim: String,
}

/// Judges the token that a workload takes from a Secret: its flaw, or what is right about it.
pub(super) fn judge(
    case: &Case<'_>,
    flaw: impl FnOnce(Shape) -> Result<String, Flaw>,
) -> Result<Verdict, Gap> {
    let (role, workload) = case.workload()?;
    if role != AgentRole::ClusterAgent && address(workload) == Address::Disabled {
        return Ok(Verdict::NotApplicable("the agents are not told to talk to a Cluster Agent"));
    }
    let source = token_source(workload);
    let TokenSource::Secret { namespace, name, key } = &source else {
        return Ok(Verdict::NotApplicable("its token is not in a Secret"));
    };
    match case.view.snapshot.secret(namespace, name) {
        Observed::Absent => {
            return Ok(Verdict::NotApplicable("there is no such Secret, which is another problem"));
        }
        Observed::Seen(facts) if !facts.entries.contains_key(key) => {
            return Ok(Verdict::NotApplicable("the Secret has no such entry, which is another problem"));
        }
        _ => {}
    }
    let SecretEntry::Opaque { length, white_space, .. } = case.view.token_entry(&source)? else {
        return Ok(Verdict::NotApplicable("the entry holds a certificate or a key"));
    };
    let seen = |claim: String| Evidence::in_object("Secret", Some(namespace), name, Some(key), claim);
    Ok(match flaw(Shape { length: *length, white_space: *white_space }) {
        Ok(claim) => Verdict::pass(seen(claim)),
        Err(Flaw { summary, claim }) => {
            Finding::error(summary).seen([seen(claim)]).mend(token_remedy::anew(case.view, workload)).found()
        }
    })
}

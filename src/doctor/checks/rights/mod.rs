//! Checks of what the accounts of Datadog's workloads may do, beyond what a component's own answer shows.

pub(super) mod account_has_more_than_it_needs;
pub(super) mod account_role_bound_to_another;
pub(super) mod cluster_agent_lists_forbidden;
pub(super) mod eks_metrics_forbidden;
pub(super) mod fine_grained_rights_on_old_kubelet;
pub(super) mod kubelet_pods_forbidden;
pub(super) mod leader_election_forbidden;
pub(super) mod leader_lease_unreadable;
pub(super) mod mending;

use crate::{
    doctor::{Case, Finding, Verdict, checks::agents::rights::ruling},
    model::{
        observed::Gap,
        question::{AccountRef, Permission},
    },
};

/// Judges whether an account has all of these rights. A right that it is known to lack counts more than one of which nothing
/// is known.
fn judge_all(
    case: &Case<'_>,
    account: &AccountRef,
    rights: impl IntoIterator<Item = Permission>,
    summary: impl Into<String>,
) -> Result<Verdict, Gap> {
    let (mut missing, mut denied, mut allowed, mut gap) = (Vec::new(), Vec::new(), Vec::new(), None);
    for right in rights {
        match ruling(case.view, account, &right) {
            Ok((true, proof)) => allowed.push(proof),
            Ok((false, proof)) => {
                missing.push(right);
                denied.push(proof);
            }
            Err(unknown) => gap = gap.or(Some(unknown)),
        }
    }
    match gap {
        _ if !missing.is_empty() => {
            let mend = mending::give(case.view, account, &missing);
            Ok(Finding::error(summary).seen(denied).mend(mend).found())
        }
        Some(gap) => Err(gap),
        None => Ok(Verdict::Pass(allowed)),
    }
}

//! Checks of what is written: configurations in files, in annotations, and what the Cluster Agent hands out.

pub(super) mod annotation_kept_by_others;
pub(super) mod annotation_names_no_container;
pub(super) mod cert_path_not_mounted;
pub(super) mod check_names_wrong_path;
pub(super) mod check_names_wrong_port;
pub(super) mod check_of_what_is_no_pod;
pub(super) mod check_on_nodes_and_handed_out;
pub(super) mod check_runs_twice;
pub(super) mod check_sends_no_token;
pub(super) mod check_unreadable;
pub(super) mod control_plane_check_on_workers;
pub(super) mod control_plane_containers_excluded;
pub(super) mod eks_check_without_accept_header;
pub(super) mod endpoints_resolve_missing;
mod filter;
pub(super) mod identifier_matches_no_container;
pub(super) mod insecure_port_configured;
pub(super) mod key_is_the_certificate;
pub(super) mod leader_election_kind_retired;
pub(super) mod one_address_for_several_api_servers;
pub(super) mod option_under_old_name;
pub(super) mod port_picked_by_index;
pub(super) mod service_named_like_leader_election;
pub(super) mod service_selects_no_pod;
pub(super) mod template_variable_unresolved;

use crate::{
    doctor::{Case, Verdict},
    model::{check_config::CheckInstance, evidence::Evidence, facts::Pod, observed::Gap},
    view::Written,
};

/// The first release of Kubernetes on which components say who leads by nothing but leases.
const LEASES_ALONE: (u32, u32) = (1, 24);

/// Judges every instance of a written check: a problem goes before what could not be looked at, and that before a pass.
pub(in crate::doctor::checks) fn each_instance(
    case: &Case<'_>,
    judge: impl Fn(&Written<'_>, &CheckInstance) -> Result<Verdict, Gap>,
) -> Result<Verdict, Gap> {
    let written = case.written()?;
    if written.check.unreadable.is_some() {
        return Ok(Verdict::NotApplicable("it cannot be read, which is another problem"));
    }
    let (mut passed, mut gap, mut reason): (Vec<Evidence>, _, _) = (Vec::new(), None, "it has no instances");
    for instance in &written.check.instances {
        match judge(&written, instance) {
            Ok(Verdict::Pass(evidence)) => passed.extend(evidence),
            Ok(Verdict::NotApplicable(why)) => reason = why,
            Ok(verdict) => return Ok(verdict),
            Err(why) => gap = gap.or(Some(why)),
        }
    }
    match gap {
        Some(gap) => Err(gap),
        None if passed.is_empty() => Ok(Verdict::NotApplicable(reason)),
        None => Ok(Verdict::Pass(passed)),
    }
}

/// A claim that was read in a pod.
pub(in crate::doctor::checks) fn in_pod(pod: &Pod, field: &str, claim: impl Into<String>) -> Evidence {
    Evidence::in_object("Pod", Some(&pod.namespace), &pod.name, Some(field), claim)
}

/// The one URL that an instance asks, or the first of several.
fn first_url(instance: &CheckInstance) -> &str {
    instance.urls().next().unwrap_or("no URL")
}

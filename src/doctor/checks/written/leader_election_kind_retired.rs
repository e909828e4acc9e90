//! A check looks for the leader in objects that no component writes any more.

use super::{LEASES_ALONE, each_instance};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Subjects, Verdict, checks::setting},
    model::{
        check_config::CheckInstance, component::Component, evidence::Evidence, observed::Gap,
        survey::SYSTEM_NAMESPACE,
    },
    view::Written,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("leader-election-kind-retired"),
    title: "a check looks for the leader in objects that are no longer written",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  leader_election_kind is endpoints or configmap, and the component says who leads by a Lease, on a release
  that knows no other way.

What it means
  The metrics are collected, but which copy leads is not known: `Cannot retrieve leader election record`, or a
  record from before an upgrade. Components elect by leases alone since 1.24 or thereabouts (UNVERIFIED); some
  releases before it wrote both.

How to confirm by hand
    kubectl -n kube-system get leases
    kubectl -n kube-system get endpoints kube-scheduler -o jsonpath='{.metadata.annotations}'

How to fix
  Leave leader_election_kind out, or write `lease`. The account needs `get` on leases in kube-system.

References
  integrations-core#8535; datadog_checks_base, kube_leader.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    each_instance(case, |written, instance| judge_one(case, written, instance))
}

fn judge_one(case: &Case<'_>, written: &Written<'_>, instance: &CheckInstance) -> Result<Verdict, Gap> {
    if !matches!(written.component, Component::ControllerManager | Component::Scheduler) {
        return Ok(Verdict::NotApplicable("it looks for no leader"));
    }
    let Some(kind) = instance.leader_election_kind.as_deref() else {
        return Ok(Verdict::pass(
            written.origin.says("no leader_election_kind, so that it looks for itself"),
        ));
    };
    let says = written.origin.says(format!("leader_election_kind: {kind}"));
    if !["endpoints", "configmap", "configmaps"].contains(&kind) || case.view.release()? < LEASES_ALONE {
        return Ok(Verdict::pass(says));
    }
    let program = written.component.profile().program;
    if case.view.lease(SYSTEM_NAMESPACE, program)?.is_none() {
        return Ok(Verdict::NotApplicable("the component writes no lease"));
    }
    let lease =
        Evidence::in_object("Lease", Some(SYSTEM_NAMESPACE), program, None, "it is what the leader renews");
    let url = instance.urls().next().unwrap_or("https://%%host%%:PORT/metrics");
    Ok(Finding::warning(format!(
        "the check looks for the leader of {program} in {kind}, which are not written any more"
    ))
    .seen([says, lease])
    .mend(setting::set("look at the lease", &written.origin, url, &[("leader_election_kind", "lease")]))
    .found())
}

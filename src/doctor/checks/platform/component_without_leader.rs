//! Of a component that elects a leader, none leads.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, age},
    model::{component::Component, evidence::Evidence, observed::Gap, survey::SYSTEM_NAMESPACE},
};
use jiff::SignedDuration;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("component-without-leader"),
    title: "of a component that elects a leader, none leads",
    subjects: Subjects::EachInstance(&[Component::ControllerManager, Component::Scheduler]),
    symptom_of: &[],
    explain: r"
What was seen
  The lease by which schedulers, or controller-managers, say which of them leads was not renewed in its time, and for a
  minute more.

What it means
  None of them works: no pod is placed, or no controller acts. Their metrics may still be served, by copies that wait. The
  leader renews its lease every two seconds, so somebody who has lost it is stopped, hung, or cannot reach the API server.

How to confirm by hand
    kubectl -n kube-system get lease kube-scheduler kube-controller-manager
    kubectl -n kube-system logs -l component=kube-scheduler --tail=20

How to fix
  Read the log of the copies. After a change of their manifest wait until the kubelet has restarted them.

References
  Kubernetes: leases; the flags --leader-elect-lease-duration (15 s) and --leader-elect-retry-period (2 s).
",
    judge,
};

/// How much longer than its own time a lease must be old. More than a run takes.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    let elects = instance.flags.as_ref().and_then(|flags| flags.get("leader-elect"));
    if instance.named.is_some() || elects.is_some_and(|elects| elects == "false") {
        return Ok(Verdict::NotApplicable("it elects no leader, or its lease is not known"));
    }
    let program = instance.component.profile().program;
    let Some(lease) = case.view.lease(SYSTEM_NAMESPACE, program)? else {
        return Ok(Verdict::NotApplicable("there is no lease of that name"));
    };
    let (Some(renewed), Some(seconds)) = (lease.renewed, lease.seconds) else {
        return Ok(Verdict::NotApplicable("its lease tells no time"));
    };
    let (_, now) = case.view.server_time()?;
    let old = age::relative(now, renewed);
    let holder = lease.holder.as_deref().unwrap_or("nobody");
    let claim = format!("held by {holder} for {seconds} s, renewed {old}");
    let seen = Evidence::in_object("Lease", Some(SYSTEM_NAMESPACE), program, Some("spec.renewTime"), claim);
    if now.duration_since(renewed) <= SignedDuration::from_secs(seconds).saturating_add(PATIENCE) {
        return Ok(Verdict::pass(seen));
    }
    let lines = [
        format!("kubectl -n kube-system get lease {program} -o yaml"),
        format!("kubectl -n kube-system logs -l component={program} --tail=50"),
    ];
    let remedy = Remedy::run("read why none of them leads", Touches::Nothing, &lines);
    let finding = Finding::error(format!("no {program} leads: the lease was renewed {old}"));
    Ok(finding.seen([seen]).mend(remedy).found())
}

//! A Service has the name under which an old scheduler or controller-manager says who leads.

use super::LEASES_ALONE;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{component::Component, evidence::Evidence, observed::Gap, survey::SYSTEM_NAMESPACE},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("service-named-like-leader-election"),
    title: "a Service has the name under which its component elects a leader",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  The annotated Service is kube-system/kube-scheduler or kube-system/kube-controller-manager, the component
  has no Lease of that name, and the release is one that knew another way.

What it means
  Before leases the components wrote who leads into Endpoints of this very name, which the Service's
  controller writes as well: `Failed to update endpoint kube-system/kube-scheduler: the object has been
  modified`. With leases the name is free, and there is no problem.

How to confirm by hand
    kubectl -n kube-system get leases
    kubectl -n kube-system get endpoints kube-scheduler -o yaml

How to fix
  Give the Service another name, such as kube-scheduler-metrics.

References
  ks-installer#393. Only Services whose annotations configure a check are known here.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let written = case.written()?;
    let program = written.component.profile().program;
    let Some(service) = written.service.filter(|service| service.namespace == SYSTEM_NAMESPACE) else {
        return Ok(Verdict::NotApplicable("it is in no annotation of a Service of kube-system"));
    };
    if !matches!(written.component, Component::ControllerManager | Component::Scheduler) {
        return Ok(Verdict::NotApplicable("it elects no leader"));
    }
    let seen = |claim| {
        Evidence::in_object("Service", Some(SYSTEM_NAMESPACE), &service.name, Some("metadata.name"), claim)
    };
    if service.name != program {
        return Ok(Verdict::pass(seen("no component elects a leader under its name")));
    }
    if case.view.lease(SYSTEM_NAMESPACE, program)?.is_some() {
        return Ok(Verdict::pass(seen("the component elects its leader by a lease")));
    }
    if case.view.release()? >= LEASES_ALONE {
        return Ok(Verdict::pass(seen("its component knows no election but by leases")));
    }
    Ok(Finding::warning(format!(
        "Service {SYSTEM_NAMESPACE}/{program} has the name under which {program} elects its leader"
    ))
    .seen([seen("the component has no lease of this name, and its Endpoints would have it")])
    .mend(Remedy::edit(
        "give it another name",
        Touches::Monitoring,
        format!("Service {SYSTEM_NAMESPACE}/{program}"),
        format!("metadata:\n  name: {program}-metrics\n"),
    ))
    .found())
}

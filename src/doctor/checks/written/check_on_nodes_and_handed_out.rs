//! A component is asked twice: by the agents of its nodes, and by a check that the Cluster Agent hands out.

use super::check_runs_twice::leave_alone;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Verdict, checks::setting},
    model::{component::Component, evidence::Evidence, observed::Gap, workload::Workload},
    view::Written,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("check-on-nodes-and-handed-out"),
    title: "a component is asked by its nodes' agents and by a check that is handed out",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[CheckId("old-introspection-daemonset")],
    explain: r"
What was seen
  The Cluster Agent hands out a check of a component, from an annotation of a Service, from a file, or because
  a switch of the chart or of the operator wrote one; and the agents on the component's nodes run the same
  check from a file, an annotation of its pod, or their package. Or two are handed out for one component.

What it means
  Every metric comes twice under different tags, so that sums are double and the endpoint is asked twice as
  often. The operator sets up EKS and OpenShift by itself since 1.29, beside whatever was annotated before.

How to confirm by hand
    kubectl -n datadog exec deploy/datadog-agent-cluster-agent -- agent clusterchecks
    kubectl -n datadog exec ds/datadog-agent -c agent -- agent status collector

How to fix
  Keep one of them. For a component that is found on its nodes that is the node's agent; for the API server of
  a hosted control plane it is the check that is handed out.

References
  datadog-agent#40399; datadog-operator: docs/providers.md.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let written = case.written()?;
    if !written.is_handed_out() || written.check.unreadable.is_some() {
        return Ok(Verdict::NotApplicable("it is not handed out, or cannot be read"));
    }
    let check = written.component.profile().agent_check;
    let (all, gaps) = case.view.written();
    let Some((other, remedy)) = other(case, &written, &all)? else {
        return match gaps.into_iter().next() {
            Some(gap) => Err(gap),
            None => Ok(Verdict::pass(written.origin.says(format!("nothing else configures {check}")))),
        };
    };
    let remedy = remedy.map_or_else(
        || setting::remove("keep the other one alone", &written.origin),
        |workload| leave_alone(workload, check),
    );
    Ok(problem(&written, other, remedy))
}

/// What else asks the component, and the workload that must be told if it is the package of its agents.
fn other<'a>(
    case: &Case<'a>,
    written: &Written<'a>,
    all: &[Written<'a>],
) -> Result<Option<(Evidence, Option<&'a Workload>)>, Gap> {
    let check = written.component.profile().agent_check;
    let is_second = |other: &&Written<'_>| {
        let is_another = other.component == written.component && other.origin != written.origin;
        // Two Services may be in front of two etcds, and only what is known to be the same is counted.
        let is_same = !other.is_handed_out() || written.component != Component::Etcd;
        is_another && is_same && other.check.unreadable.is_none()
    };
    if let Some(other) = all.iter().find(is_second) {
        return Ok(Some((other.origin.says(format!("it configures {check} as well")), None)));
    }
    for workload in case.view.agents.workloads.as_deref().map_err(Clone::clone)? {
        if case.view.attaches_packaged(workload, written.component)?.is_some() {
            let claim = format!("its agents run the packaged {check} beside the component");
            return Ok(Some((Evidence::in_workload(workload, Some("env"), claim), Some(workload))));
        }
    }
    Ok(None)
}

fn problem(written: &Written<'_>, other: Evidence, remedy: Remedy) -> Verdict {
    let summary = format!("{} is asked twice: what is handed out is not alone", written.component);
    Finding::warning(summary)
        .seen([written.origin.says("it is handed out by the Cluster Agent"), other])
        .mend(remedy)
        .found()
}

//! Fewer pods of the agents exist than are wanted.

use super::standing::{of_event, warnings};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{evidence::Evidence, observed::Gap, workload::Replicas},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("agent-pods-missing"),
    title: "fewer pods of the agents exist than are wanted",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[
        CheckId("pod-security-forbids-agents"),
        CheckId("security-context-constraint-forbids-agents"),
        CheckId("autopilot-refuses-agents"),
        CheckId("agent-volume-unknown"),
    ],
    explain: r"
What was seen
  The controller of a DaemonSet or a Deployment of Datadog's says that there are fewer pods than there are to be. This is
  not about pods that exist and do not run.

What it means
  The API server does not let the controller make them: admission refuses them, a quota is used up, or the controller-manager
  does not work. On the nodes concerned nothing is collected.

How to confirm by hand
    kubectl -n datadog get daemonset,deployment
    kubectl -n datadog get events --field-selector reason=FailedCreate

How to fix
  The event FailedCreate names who refuses the pods, and why.

References
  Kubernetes: DaemonSet, status. kubernetes-mixin, alert KubeDaemonSetRolloutStuck.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (_, workload) = case.workload()?;
    let Some(Replicas { desired, current, .. }) = workload.replicas else {
        // Injected sidecars are known by pods that exist.
        return Ok(Verdict::NotApplicable("no controller says how many pods there are to be"));
    };
    let seen = Evidence::in_workload(workload, Some("status"), format!("{current} of {desired} pods exist"));
    if current >= desired {
        return Ok(Verdict::pass(seen));
    }
    // The warnings add who said no, and their absence takes nothing away.
    let refused = warnings(case, workload, |event| event.reason == "FailedCreate").unwrap_or_default();
    let refused = refused.into_iter().map(|event| of_event(event, "a pod could not be made"));
    let evidence: Vec<Evidence> = [seen].into_iter().chain(refused).collect();
    let kind = workload.kind_name().to_ascii_lowercase();
    let lines = [
        format!("kubectl -n {} describe {kind} {}", workload.namespace, workload.name),
        format!("kubectl -n {} get events --field-selector reason=FailedCreate", workload.namespace),
    ];
    let remedy = Remedy::run("read who refuses them", Touches::Nothing, &lines);
    let finding = Finding::error(format!(
        "{} of {desired} pods of {} were never made",
        desired - current,
        workload.name
    ));
    Ok(finding.seen(evidence).mend(remedy).found())
}

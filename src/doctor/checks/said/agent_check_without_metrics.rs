//! The Agent's check says that all is well and brings nothing, or asks something else than its component.

use super::{
    overheard::WITHOUT_EXEC,
    told::{CHECKED, by, in_short, run_it, runs},
};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Severity, Subjects, Verdict, fold},
    model::{answer::ProbeRecord, component::Component, evidence::Evidence, observed::Gap, said::CheckRun},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("agent-check-without-metrics"),
    title: "the Agent's check reports no error and brings no metrics of its component",
    subjects: Subjects::EachInstance(CHECKED),
    symptom_of: &[
        CheckId("answers-something-else"),
        CheckId("metrics-forbidden"),
        CheckId("metrics-endpoint-unreachable"),
    ],
    explain: r"
What was seen
  The status of an Agent says that its check of this component ran several times without an error and brought not one
  sample; or it says so while the endpoint that it asks serves the metrics of something else.

What it means
  A check is content with any answer that can be read. One that asks a proxy, a health check or another component finds
  nothing that it knows there, and does not complain; on k3s and the like one process answers for several components.

How to confirm by hand
    kubectl -n datadog exec daemonset/datadog-agent -c agent -- agent check kube_scheduler
    kubectl -n datadog exec daemonset/datadog-agent -c agent -- agent configcheck

How to fix
  Compare the URL in the configuration with the component's own port (10259 scheduler, 10257 controller manager,
  2379 or 2381 etcd, 6443 API server), and look for metrics or namespaces that the configuration leaves out.

References
  Datadog: Agent status page.
",
    judge,
};

/// A check that ran once has perhaps only just begun.
const ENOUGH_RUNS: u64 = 2;

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    if !case.view.snapshot.wanted.listening.exec {
        return Ok(Verdict::NotApplicable(WITHOUT_EXEC));
    }
    let instance = case.instance()?;
    let runs = runs(case, instance)?;
    let content: Vec<_> = runs.iter().filter(|(_, run)| !run.fails && run.runs >= ENOUGH_RUNS).collect();
    let Some((informant, _)) = content.first() else {
        return Ok(Verdict::NotApplicable("no Agent that was asked runs a check of it without an error"));
    };
    let told = |runs: &[&&(_, &CheckRun)]| -> Vec<Evidence> {
        let claim = |(informant, run): &(crate::view::Informant<'_>, &CheckRun)| {
            by(&informant.command, format!("{}, without an error", in_short(run)))
        };
        runs.iter().map(|run| claim(run)).collect()
    };
    let silent: Vec<_> = content.iter().filter(|(_, run)| run.samples == 0).collect();
    let (summary, evidence) = if !silent.is_empty() {
        ("the Agent's check reports no error and has brought no sample".to_owned(), told(&silent))
    } else if let Some((spec, record)) = case.view.best(instance)
        && serves_something_else(record, instance.component)
    {
        let mut evidence = told(&content.iter().collect::<Vec<_>>());
        evidence.push(Evidence::in_probe(spec, fold::answer(record)));
        ("the Agent's check reports no error where something else answers".to_owned(), evidence)
    } else {
        return Ok(Verdict::Pass(told(&content.iter().collect::<Vec<_>>())));
    };
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary,
        evidence,
        remedies: vec![run_it(&informant.command, instance.component)],
    }))
}

/// Whether metrics came and none of the families by which the component is known.
fn serves_something_else(record: &ProbeRecord, component: Component) -> bool {
    let known = component.profile().families;
    record.served_metrics()
        && !known.is_empty()
        && !record.families().unwrap_or_default().iter().any(|family| known.contains(&family.as_str()))
}

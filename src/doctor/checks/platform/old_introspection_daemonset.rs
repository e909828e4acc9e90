//! A `DaemonSet` of the operator's former introspection stands beside the present one.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{evidence::Evidence, observed::Gap, workload::Workload},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("old-introspection-daemonset"),
    title: "a DaemonSet of the operator's former introspection stands beside the present one",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  A DaemonSet of agents bears the label agent.datadoghq.com/provider, and the same namespace has one without it.

What it means
  With introspection the operator before 1.27 made a DaemonSet for each kind of node (NAME-default, NAME-gke-cos). Later
  versions make one for all, and do not remove the others: two Agents want the same nodes, their pods keep each other away,
  or everything is collected twice.

How to confirm by hand
    kubectl get daemonsets -A -l agent.datadoghq.com/provider

How to fix
  Delete the labelled ones, when the other one is there.

References
  datadog-operator: docs/introspection.md.
",
    judge,
};

const LABEL: &str = "agent.datadoghq.com/provider";

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let workloads = case.view.agents.workloads.as_ref().map_err(Clone::clone)?;
    let is_old = |workload: &&Workload| workload.labels.get(LABEL).is_some_and(|value| !value.is_empty());
    let (old, present): (Vec<&Workload>, Vec<&Workload>) =
        workloads.iter().partition(|workload| is_old(workload));
    let left: Vec<&Workload> = old
        .into_iter()
        .filter(|old| present.iter().any(|workload| workload.namespace == old.namespace))
        .collect();
    if workloads.is_empty() {
        return Ok(Verdict::NotApplicable("no Datadog Agent is installed"));
    }
    let of =
        |workload: &Workload, claim: String| Evidence::in_workload(workload, Some("metadata.labels"), claim);
    if left.is_empty() {
        let claims = workloads.iter().map(|workload| of(workload, "no other stands beside it".to_owned()));
        return Ok(Verdict::Pass(claims.collect()));
    }
    let lines: Vec<String> = left
        .iter()
        .map(|workload| format!("kubectl -n {} delete daemonset {}", workload.namespace, workload.name))
        .collect();
    let evidence = left.iter().map(|workload| of(workload, format!("{LABEL}: {}", workload.labels[LABEL])));
    let finding =
        Finding::error("a DaemonSet of the operator's former introspection stands beside the present one");
    let remedy = Remedy::run("delete what was left behind", Touches::Monitoring, &lines);
    Ok(finding.seen(evidence).mend(remedy).found())
}

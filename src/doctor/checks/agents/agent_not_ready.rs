//! A container of the agents runs and is not ready.

use super::standing::{containers, of_container, unread_in_part, whole};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, age},
    model::{evidence::Evidence, facts::ContainerState, observed::Gap},
};
use jiff::SignedDuration;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("agent-not-ready"),
    title: "a container of the agents runs and is not ready",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[CheckId("agent-crash-looping")],
    explain: r"
What was seen
  A container of a pod of Datadog's has been running for five minutes, and its readiness probe still fails. Containers that
  do not run at all have checks of their own.

What it means
  The process is there, and a part of it says that it is not well: of the Agent the health server on 5555 names which. A
  pod that is not ready gets no traffic from a Service; of the Cluster Agent that is everything.

How to confirm by hand
    kubectl -n datadog get pods
    kubectl -n datadog exec POD -c agent -- agent health

How to fix
  Mend what `agent health` names as unhealthy.

References
  Datadog: agent health. Kubernetes: readiness probes.
",
    judge,
};

/// How long a container may take to become ready.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (_, workload) = case.workload()?;
    let now = case.view.now();
    let ails = |state: &ContainerState| {
        let since = state.started.filter(|_| state.waiting.is_none() && !state.ready);
        since.filter(|since| now.duration_since(*since) > PATIENCE)
    };
    let ailing: Vec<_> = containers(case, workload)
        .filter_map(|(pod, container, state)| Some((pod, container, ails(state)?)))
        .collect();
    let Some((pod, container, _)) = ailing.first() else {
        if let Some(whole) = whole(workload) {
            return Ok(Verdict::pass(whole));
        }
        if let Some(gap) = unread_in_part(case, workload) {
            return Err(gap);
        }
        let claim = "every container of its pods that runs is ready";
        return Ok(Verdict::pass(Evidence::in_workload(workload, None, claim)));
    };
    let lines =
        [format!("kubectl -n {} exec {} -c {} -- agent health", pod.namespace, pod.name, container.name)];
    let remedy = Remedy::run("ask it which part of it is not well", Touches::Nothing, &lines);
    let finding = Finding::warning(format!("a container of {} runs and is not ready", workload.name));
    let evidence = ailing.iter().map(|(pod, container, since)| {
        of_container(
            pod,
            container,
            format!("not ready, though it was started {}", age::relative(now, *since)),
        )
    });
    Ok(finding.seen(evidence).mend(remedy).found())
}

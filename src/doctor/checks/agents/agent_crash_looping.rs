//! A container of the agents ends as soon as it is started, again and again.

use super::standing::{containers, of_container, of_event, unread_in_part, warnings, whole};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{
        evidence::Evidence,
        facts::ContainerState,
        observed::Gap,
        surroundings::{Event, Told},
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("agent-crash-looping"),
    title: "a container of the agents ends as soon as it is started, again and again",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[CheckId("api-key-missing")],
    explain: r"
What was seen
  A container of a pod of Datadog's waits in CrashLoopBackOff, or the kubelet warns that it puts off starting one again.

What it means
  Nothing is collected there. The container's last words are in its log. Frequent ones: `unable to reliably determine the
  host name` (the kubelet cannot be asked), `API Key is invalid`, a file that cannot be written. OOMKilled means that the
  memory limit is too low for what the Agent is to do there.

How to confirm by hand
    kubectl -n datadog get pods
    kubectl -n datadog logs POD -c CONTAINER --previous --tail=50

How to fix
  Mend what the log names. For OOMKilled raise the limit of that container.

References
  Kubernetes: pod lifecycle. datadog-agent#30160, #18157 (host name).
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (_, workload) = case.workload()?;
    let is_looping = |state: &ContainerState| state.waiting.as_deref() == Some("CrashLoopBackOff");
    let looping: Vec<_> = containers(case, workload).filter(|(_, _, state)| is_looping(state)).collect();
    let mut evidence: Vec<Evidence> =
        looping.iter().map(|(pod, container, state)| of_container(pod, container, fares(state))).collect();
    if evidence.is_empty() {
        if let Some(whole) = whole(workload) {
            return Ok(Verdict::pass(whole));
        }
        // Of pods that were not read the kubelet tells by its warnings.
        let backs_off = |event: &Event| event.reason == "BackOff" && !event.tells.contains(&Told::ImagePull);
        let warned = warnings(case, workload, backs_off)?;
        evidence.extend(
            warned.into_iter().map(|event| of_event(event, "it puts off starting a container again")),
        );
    }
    if evidence.is_empty() {
        if let Some(gap) = unread_in_part(case, workload) {
            return Err(gap);
        }
        return Ok(Verdict::pass(Evidence::in_workload(workload, None, "no container of its pods loops")));
    }
    let namespace = &workload.namespace;
    let logs: Vec<String> = looping
        .iter()
        .take(3)
        .map(|(pod, container, _)| {
            format!("kubectl -n {namespace} logs {} -c {} --previous --tail=50", pod.name, container.name)
        })
        .chain(looping.is_empty().then(|| format!("kubectl -n {namespace} get pods")))
        .collect();
    let ended = looping.iter().find_map(|(_, _, state)| state.ended.as_deref());
    let reason = ended.map_or_else(String::new, |ended| format!(", last by {ended}"));
    let finding =
        Finding::error(format!("a container of {} ends as soon as it is started{reason}", workload.name));
    let remedy = Remedy::run("read its last words", Touches::Nothing, &logs);
    Ok(finding.seen(evidence).mend(remedy).found())
}

fn fares(state: &ContainerState) -> String {
    let code = state.exit_code.map_or_else(String::new, |code| format!(" (exit code {code})"));
    let ended =
        state.ended.as_deref().map_or_else(String::new, |ended| format!(", ended last by {ended}{code}"));
    format!("CrashLoopBackOff, started again {} times{ended}", state.restarts)
}

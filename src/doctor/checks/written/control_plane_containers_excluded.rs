//! The agents are told to leave out the containers of the control plane.

use super::filter::{Candidate, Ruling, ruling};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{
        agents::AgentRole,
        evidence::Evidence,
        observed::{Gap, Why},
        workload::{Workload, WorkloadContainer},
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("control-plane-containers-excluded"),
    title: "the agents are told to leave out the containers of the control plane",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  DD_CONTAINER_EXCLUDE, DD_CONTAINER_EXCLUDE_METRICS or the older DD_AC_EXCLUDE has a rule that means a
  container of the control plane by namespace, name or image, and no rule of DD_CONTAINER_INCLUDE takes it
  back.

What it means
  The agents attach no check to such a container, neither their own nor one from a file or an annotation.
  Nothing fails; the component is just not there. Excluding kube-system to save custom metrics does it.

How to confirm by hand
    kubectl -n datadog exec ds/datadog-agent -c agent -- env | grep -E 'EXCLUDE|INCLUDE'
    kubectl -n datadog exec ds/datadog-agent -c agent -- agent configcheck

How to fix
  Include the control plane's containers by name: inclusion wins over exclusion.

References
  Datadog: container discovery management. Patterns with more than literal text, .* and anchors are left open
  here.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (purpose, workload) = case.workload()?;
    let Some(agent) = workload.container("agent").filter(|_| purpose == AgentRole::NodeAgent) else {
        return Ok(Verdict::NotApplicable("these attach to no containers of nodes"));
    };
    let instances = case.view.instances.iter().filter_map(|instance| instance.pod.as_ref());
    let pods = instances
        .filter_map(|pod| case.view.pods.get(&(pod.namespace.as_str(), pod.name.as_str())).copied())
        .filter(|pod| pod.annotations.contains_key("kubernetes.io/config.mirror"));
    let (mut kept, mut unclear): (Vec<&str>, Option<&str>) = (Vec::new(), None);
    for pod in pods {
        for container in &pod.containers {
            let candidate =
                Candidate { namespace: &pod.namespace, name: &container.name, image: &container.image };
            match ruling(agent, candidate) {
                Ruling::Excluded(variable, rule) => {
                    return Ok(problem(workload, variable, rule, &container.name));
                }
                Ruling::Unclear(rule) => unclear = unclear.or(Some(rule)),
                Ruling::Kept => kept.push(&container.name),
            }
        }
    }
    kept.sort_unstable();
    kept.dedup();
    match unclear {
        Some(rule) => {
            let what = format!(
                "whether the rule {rule} of {} {} means the control plane",
                workload.kind_name(),
                workload.name
            );
            Err(Gap::new(what, Why::OutOfReach("patterns of this kind are not read".to_owned())))
        }
        None if kept.is_empty() => Ok(Verdict::NotApplicable("no static pod of the control plane was seen")),
        None => {
            let claim = format!("no rule leaves out {}", kept.join(", "));
            Ok(Verdict::pass(Evidence::in_workload(workload, Some("env"), claim)))
        }
    }
}

fn problem(workload: &Workload, variable: &str, rule: &str, name: &str) -> Verdict {
    let containers = "name:^kube-apiserver$ name:^etcd$ name:^kube-scheduler$ name:^kube-controller-manager$";
    let values: fn(&WorkloadContainer) -> bool =
        |container| container.env.contains_key("DD_CONTAINER_INCLUDE");
    let has_more = workload.container("agent").is_some_and(values);
    let remedy = Remedy::edit(
        "take the control plane's containers back",
        Touches::Monitoring,
        "the Helm values of the agents' release",
        format!("datadog:\n  containerInclude: \"{containers}\"\n"),
    );
    Finding::error(format!("the agents are told to leave out container {name} of the control plane"))
        .seen([Evidence::in_workload(workload, Some("env"), format!("{variable} has {rule}"))])
        .mend(if has_more { remedy.knowing("keep what containerInclude has already") } else { remedy })
        .found()
}

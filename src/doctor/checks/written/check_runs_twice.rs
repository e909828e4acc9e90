//! The configuration that the Agent's package brings along runs beside one that was written for the same component.

use super::in_pod;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{evidence::Evidence, observed::Gap, workload::Workload},
    view::{Agents, Origin, attach::IGNORED},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("check-runs-twice"),
    title: "the Agent's packaged check runs beside the one that was written",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  A file of the agents configures the check, a container with the image's usual name runs on their nodes, and
  they are not told to leave the packaged configuration alone: DD_IGNORE_AUTOCONF lacks the check, and no
  empty folder is mounted over the package's.

What it means
  Both run: every metric comes twice, or one of the two fails all the time, as the packaged check of etcd
  does, which asks plain HTTP. In `agent status` the check has two instances, from auto_conf.yaml and from the
  file.

How to confirm by hand
    kubectl -n datadog exec ds/datadog-agent -c agent -- agent status collector | grep -A 4 'Configuration Source'
    kubectl -n datadog exec ds/datadog-agent -c agent -- env | grep DD_IGNORE_AUTOCONF

How to fix
  With Helm add the check to datadog.ignoreAutoConfig. With the operator set DD_IGNORE_AUTOCONF among the
  variables of the node agents, or mount an emptyDir over the check's folder in conf.d.

References
  helm-charts#34, #238; datadog-agent#2672. An annotation of the pod takes the place of the packaged check by
  itself.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let written = case.written()?;
    let (Origin::ConfigMap { .. }, Some(workload)) = (&written.origin, written.workload) else {
        return Ok(Verdict::NotApplicable("it is in no file of the agents"));
    };
    if written.is_handed_out() || written.check.unreadable.is_some() {
        return Ok(Verdict::NotApplicable("it is handed out, or cannot be read"));
    }
    let check = written.component.profile().agent_check;
    let seen = |claim: String| Evidence::in_workload(workload, Some("env"), claim);
    let Some(pod) = case.view.attaches_packaged(workload, written.component)? else {
        let claim = if Agents::ignores_packaged(workload, written.component)? {
            format!("the packaged {check} is left alone")
        } else {
            format!("the packaged {check} finds nothing to attach to")
        };
        return Ok(Verdict::pass(seen(claim)));
    };
    Ok(Finding::warning(format!("the check {check} runs twice: as it is written, and as the package has it"))
        .seen([
            written.origin.says(format!("it configures {check}")),
            seen(format!("{IGNORED} lacks {check}")),
            in_pod(pod, "spec.containers[0].image", "the packaged check attaches to it"),
        ])
        .mend(leave_alone(workload, check))
        .found())
}

/// Tells the agents to leave the packaged configuration alone, and keeps what they are told already.
pub(super) fn leave_alone(workload: &Workload, check: &str) -> Remedy {
    let told = workload.container("agent").and_then(|container| container.env.get(IGNORED));
    let told = told.map(String::as_str).unwrap_or_default().split_whitespace();
    let is_by_operator = workload.labels.contains_key("agent.datadoghq.com/component");
    let (file, change) = if is_by_operator {
        let all: Vec<&str> = told.chain([check]).collect();
        let change = format!(
            "spec:\n  override:\n    nodeAgent:\n      containers:\n        agent:\n          env:\n            - name: {IGNORED}\n              value: \"{}\"\n",
            all.join(" ")
        );
        ("the DatadogAgent", change)
    } else {
        // The chart adds this one by itself.
        let all: Vec<&str> = told.filter(|name| *name != "kubernetes_state").chain([check]).collect();
        (
            "the Helm values of the agents' release",
            format!("datadog:\n  ignoreAutoConfig: [{}]\n", all.join(", ")),
        )
    };
    Remedy::edit("leave the packaged check alone", Touches::Monitoring, file, change)
}

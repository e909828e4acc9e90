//! The Agent has tried every way to its kubelet, and none has worked.

use super::overheard::{Topic, judge as judge_topic};
use crate::{
    doctor::{Case, Check, CheckId, Remedy, Severity, Subjects, Touches, Verdict, shell::word},
    model::{agents::AgentRole, observed::Gap, question::PodRef},
    view::Voice,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("kubelet-url-undetected"),
    title: "the Agent finds no way to its kubelet",
    subjects: Subjects::Once,
    symptom_of: &[
        CheckId("metrics-endpoint-unreachable"),
        CheckId("serving-cert-expired"),
        CheckId("serving-cert-not-yet-valid"),
        CheckId("serving-cert-wrong-name"),
        CheckId("serving-cert-untrusted"),
        CheckId("kubelet-ignores-tokens"),
        CheckId("kubelet-metrics-forbidden"),
        CheckId("sidecar-kubelet-forbidden"),
        CheckId("http-proxy-intercepts"),
    ],
    explain: r"
What was seen
  The log of an Agent says `Unable to detect the kubelet URL automatically`, `impossible to reach Kubelet with
  host`, or that the name of its node is empty. Of the log nothing is kept but that the sentence was in it, how
  often and when.

What it means
  Without its kubelet the Agent sees no pods of its node, and so finds no scheduler, no controller manager and
  no etcd to check there. The sentence covers every cause: certificate, token, right, port and proxy alike; the
  Agent tells the cause only at the level DEBUG. Where ctlmon found one, this is shown under it.

How to confirm by hand
    kubectl -n datadog exec daemonset/datadog-agent -c agent -- agent status
    kubectl -n datadog get daemonset datadog-agent -o jsonpath='{.spec.template.spec.containers[*].env}' | tr '}' '\n' | grep KUBELET

How to fix
  Repair what another check names. Where none does, see that DD_KUBERNETES_KUBELET_HOST comes from
  status.hostIP, and for sidecars that DD_KUBERNETES_KUBELET_NODENAME comes from spec.nodeName; then let the
  Agent log at DEBUG for a minute.

References
  Datadog Agent: `pkg/util/kubernetes/kubelet`; integrations-core issues 3609 and 1829.
",
    judge,
};

static TOPIC: Topic = Topic {
    voices: &[Voice::Agent(AgentRole::NodeAgent), Voice::Agent(AgentRole::Sidecar)],
    sayings: &["kubelet-url-undetected", "kubelet-node-name-empty"],
    least: 1,
    severity: Severity::Error,
    summary: "the Agent finds no way to its kubelet",
    remedies,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    judge_topic(case, &TOPIC)
}

fn remedies(pod: &PodRef) -> Vec<Remedy> {
    let command = format!(
        "kubectl -n {} exec {} -- agent diagnose --include connectivity-datadog-autodiscovery --verbose",
        word(&pod.namespace),
        word(&pod.name)
    );
    vec![Remedy::run("ask the Agent for the cause", Touches::Nothing, &[command])]
}

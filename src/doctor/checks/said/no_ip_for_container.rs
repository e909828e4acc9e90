//! The Agent cannot fill %%host%% in, because it finds no address of the container.

use super::overheard::{Topic, judge as judge_topic};
use crate::{
    doctor::{Case, Check, CheckId, Remedy, Severity, Step, Subjects, Touches, Verdict},
    model::{agents::AgentRole, observed::Gap, question::PodRef},
    view::Voice,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("no-ip-for-container"),
    title: "a check's %%host%% has no address",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  The log of an Agent says `No IP found for container`. Of the log nothing is kept but that the sentence was in
  it, how often and when.

What it means
  A check's URL has %%host%%, and the Agent knows the container through the container runtime, which has no
  address for a pod on its node's network, as those of the control plane are. The check is not run at all.

How to confirm by hand
    kubectl -n datadog exec daemonset/datadog-agent -c agent -- agent configcheck --verbose
    kubectl -n kube-system get pods -l tier=control-plane -o custom-columns=NAME:.metadata.name,HOSTNETWORK:.spec.hostNetwork,IP:.status.podIP

How to fix
  Write the address of the node in place of %%host%%: https://%%env_DD_KUBERNETES_KUBELET_HOST%%:10259/metrics
  for a scheduler.

References
  datadog-agent issue 4249; Datadog: Autodiscovery template variables.
",
    judge,
};

static TOPIC: Topic = Topic {
    voices: &[Voice::Agent(AgentRole::NodeAgent), Voice::Agent(AgentRole::Runner)],
    sayings: &["no-ip-for-container"],
    least: 1,
    severity: Severity::Error,
    summary: "the Agent finds no address for %%host%% in the configuration of a check",
    remedies,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    judge_topic(case, &TOPIC)
}

fn remedies(_: &PodRef) -> Vec<Remedy> {
    vec![Remedy {
        title: "ask the node's address in place of the container's".to_owned(),
        steps: vec![
            Step::Edit {
                file: "the check's configuration, in the Helm values or in the annotation".to_owned(),
                change: "instances:\n  - prometheus_url: https://%%env_DD_KUBERNETES_KUBELET_HOST%%:10259/metrics\n"
                    .to_owned(),
            },
            Step::Read("the port is that of the component: 10259 of a scheduler, 10257 of a controller manager"),
        ],
        touches: Touches::Monitoring,
    }]
}

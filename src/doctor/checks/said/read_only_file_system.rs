//! The Agent's container may not write where it has to.

use super::overheard::{EVERYBODY, Topic, judge as judge_topic};
use crate::{
    doctor::{Case, Check, CheckId, Remedy, Severity, Step, Subjects, Touches, Verdict, shell::word},
    model::{observed::Gap, question::PodRef},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("read-only-file-system"),
    title: "the Agent may not write where it has to",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  The log of an Agent or of one of its init containers says `read-only file system`, or that a file in
  /etc/datadog-agent cannot be moved. Of the log nothing is kept but that the sentence was in it, how often and
  when.

What it means
  The container's root is read-only, or the node's operating system (Talos, Bottlerocket) denies a path that the
  chart mounts. Configuration does not get to its place, and the Agent starts without it or not at all.

How to confirm by hand
    kubectl -n datadog describe pods -l app.kubernetes.io/component=agent
    kubectl get nodes -o custom-columns=NAME:.metadata.name,OS:.status.nodeInfo.osImage

How to fix
  On Talos set providers.talos.enabled; elsewhere mount files of your own into /conf.d and /checks.d, which are
  copied, and not into /etc/datadog-agent.

References
  helm-charts issues 2448, 1939, 2150 and 1381; datadog-agent issue 7026.
",
    judge,
};

static TOPIC: Topic = Topic {
    voices: EVERYBODY,
    sayings: &["file-system-read-only"],
    least: 1,
    severity: Severity::Error,
    summary: "the Agent may not write where it has to",
    remedies,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    judge_topic(case, &TOPIC)
}

fn remedies(pod: &PodRef) -> Vec<Remedy> {
    vec![
        Remedy {
            title: "on Talos, let the chart leave out what its nodes do not have".to_owned(),
            steps: vec![Step::Edit {
                file: "the Helm values of the agents' release".to_owned(),
                change: "providers:\n  talos:\n    enabled: true\n".to_owned(),
            }],
            touches: Touches::Monitoring,
        },
        Remedy::run(
            "see what is mounted where",
            Touches::Nothing,
            &[format!("kubectl -n {} describe pod {}", word(&pod.namespace), word(&pod.name))],
        ),
    ]
}

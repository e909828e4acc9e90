//! The Agent ends at its start because nothing tells it the name of its host.

use super::overheard::{AGENTS, Topic, judge as judge_topic};
use crate::{
    doctor::{Case, Check, CheckId, Remedy, Severity, Step, Subjects, Touches, Verdict},
    model::{observed::Gap, question::PodRef},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("hostname-undetermined"),
    title: "the Agent does not know the name of its host, and ends",
    subjects: Subjects::Once,
    symptom_of: &[
        CheckId("kubelet-ignores-tokens"),
        CheckId("kubelet-metrics-forbidden"),
        CheckId("kubelet-url-undetected"),
    ],
    explain: r"
What was seen
  The log of an Agent, or the one before its last restart, says `unable to reliably determine the host name`. Of
  the log nothing is kept but that the sentence was in it, how often and when.

What it means
  The Agent asks the kubelet, the cloud's metadata service and its own settings for the name, in this order, and
  ends where none answers: the container restarts for ever. Mostly the kubelet's certificate or token is the
  cause; on nodes without a metadata service (or with one that containers may not reach) nothing else is left.
  The message about a missing auth_token file that goes with it is a consequence.

How to confirm by hand
    kubectl -n datadog get pods -o wide
    kubectl -n datadog logs daemonset/datadog-agent -c agent --previous --tail=100 | grep -F 'unable to reliably determine the host name'

How to fix
  Repair what keeps the Agent from its kubelet, if a check names it. Otherwise give it the name: DD_HOSTNAME
  from spec.nodeName, and a clusterName, which makes names unique among clusters.

References
  datadog-agent issues 30160, 18157 and 14152; helm-charts issue 1713.
",
    judge,
};

static TOPIC: Topic = Topic {
    voices: AGENTS,
    sayings: &["hostname-undetermined"],
    least: 1,
    severity: Severity::Error,
    summary: "the Agent ends at its start, because nothing tells it the name of its host",
    remedies,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    judge_topic(case, &TOPIC)
}

fn remedies(_: &PodRef) -> Vec<Remedy> {
    vec![Remedy {
        title: "tell the agents the name of their node".to_owned(),
        steps: vec![Step::Edit {
            file: "the Helm values of the agents' release".to_owned(),
            change: "datadog:\n  env:\n    - name: DD_HOSTNAME\n      valueFrom:\n        fieldRef:\n          fieldPath: spec.nodeName\n"
                .to_owned(),
        }],
        touches: Touches::Monitoring,
    }]
}

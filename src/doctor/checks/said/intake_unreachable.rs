//! The agents cannot deliver to Datadog what they collect.

use super::overheard::{EVERYBODY, Topic, judge as judge_topic};
use crate::{
    doctor::{Case, Check, CheckId, Remedy, Severity, Subjects, Touches, Verdict, shell::word},
    model::{observed::Gap, question::PodRef},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("intake-unreachable"),
    title: "what the agents collect does not reach Datadog",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  The log of an Agent says again and again that a request to Datadog got no answer (`Client.Timeout exceeded
  while awaiting headers`) or is to be sent once more. A few of these in an hour are ordinary and do not count.
  Of the log nothing is kept but that the sentence was in it, how often and when.

What it means
  Every check may be in order and every dashboard empty all the same. A firewall, a NetworkPolicy, a proxy or a
  wrong site stands between the cluster and Datadog; policies by host name (Cilium's FQDN rules) often lack one
  of the names.

How to confirm by hand
    kubectl -n datadog exec daemonset/datadog-agent -c agent -- agent diagnose --include connectivity-datadog-core-endpoints
    kubectl -n datadog get networkpolicies

How to fix
  Allow port 443 from all agents to the hosts of your site, and see that DD_SITE is the same in all containers.

References
  Datadog: network traffic; helm-charts issues 283, 456 and 555.
",
    judge,
};

static TOPIC: Topic = Topic {
    voices: EVERYBODY,
    sayings: &["intake-unreachable"],
    least: 3,
    severity: Severity::Error,
    summary: "what the agents collect does not reach Datadog",
    remedies,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    judge_topic(case, &TOPIC)
}

fn remedies(pod: &PodRef) -> Vec<Remedy> {
    let (namespace, name) = (word(&pod.namespace), word(&pod.name));
    vec![Remedy::run(
        "see which host cannot be reached, and what may stand in between",
        Touches::Nothing,
        &[
            format!(
                "kubectl -n {namespace} exec {name} -- agent diagnose --include connectivity-datadog-core-endpoints"
            ),
            format!("kubectl -n {namespace} get networkpolicies"),
        ],
    )]
}

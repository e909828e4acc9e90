//! The agents do not reach the Cluster Agent, or it turns them away.

use super::overheard::{AGENTS, Topic, judge as judge_topic};
use crate::{
    doctor::{Case, Check, CheckId, Remedy, Severity, Subjects, Touches, Verdict, shell::word},
    model::{observed::Gap, question::PodRef},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("cluster-agent-not-reached"),
    title: "the agents do not reach the Cluster Agent",
    subjects: Subjects::Once,
    symptom_of: &[
        CheckId("metrics-endpoint-unreachable"),
        CheckId("cluster-agent-address-wrong"),
        CheckId("cluster-agent-token-mismatch"),
    ],
    explain: r"
What was seen
  The log of an Agent, a runner or a sidecar says that it cannot reach the Cluster Agent: a `failure in
  clusterAgentClient`, an empty variable of its Service, a URL without TLS, a token that is refused or too
  short. Of the log nothing is kept but that the sentence was in it, how often and when.

What it means
  These agents get no cluster checks and no tags of the cluster. Where the address and the tokens are in order,
  as other checks say, the network is the cause: a NetworkPolicy that lets in the pods of the release alone, or
  a name that a pod on its node's network cannot resolve.

How to confirm by hand
    kubectl -n datadog get service,endpoints -l app.kubernetes.io/component=cluster-agent
    kubectl get networkpolicies -A
    kubectl -n datadog exec daemonset/datadog-agent -c agent -- agent status

How to fix
  Repair what another check names; let port 5005 of the Cluster Agent in from every namespace with agents; give
  pods on their node's network the dnsPolicy ClusterFirstWithHostNet.

References
  Datadog: Cluster Agent troubleshooting; helm-charts issues 149, 1469 and 1606.
",
    judge,
};

static TOPIC: Topic = Topic {
    voices: AGENTS,
    sayings: &[
        "cluster-agent-out-of-reach",
        "cluster-agent-token-refused",
        "cluster-agent-token-too-short",
        "cluster-agent-address-unknown",
    ],
    least: 1,
    severity: Severity::Error,
    summary: "the agents do not reach the Cluster Agent",
    remedies,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    judge_topic(case, &TOPIC)
}

fn remedies(pod: &PodRef) -> Vec<Remedy> {
    vec![Remedy::run(
        "see whether it has endpoints, and what may stand in between",
        Touches::Nothing,
        &[
            "kubectl get endpoints -A -l app.kubernetes.io/component=cluster-agent".to_owned(),
            format!("kubectl -n {} get networkpolicies", word(&pod.namespace)),
        ],
    )]
}

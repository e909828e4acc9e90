//! The replicas of the Cluster Agent cannot agree on a leader.

use super::overheard::{Topic, judge as judge_topic};
use crate::{
    doctor::{Case, Check, CheckId, Remedy, Severity, Step, Subjects, Touches, Verdict, shell::word},
    model::{agents::AgentRole, observed::Gap, question::PodRef},
    view::Voice,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("cluster-agent-leader-lost"),
    title: "no replica of the Cluster Agent is known to lead",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  The log of the Cluster Agent says that its lease `is forbidden`, or `Could not refresh leadership status`. Of
  the log nothing is kept but that the sentence was in it, how often and when.

What it means
  Only the leader hands out cluster checks and runs those of the cluster as a whole. Without a right to its
  lease there is none; with a lease in the name of a pod that is gone, the others wait for it.

How to confirm by hand
    kubectl -n datadog get leases
    kubectl auth can-i update leases.coordination.k8s.io -n datadog --as system:serviceaccount:datadog:datadog-agent-cluster-agent

How to fix
  Upgrade the chart or the operator to a version whose role has leases, or add the rule; a lease of a pod that
  is gone may be deleted, since the next replica makes it anew.

References
  helm-charts issues 1050 and 1441; datadog-operator issues 773 and 798; datadog-agent issue 10361.
",
    judge,
};

static TOPIC: Topic = Topic {
    voices: &[Voice::Agent(AgentRole::ClusterAgent)],
    sayings: &["leader-election-forbidden", "leader-unknown"],
    least: 1,
    severity: Severity::Error,
    summary: "no replica of the Cluster Agent is known to lead",
    remedies,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    judge_topic(case, &TOPIC)
}

fn remedies(pod: &PodRef) -> Vec<Remedy> {
    let namespace = word(&pod.namespace);
    vec![
        Remedy::run(
            "see who holds the lease, and whether the Cluster Agent may take it",
            Touches::Nothing,
            &[
                format!("kubectl -n {namespace} get leases"),
                format!("kubectl -n {namespace} describe role,rolebinding | grep -B3 -A6 leases"),
            ],
        ),
        Remedy {
            title: "grant it leases; bind the role to the account of its pods".to_owned(),
            steps: vec![Step::Apply(format!(
                "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: cluster-agent-leases\n  namespace: {}\nrules:\n  - apiGroups: [coordination.k8s.io]\n    resources: [leases]\n    verbs: [get, list, watch, create, update]\n",
                pod.namespace
            ))],
            touches: Touches::Monitoring,
        },
    ]
}

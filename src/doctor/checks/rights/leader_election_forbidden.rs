//! The Cluster Agent may not write the lease by which it elects its leader.

use super::judge_all;
use crate::{
    doctor::{Case, Check, CheckId, Subjects, Verdict},
    model::{agent_role, agents::AgentRole, around, observed::Gap},
    view::accounts::lease_name,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("leader-election-forbidden"),
    title: "the Cluster Agent may not write its leader's lease",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[],
    explain: r#"
What was seen
  The Cluster Agent elects a leader (DD_LEADER_ELECTION), and the API server says by a SubjectAccessReview
  that its account may not create leases in its namespace, or not update the one that it is told to use
  (DD_LEADER_LEASE_NAME).

What it means
  No Cluster Agent becomes the leader, so none hands out cluster checks or collects events; its log has
  `leases.coordination.k8s.io "…-leader-election" is forbidden`.

How to confirm by hand
    kubectl auth can-i create leases.coordination.k8s.io -n datadog --as=system:serviceaccount:datadog:datadog-agent-cluster-agent
    kubectl -n datadog get leases

How to fix
  Keep clusterAgent.rbac.create on in the chart, or apply the printed rules. The name in the rule must be
  that of the lease.

References
  DataDog/helm-charts#1050, #1441; DataDog/datadog-operator#798, #773, #485.
"#,
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (AgentRole::ClusterAgent, workload) = case.workload()? else {
        return Ok(Verdict::NotApplicable("it elects no leader"));
    };
    if !agent_role::is_on(workload, "DD_LEADER_ELECTION") {
        return Ok(Verdict::NotApplicable("it is not told to elect a leader"));
    }
    let account = workload.account();
    let [_, _, create, update] =
        around::of_cluster_agent(&account, lease_name(workload)).map(|spec| spec.action);
    let summary =
        format!("the Cluster Agent may not write Lease {}, so it has no leader", lease_name(workload));
    judge_all(case, &account, [create, update], summary)
}

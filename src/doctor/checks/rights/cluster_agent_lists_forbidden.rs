//! The Cluster Agent may not list what it is to hand out checks for.

use super::judge_all;
use crate::{
    doctor::{Case, Check, CheckId, Subjects, Verdict},
    model::{agents::AgentRole, around, observed::Gap},
    view::accounts::lease_name,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("cluster-agent-lists-forbidden"),
    title: "the Cluster Agent may not list Services or their endpoints",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  A check of the control plane is handed out by the Cluster Agent, and the API server says by a
  SubjectAccessReview that the Cluster Agent's account may not list Services or EndpointSlices.

What it means
  The Cluster Agent follows these objects to know which checks are to run against which addresses. Without
  the right it logs `forbidden` for its informers, and `agent clusterchecks` stays empty.

How to confirm by hand
    kubectl auth can-i list endpointslices.discovery.k8s.io --as=system:serviceaccount:datadog:datadog-agent-cluster-agent
    kubectl -n datadog exec deploy/datadog-agent-cluster-agent -- agent clusterchecks

How to fix
  Keep clusterAgent.rbac.create on in the chart, or apply the printed rules.

References
  DataDog/datadog-agent#45949, #3704; the chart's cluster-agent-rbac.yaml.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (AgentRole::ClusterAgent, workload) = case.workload()? else {
        return Ok(Verdict::NotApplicable("it hands nothing out"));
    };
    if case.view.handed_out()?.is_empty() {
        return Ok(Verdict::NotApplicable("no check of the control plane is handed out"));
    }
    let account = workload.account();
    let [services, slices, ..] =
        around::of_cluster_agent(&account, lease_name(workload)).map(|spec| spec.action);
    let summary = "the Cluster Agent may not list what it is to hand out checks for";
    judge_all(case, &account, [services, slices], summary)
}

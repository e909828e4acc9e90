//! A sidecar that asks the API server for its kubelet does not know its node.

use super::by_field::{self, Wanted};
use crate::{
    doctor::{Case, Check, CheckId, Subjects, Verdict},
    model::{agent_role::asks_through_the_api_server, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("sidecar-node-name-missing"),
    title: "a sidecar does not know the name of its node",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  A workload's Agent has DD_EKS_FARGATE, and its variable DD_KUBERNETES_KUBELET_NODENAME is missing, is
  empty, or comes from a field that is not the node's name.

What it means
  On Fargate the Agent asks the API server for /api/v1/nodes/NODE/proxy/. Without the name it logs `kubelet
  proxy mode enabled but nodename is empty - unable to query`, and collects nothing of its pod.

How to confirm by hand
    kubectl -n NAMESPACE get pods POD -o jsonpath='{range .spec.containers[*].env[*]}{.name} {.valueFrom.fieldRef.fieldPath}{end}' | tr ' ' '\n' | grep -A1 NODENAME

How to fix
  Take the variable from spec.nodeName, as the admission controller does for sidecars that it injects.

References
  Datadog: Amazon EKS on AWS Fargate; datadog-agent, pkg/util/kubernetes/kubelet/kubelet_client.go.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    const NODE: Wanted = Wanted {
        name: "DD_KUBERNETES_KUBELET_NODENAME",
        problem: "a sidecar does not know the name of its node",
        remedy: "take the name from the pod's node",
        field: "spec.nodeName",
    };
    let (_, workload) = case.workload()?;
    if !asks_through_the_api_server(workload) {
        return Ok(Verdict::NotApplicable("its agents ask the kubelet itself"));
    }
    by_field::judge(case, workload, &NODE, |field| field == NODE.field)
}

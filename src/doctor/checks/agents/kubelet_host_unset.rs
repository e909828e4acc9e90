//! Node agents are not told the address of their node, where the kubelet is.

use super::by_field::{self, Wanted};
use crate::{
    doctor::{Case, Check, CheckId, Subjects, Verdict},
    model::{agents::AgentRole, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("kubelet-host-unset"),
    title: "the agents are not told where their kubelet is",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[],
    explain: r#"
What was seen
  The variable DD_KUBERNETES_KUBELET_HOST of the node agents is missing, is empty, or comes from a field of
  the pod that is not an address or the name of its node.

What it means
  The Agent asks its kubelet at that host. Without one it logs `Get "http://:10255/pods": dial tcp :10255`
  and `Unable to detect the kubelet URL automatically`, and knows no container of its node.

How to confirm by hand
    kubectl -n datadog get daemonset datadog-agent -o jsonpath='{range .spec.template.spec.containers[*].env[*]}{.name} {.value}{.valueFrom.fieldRef.fieldPath}{end}' | tr ' ' '\n' | grep -A1 KUBELET_HOST

How to fix
  Take it from status.hostIP, as the chart and the operator do; spec.nodeName will do where the name can be
  resolved from the pod and stands in the kubelet's serving certificate.

References
  DataDog/datadog-agent#6621; the chart's values datadog.kubelet.host.
"#,
    judge,
};

/// The fields of a pod that lead to its node.
const FIELDS: [&str; 3] = ["status.hostIP", "status.hostIPs", "spec.nodeName"];

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    const HOST: Wanted = Wanted {
        name: "DD_KUBERNETES_KUBELET_HOST",
        problem: "the agents are not told where their kubelet is",
        remedy: "take the host from the address of the node",
        field: "status.hostIP",
    };
    let (AgentRole::NodeAgent, workload) = case.workload()? else {
        return Ok(Verdict::NotApplicable("it does not ask the kubelet of its node"));
    };
    by_field::judge(case, workload, &HOST, |field| {
        // On the node's network the pod's address is the node's.
        FIELDS.contains(&field) || (workload.host_network && field.starts_with("status.podIP"))
    })
}

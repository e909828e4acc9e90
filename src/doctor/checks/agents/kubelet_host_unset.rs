//! Node agents are not told the address of their node, where the kubelet is.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Verdict},
    model::{
        agent_role::{Variable, variable},
        agents::AgentRole,
        evidence::Evidence,
        observed::{Gap, Why},
        workload::EnvSource,
    },
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
    const NAME: &str = "DD_KUBERNETES_KUBELET_HOST";
    let (AgentRole::NodeAgent, workload) = case.workload()? else {
        return Ok(Verdict::NotApplicable("it does not ask the kubelet of its node"));
    };
    let (wrong, claim) = match variable(workload, NAME) {
        Variable::Unset => (true, format!("{NAME} is missing or empty")),
        Variable::Value(value) => (false, format!("{NAME} is {value}")),
        Variable::From(EnvSource::Field(field)) => {
            // On the node's network the pod's address is the node's.
            let is_of_node = FIELDS.contains(&field.as_str())
                || (workload.host_network && field.starts_with("status.podIP"));
            (!is_of_node, format!("{NAME} comes from {field}"))
        }
        Variable::From(_) => {
            let why = "it comes from another object, which is not read".to_owned();
            return Err(Gap::new(format!("{NAME} of {}", case.subject), Why::OutOfReach(why)));
        }
    };
    let seen = Evidence::in_variables(workload, claim.clone());
    if !wrong {
        return Ok(Verdict::pass(seen));
    }
    let lines = format!("- name: {NAME}\n  valueFrom:\n    fieldRef:\n      fieldPath: status.hostIP\n");
    Ok(Finding::error(format!("the agents are not told where their kubelet is: {claim}"))
        .seen([seen])
        .mend(Remedy::variables("take the host from the address of the node", workload, lines))
        .found())
}

//! The agents are told to ask their kubelet on its port without TLS, which is closed.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{
        agents::AgentRole, component::Component, evidence::Evidence, observed::Gap, question::Resource,
        workload::Workload,
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("kubelet-read-only-port-asked"),
    title: "the agents ask their kubelet on its read-only port, which is closed",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  DD_KUBERNETES_HTTPS_KUBELET_PORT is 0, so that the agents are left with the kubelet's port without TLS
  (DD_KUBERNETES_HTTP_KUBELET_PORT, 10255 by default), and the kubelets' own configuration has readOnlyPort 0.

What it means
  `Get http://ADDRESS:10255/pods: connect: connection refused`. Without its kubelet an Agent knows no pods,
  and attaches no check to any. The read-only port is closed since kubelets are configured by a file, on kOps
  since 1.21.

How to confirm by hand
    kubectl get --raw /api/v1/nodes/NODE/proxy/configz | tr ',' '\n' | grep readOnlyPort
    kubectl -n datadog exec ds/datadog-agent -c agent -- env | grep KUBELET_PORT

How to fix
  Remove both variables: the agents then ask 10250 with TLS and their token. Do not open the read-only port
  again; it answers everybody.

References
  Kubernetes: KubeletConfiguration, readOnlyPort. helm-charts#541; datadog-agent#6621.
",
    judge,
};

const TLS_PORT: &str = "DD_KUBERNETES_HTTPS_KUBELET_PORT";
const PLAIN_PORT: &str = "DD_KUBERNETES_HTTP_KUBELET_PORT";

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (role, workload) = case.workload()?;
    let Some(agent) = workload.container("agent").filter(|_| role == AgentRole::NodeAgent) else {
        return Ok(Verdict::NotApplicable("these ask no kubelet of their node"));
    };
    let told = |variable: &str| agent.env.get(variable).map(String::as_str);
    let seen = |claim: String| Evidence::in_workload(workload, Some("env"), claim);
    if told(TLS_PORT) != Some("0") {
        let port = told(TLS_PORT).unwrap_or("10250");
        return Ok(Verdict::pass(seen(format!("they ask the kubelet on {port} with TLS first"))));
    }
    let plain = told(PLAIN_PORT).unwrap_or("10255");
    if case.view.instances_of(Component::Kubelet).next().is_none() {
        return Err(case.view.gap_of(Resource::Nodes, "the nodes, and with them their kubelets"));
    }
    for kubelet in case.view.instances_of(Component::Kubelet) {
        let Some(node) = kubelet.node.as_deref() else { continue };
        let config = case.view.snapshot.kubelet_config(node);
        let config = config.seen(&format!("the configuration of the kubelet on {node}"))?;
        if config.read_only_port.unwrap_or_default().to_string() == plain {
            continue;
        }
        let closed =
            Evidence::at_path(&format!("/api/v1/nodes/{node}/proxy/configz"), "readOnlyPort is 0 or another");
        return Ok(Finding::error(format!(
            "the agents ask their kubelet on port {plain} without TLS, which is closed"
        ))
        .seen([seen(format!("{TLS_PORT}=0")), closed])
        .mend(remedy(workload))
        .found());
    }
    Ok(Verdict::pass(seen(format!("they ask port {plain}, which the kubelets that were read have open"))))
}

fn remedy(workload: &Workload) -> Remedy {
    let target = format!("{}/{}", workload.kind_name().to_lowercase(), workload.name);
    Remedy::run(
        "let them ask the port with TLS",
        Touches::Monitoring,
        &[format!("kubectl -n {} set env {target} {TLS_PORT}- {PLAIN_PORT}-", workload.namespace)],
    )
    .knowing("take them out of the Helm values or the DatadogAgent too, else they come back")
}

//! The name in the Cluster Agent's URL cannot be resolved where the agents run.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{
        answer::Answer,
        evidence::Evidence,
        observed::{Gap, Observed, Why},
        question::Question,
    },
    view::cluster_agent::{Address, address, service_of},
};
use std::net::IpAddr;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("cluster-agent-name-unresolvable"),
    title: "the name of the Cluster Agent cannot be resolved where the agents run",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  DD_CLUSTER_AGENT_URL names a Service of the cluster, and either the pods share their node's network
  without dnsPolicy ClusterFirstWithHostNet, or the name ends in another domain than that of the cluster
  (clusterDomain of the kubelets).

What it means
  A pod on its node's network with the default policy asks the node's own name servers, which know no
  Service: `no such host`, then `temporary failure in clusterAgentClient, will retry later`.

How to confirm by hand
    kubectl -n datadog get daemonset datadog-agent -o jsonpath='{.spec.template.spec.hostNetwork} {.spec.template.spec.dnsPolicy}'
    kubectl -n datadog exec ds/datadog-agent -c agent -- getent hosts datadog-agent-cluster-agent.datadog.svc

How to fix
  Set dnsPolicy to ClusterFirstWithHostNet; or leave the domain away: NAME.NAMESPACE.svc is resolved in
  every cluster.

References
  DataDog/helm-charts#1469. Kubernetes: DNS for Services and pods, pod's DNS policy.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (role, workload) = case.workload()?;
    let found = address(workload);
    let Address::Url(endpoint) = &found else {
        return Ok(Verdict::NotApplicable("they are given no URL with a name"));
    };
    let host = &endpoint.host;
    if host.parse::<IpAddr>().is_ok() || service_of(workload, &found).is_none() {
        return Ok(Verdict::NotApplicable("the URL names no Service of this cluster"));
    }
    let written = Evidence::in_variables(workload, format!("DD_CLUSTER_AGENT_URL leads to {host}"));
    let policy = workload.dns_policy.as_deref().unwrap_or("ClusterFirst");
    let dns = Evidence::in_workload(workload, Some("spec.template.spec.dnsPolicy"), format!("is {policy}"));
    if policy == "Default" || (workload.host_network && policy == "ClusterFirst") {
        let place =
            format!("the pod template of {} {}/{}", workload.kind_name(), workload.namespace, workload.name);
        let right = if workload.host_network { "ClusterFirstWithHostNet" } else { "ClusterFirst" };
        let remedy = Remedy::edit(
            "let the pods ask the cluster's name server",
            Touches::Monitoring,
            place,
            format!("dnsPolicy: {right}\n"),
        );
        let summary = format!(
            "the {} cannot resolve {host}: their pods ask the name servers of their node",
            role.word()
        );
        return Ok(Finding::error(summary).seen([written, dns]).mend(remedy).found());
    }
    let Some((_, domain)) = host.split_once(".svc.") else {
        return Ok(Verdict::Pass(vec![written, dns]));
    };
    let (node, known) = cluster_domain(case)?;
    let of_kubelet = Evidence::at_path(
        &format!("/api/v1/nodes/{node}/proxy/configz"),
        format!("clusterDomain is {known}"),
    );
    if domain.trim_end_matches('.') == known {
        return Ok(Verdict::Pass(vec![written, dns, of_kubelet]));
    }
    let (namespace, name) = service_of(workload, &found).unwrap_or_default();
    let lines = format!("DD_CLUSTER_AGENT_URL=https://{name}.{namespace}.svc:{}\n", endpoint.port);
    Ok(Finding::error(format!(
        "the {} cannot resolve {host}: the domain of this cluster is {known}",
        role.word()
    ))
    .seen([written, of_kubelet])
    .mend(Remedy::variables("leave the domain away", workload, lines))
    .found())
}

/// The domain of the cluster by the word of a kubelet, and which node's.
fn cluster_domain<'a>(case: &Case<'a>) -> Result<(&'a str, &'a str), Gap> {
    // Without nodes no kubelet is asked.
    case.view.control_plane_nodes()?;
    let mut first = None;
    for asked in &case.view.snapshot.asked {
        let Question::KubeletConfig(node) = &asked.question else { continue };
        match &asked.answer {
            Observed::Seen(Answer::KubeletConfig(config)) => {
                if let Some(domain) = &config.cluster_domain {
                    return Ok((node, domain));
                }
            }
            other => first = first.or_else(|| other.seen("the domain of the cluster").err()),
        }
    }
    Err(first.unwrap_or_else(|| Gap::new("the domain of the cluster", Why::NotAsked)))
}

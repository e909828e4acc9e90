//! Agents look for the Cluster Agent by variables that their pods do not have.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Verdict},
    model::{
        agent_role::agent_containers,
        agents,
        evidence::Evidence,
        facts::Pod,
        observed::{Gap, Why},
        workload::Workload,
    },
    view::cluster_agent::{Address, address, service_of},
};
use jiff::Timestamp;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("service-variables-unset"),
    title: "agents lack the variables of the Cluster Agent's Service",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[CheckId("cluster-agent-address-wrong")],
    explain: r"
What was seen
  The agents are told the Cluster Agent's Service by name, and either their pods get no variables of
  Services (enableServiceLinks is false), or a container of theirs runs since before the Service was made.

What it means
  DD_CLUSTER_AGENT_KUBERNETES_SERVICE_NAME=x makes the Agent read X_SERVICE_HOST and X_SERVICE_PORT, which
  the kubelet sets when it starts a container, for the Services that exist then in the pod's namespace. The
  Agent's log has `cannot get a cluster agent endpoint for kubernetes service X, env X_SERVICE_HOST is
  empty`.

How to confirm by hand
    kubectl -n datadog exec ds/datadog-agent -c agent -- sh -c 'env | grep CLUSTER_AGENT'
    kubectl -n datadog get service datadog-agent-cluster-agent -o jsonpath='{.metadata.creationTimestamp}'

How to fix
  Give the agents the URL, which depends on neither; or let pods have the variables and restart them.

References
  datadog-agent, pkg/config/utils/clusteragent.go. Kubernetes: environment variables of Services.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (role, workload) = case.workload()?;
    let found = address(workload);
    let (Address::Service(_), Some((namespace, name))) = (&found, service_of(workload, &found)) else {
        return Ok(Verdict::NotApplicable(
            "it does not look for the Cluster Agent by variables of a Service",
        ));
    };
    let url = format!("DD_CLUSTER_AGENT_URL=https://{name}.{namespace}.svc.cluster.local:5005\n");
    let problem = |summary: String, evidence: Vec<Evidence>| {
        Finding::error(summary)
            .seen(evidence)
            .mend(
                Remedy::variables("give the agents the URL of the Cluster Agent", workload, url.clone())
                    .knowing(
                        "a pod on the node's network needs dnsPolicy: ClusterFirstWithHostNet to resolve it",
                    ),
            )
            .found()
    };
    if workload.service_links == Some(false) {
        let seen =
            Evidence::in_workload(workload, Some("enableServiceLinks"), "pods get no variables of Services");
        let summary = format!("the {} look for variables of a Service, and their pods get none", role.word());
        return Ok(problem(summary, vec![seen]));
    }
    let listed = case.view.snapshot.names(&agents::service(&namespace, &name));
    let listed = listed.seen(&format!("Service {namespace}/{name}"))?;
    let Some(service) = listed.items.first() else {
        return Ok(Verdict::NotApplicable("there is no such Service, which is another problem"));
    };
    let in_service = |claim: String| Evidence::in_object("Service", Some(&namespace), &name, None, claim);
    let Some(made) = service.created else {
        return Ok(Verdict::pass(in_service("exists".to_owned())));
    };
    match super::standing::unread(case, workload) {
        Some(gap) if gap.why == Why::NotAsked => {
            return Ok(Verdict::NotApplicable("none of its pods is on the nodes that were looked at"));
        }
        Some(gap) => return Err(gap),
        None => {}
    }
    let older = case
        .view
        .pods_of(workload)
        .into_iter()
        .find_map(|pod| Some((pod, started(workload, pod)?)))
        .filter(|(_, started)| *started < made);
    Ok(match older {
        Some((pod, started)) => {
            let runs = format!("runs since {started}");
            let pod = Evidence::in_object("Pod", Some(&pod.namespace), &pod.name, None, runs);
            let summary =
                format!("the {} run since before the Cluster Agent's Service was made", role.word());
            problem(summary, vec![in_service(format!("was made at {made}")), pod])
        }
        None => Verdict::pass(in_service(format!("was made at {made}, before the pods that were read"))),
    })
}

/// Since when an Agent runs in a pod, by its container that runs longest.
fn started(workload: &Workload, pod: &Pod) -> Option<Timestamp> {
    let is_agent = |name: &str| agent_containers(workload).any(|container| container.name == name);
    let containers = pod.containers.iter().filter(|container| is_agent(&container.name));
    containers.filter_map(|container| container.state.as_ref()?.started).min()
}

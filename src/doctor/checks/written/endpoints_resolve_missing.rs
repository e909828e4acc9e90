//! A check of endpoints is left to agents of nodes on which no agent runs.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, checks::setting},
    model::{
        evidence::Evidence,
        observed::{Gap, Why},
    },
    view::{Origin, attach},
};
use std::collections::BTreeSet;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("endpoints-resolve-missing"),
    title: "a check of endpoints is left to agents of nodes on which no agent runs",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  The endpoints behind the Service are pods of nodes that no agent may run on, by taints, selectors and
  affinities, and the check does not say that endpoints are to be resolved by address.

What it means
  The Cluster Agent gives the check of an endpoint that is a pod to the agent of that pod's node, and to
  nobody where there is none. With `ip` it goes to any agent or runner that can reach the address. OpenShift's
  control plane needs it, and the operator writes it there.

How to confirm by hand
    kubectl -n NAMESPACE get endpointslices -l kubernetes.io/service-name=NAME -o jsonpath='{.items[*].endpoints}'
    kubectl -n datadog exec deploy/datadog-agent-cluster-agent -- agent clusterchecks

How to fix
  Add the annotation ad.datadoghq.com/endpoints.resolve: ip to the Service, in a file `resolve: ip` below
  kube_endpoints; or let the agents run on those nodes.

References
  datadog-operator: controlplanemonitoring/configmap.go. Datadog: control plane monitoring, OpenShift 4.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let written = case.written()?;
    if !written.is_of_endpoints() {
        return Ok(Verdict::NotApplicable("it is not for endpoints"));
    }
    let says = |claim: &str| written.origin.says(claim);
    if written.goes_by_address() {
        return Ok(Verdict::pass(says("endpoints are resolved by address")));
    }
    let addresses = case.view.fronted(&written)?;
    let of_pods: BTreeSet<&str> = addresses
        .iter()
        .filter(|address| attach::is_pod(address))
        .filter_map(|address| address.node.as_deref())
        .collect();
    if of_pods.is_empty() {
        return Ok(Verdict::pass(says("its endpoints are no pods of a node, so that any agent is asked")));
    }
    let agents = case.view.agents.workloads.as_ref().map_err(Clone::clone)?;
    let mut without = Vec::new();
    for name in &of_pods {
        let node = case.view.nodes.get(name);
        let node = node.ok_or_else(|| Gap::new(format!("node {name}"), Why::Partial))?;
        if agents.iter().all(|workload| !workload.obstacles(node).is_empty()) {
            without.push(*name);
        }
    }
    let services = written.services();
    let (namespace, service) = services.first().copied().unwrap_or_default();
    let seen =
        |claim: String| Evidence::in_object("Service", Some(namespace), service, Some("endpoints"), claim);
    if without.is_empty() {
        let nodes: Vec<&str> = of_pods.into_iter().collect();
        return Ok(Verdict::pass(seen(format!(
            "its pods are on {}, where agents may run",
            nodes.join(", ")
        ))));
    }
    let remedy = match &written.origin {
        Origin::Annotation { .. } => Remedy::run(
            "let endpoints be resolved by address",
            Touches::Monitoring,
            &[format!(
                "kubectl -n {namespace} annotate service {service} ad.datadoghq.com/endpoints.resolve=ip"
            )],
        ),
        origin => Remedy::edit(
            "let endpoints be resolved by address",
            Touches::Monitoring,
            setting::place(origin),
            format!(
                "advanced_ad_identifiers:\n  - kube_endpoints:\n      name: {service}\n      namespace: {namespace}\n      resolve: ip\n"
            ),
        ),
    };
    Ok(Finding::error(format!(
        "the check is left to the agents of {}, and none runs there",
        without.join(", ")
    ))
    .seen([
        seen(format!("its pods are on {}, where no agent may run", without.join(", "))),
        says("endpoints are not resolved by address"),
    ])
    .mend(remedy)
    .found())
}

//! An aggregated API cannot be reached.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{
        around,
        component::Component,
        evidence::Evidence,
        observed::{Gap, Why},
        surroundings::ApiService,
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("aggregated-api-unavailable"),
    title: "an aggregated API cannot be reached",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  The condition Available of an APIService is not true, or an API server counts it in aggregator_unavailable_apiservice.

What it means
  The API server passes requests for that group on to a Service of the cluster, and gets no answer. `kubectl top`,
  autoscalers by external metrics, or whatever the group is for stop working; discovery becomes slow, and a namespace that
  is deleted hangs. external.metrics.k8s.io may be the Cluster Agent's own.

How to confirm by hand
    kubectl get apiservices | grep False
    kubectl describe apiservice NAME

How to fix
  See whether the Service has endpoints, and whether the control plane reaches them. An APIService that was left behind by
  something that is gone is deleted.

References
  kubernetes-mixin, alert KubeAggregatedAPIDown (warning). Kubernetes: API aggregation layer.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    const WHAT: &str = "the aggregated APIs";
    let listed = case.view.snapshot.api_services(&around::api_services());
    let listed = listed.seen(WHAT)?;
    let down: Vec<&ApiService> =
        listed.items.iter().filter(|service| service.available == Some(false)).collect();
    let mut evidence: Vec<Evidence> = down.iter().map(|service| of_condition(service)).collect();
    let mut names: Vec<&str> = down.iter().map(|service| service.name.as_str()).collect();
    for scraped in case.view.instances_of(Component::ApiServer).filter_map(|server| case.view.scraped(server))
    {
        for (labels, _) in
            scraped.samples("aggregator_unavailable_apiservice").filter(|(_, value)| *value > 0.0)
        {
            let Some(name) = labels.get("name") else { continue };
            let claim = format!("aggregator_unavailable_apiservice of {name} is 1");
            evidence.push(Evidence::in_probe(scraped.spec, claim));
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
    }
    if names.is_empty() {
        if !listed.complete {
            return Err(Gap::new(WHAT, Why::Partial));
        }
        let claim = format!("{} APIServices, none of which is unavailable", listed.items.len());
        return Ok(Verdict::pass(Evidence::at_path("/apis/apiregistration.k8s.io/v1/apiservices", claim)));
    }
    let looks = names.iter().map(|name| format!("kubectl describe apiservice {name}"));
    let endpoints = down.iter().filter_map(|service| service.service.as_ref()).map(|(namespace, name)| {
        format!("kubectl -n {namespace} get endpointslices -l kubernetes.io/service-name={name}")
    });
    let lines: Vec<String> = looks.chain(endpoints).collect();
    let remedy = Remedy::run("see why, and whether anybody is behind its Service", Touches::Nothing, &lines);
    let finding = Finding::warning(format!("aggregated APIs cannot be reached: {}", names.join(", ")));
    Ok(finding.seen(evidence).mend(remedy).found())
}

fn of_condition(service: &ApiService) -> Evidence {
    let reason = if service.reason.is_empty() { String::new() } else { format!(": {}", service.reason) };
    let claim = format!("Available is not true{reason}");
    Evidence::in_object("APIService", None, &service.name, Some("status.conditions"), claim)
}

//! There is nobody behind the Service of the Cluster Agent.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, shell::word},
    model::{agents, evidence::Evidence, observed::Gap},
    view::cluster_agent::{address, service_of},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("cluster-agent-service-empty"),
    title: "nobody is behind the Service of the Cluster Agent",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[CheckId("cluster-agent-address-wrong")],
    explain: r"
What was seen
  The Service by which agents reach the Cluster Agent exists, and its EndpointSlices hold no address that is
  ready.

What it means
  Connections to the Service are refused or time out. Either no pod of the Cluster Agent is ready, or the
  Service selects other labels than these pods have.

How to confirm by hand
    kubectl -n datadog get endpointslices -l kubernetes.io/service-name=datadog-agent-cluster-agent
    kubectl -n datadog get service datadog-agent-cluster-agent -o jsonpath='{.spec.selector}'
    kubectl -n datadog get pods -l app.kubernetes.io/component=cluster-agent --show-labels

How to fix
  See why the pods are not ready; where they are, correct the selector or the name that the agents are
  given.

References
  Kubernetes: Services without endpoints.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (_, workload) = case.workload()?;
    let Some((namespace, name)) = service_of(workload, &address(workload)) else {
        return Ok(Verdict::NotApplicable("it is led to no Service of this cluster"));
    };
    let listed = case.view.snapshot.names(&agents::service(&namespace, &name));
    if listed.seen(&format!("Service {namespace}/{name}"))?.items.is_empty() {
        return Ok(Verdict::NotApplicable("there is no such Service, which is another problem"));
    }
    let slices = case.view.slices_of(&namespace, &name)?;
    let ready = slices.iter().flat_map(|slice| &slice.addresses).find(|address| address.ready);
    let seen = |claim: String| {
        Evidence::in_object("EndpointSlice", Some(&namespace), &name, Some("endpoints"), claim)
    };
    if let Some(ready) = ready {
        return Ok(Verdict::pass(seen(format!("{} is behind the Service and ready", ready.address))));
    }
    let lines = [
        format!(
            "kubectl -n {} get endpointslices -l kubernetes.io/service-name={}",
            word(&namespace),
            word(&name)
        ),
        format!("kubectl -n {} describe service {}", word(&namespace), word(&name)),
        format!("kubectl -n {} get pods --show-labels", word(&namespace)),
    ];
    Ok(Finding::error(format!(
        "nobody is behind Service {namespace}/{name}, by which agents reach the Cluster Agent"
    ))
    .seen([seen("no address of the Service is ready".to_owned())])
    .mend(
        Remedy::run(
            "compare the Service's selector with the labels of the Cluster Agent's pods",
            Touches::Nothing,
            &lines,
        )
        .knowing("where no pod is ready, its own events and log say why"),
    )
    .found())
}

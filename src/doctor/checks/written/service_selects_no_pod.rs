//! A check is for a Service that has no addresses behind it.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{component::Component, evidence::Evidence, observed::Gap},
    view::Written,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("service-selects-no-pod"),
    title: "a check is for a Service that has no addresses behind it",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[CheckId("pushprox-selects-nothing")],
    explain: r"
What was seen
  The check stands in an annotation of a Service, or in a file for a Service's endpoints, and the Service has
  no ready address: its selector fits no pod, it does not exist, or the component is no pod at all.

What it means
  There is nothing to hand out, so the check never runs and nothing fails. kubeadm labels its static pods
  `component`, kOps and others `k8s-app`; where the component is a program of the node no selector fits, and
  the addresses must be written by hand.

How to confirm by hand
    kubectl -n NAMESPACE get service NAME -o jsonpath='{.spec.selector}'
    kubectl -n NAMESPACE get endpointslices -l kubernetes.io/service-name=NAME
    kubectl -n kube-system get pods --show-labels

How to fix
  Select the labels that the pods have. Where there are no pods leave the selector out and write an
  EndpointSlice with the nodes' addresses.

References
  prometheus-operator#618, kubeasz#835. Kubernetes: Services without selectors.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let written = case.written()?;
    let services = written.services();
    let Some((namespace, name)) = services.first().copied().filter(|_| written.check.unreadable.is_none())
    else {
        return Ok(Verdict::NotApplicable("it is for no Service, or cannot be read"));
    };
    let ready = case.view.fronted(&written)?.iter().filter(|address| address.ready).count();
    let seen =
        |claim: String| Evidence::in_object("Service", Some(namespace), name, Some("endpoints"), claim);
    if ready > 0 {
        return Ok(Verdict::pass(seen(format!("{ready} ready addresses are behind it"))));
    }
    let selector = written.service.map(|service| &service.selector).filter(|selector| !selector.is_empty());
    let selects = selector.map(|selector| {
        let pairs: Vec<String> = selector.iter().map(|(key, value)| format!("{key}={value}")).collect();
        Evidence::in_object("Service", Some(namespace), name, Some("spec.selector"), pairs.join(", "))
    });
    let finding =
        Finding::error(format!("no address is behind Service {namespace}/{name}, which the check is for"))
            .seen([seen("no ready address is behind it".to_owned())].into_iter().chain(selects))
            .mend(remedy(case, &written, namespace, name));
    // Only a Service of PushProx is empty because PushProx runs nowhere.
    Ok(Finding { own_cause: !name.starts_with("pushprox-"), ..finding }.found())
}

/// Selects the pods of the component where some are known, else shows what there is.
fn remedy(case: &Case<'_>, written: &Written<'_>, namespace: &str, name: &str) -> Remedy {
    let labels = case.view.instances_of(written.component).find_map(|instance| {
        let (pod, _) = case.view.container_of(instance)?;
        let label = ["component", "k8s-app"].into_iter().find_map(|key| Some((key, pod.labels.get(key)?)))?;
        (pod.namespace == namespace && written.component != Component::ClusterAgent).then_some(label)
    });
    match labels {
        Some((key, value)) => Remedy::run(
            "select the pods of the component",
            Touches::Monitoring,
            &[format!("kubectl -n {namespace} patch service {name} --type merge -p '{{\"spec\":{{\"selector\":{{\"{key}\":\"{value}\"}}}}}}'")],
        )
        .knowing("a key of the old selector stays unless it is set to null in the same patch"),
        None => Remedy::run(
            "see what could be behind it",
            Touches::Nothing,
            &[
                format!("kubectl -n {namespace} get service {name} -o jsonpath='{{.spec.selector}}'"),
                format!("kubectl -n {namespace} get pods --show-labels"),
            ],
        ),
    }
}

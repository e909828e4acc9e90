//! EKS does not serve the metrics of its controller manager and scheduler, though its release has them.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, fold},
    model::{around, component::Component, evidence::Evidence, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("eks-metrics-not-served"),
    title: "EKS does not serve the metrics of its controller manager and scheduler",
    subjects: Subjects::EachInstance(&[Component::ControllerManager, Component::Scheduler]),
    symptom_of: &[],
    explain: r"
What was seen
  The API server answers 404 at the path below /apis/metrics.eks.amazonaws.com where it answers for a component that
  Amazon runs, and among its API groups that one is missing.

What it means
  From Kubernetes 1.28 on EKS registers the group by an APIService, v1.metrics.eks.amazonaws.com, which it makes when
  the platform version that has it is rolled out. An admission webhook of the cluster that refused or did not answer
  the request has kept it from being made. Until it is there every check of these two components gets a 404, whatever
  the agents' rights are.

How to confirm by hand
    kubectl get apiservice v1.metrics.eks.amazonaws.com
    kubectl get --raw /apis/metrics.eks.amazonaws.com/v1/kcm/container/metrics | head
    aws eks describe-cluster --name CLUSTER --query 'cluster.[version,platformVersion]'

How to fix
  Look for webhooks that match apiservices, let them pass what eks:k8s-metrics and the service accounts of
  kube-system make, and make the APIService yourself as Amazon's guide shows it, or wait for the next platform version.
  A cluster older than 1.28 has no such metrics: update it.

References
  Amazon EKS user guide: fetch control plane raw metrics in Prometheus format.
  Datadog: Kubernetes control plane monitoring, Amazon EKS.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    if !instance.is_lent() {
        return Ok(Verdict::NotApplicable("the API server answers in nobody's place here"));
    }
    let what = format!("what the API server answers for {}", instance.component);
    // Who may not ask is refused before anybody looks whether it is served.
    let told =
        case.view.probes(instance).find(|(_, record)| !matches!(record.status(), None | Some(401 | 403)));
    let Some((spec, record)) = told else { return Err(case.view.gap(instance, what)) };
    let seen = Evidence::in_probe(spec, fold::answer(record));
    if record.status() != Some(404) {
        return Ok(Verdict::pass(seen));
    }
    let groups = case.view.snapshot.api_groups();
    let is_served =
        groups.seen("the API groups")?.iter().any(|group| group.split('/').next() == Some(around::EKS_GROUP));
    let claim = if is_served { "the group is served" } else { "the group is not served" };
    Ok(Finding::error(format!("the API server does not serve the metrics of {}", instance.component))
        .seen([seen, Evidence::at_path("/apis", format!("{}: {claim}", around::EKS_GROUP))])
        .mend(Remedy::run(
            "find the webhook that keeps the APIService from being made",
            Touches::Nothing,
            &[
                "kubectl get apiservice v1.metrics.eks.amazonaws.com -o yaml".to_owned(),
                "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations -o yaml | grep -n -B9 apiservices"
                    .to_owned(),
            ],
        ))
        .mend(
            Remedy::run(
                "see whether the platform version has it, and have EKS roll it out again",
                Touches::ControlPlane,
                &["aws eks describe-cluster --name CLUSTER --query cluster.[version,platformVersion]".to_owned()],
            )
            .knowing("Amazon's guide shows the APIService, which you may make yourself once no webhook refuses it"),
        )
        .found())
}

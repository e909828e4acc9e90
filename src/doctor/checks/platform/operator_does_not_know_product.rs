//! The operator is to configure the control plane's checks and does not know what product this is.

use super::operator::agents;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{evidence::Evidence, observed::Gap, surroundings::DatadogAgent},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("operator-does-not-know-product"),
    title: "the operator is to configure the control plane's checks and does not know what product this is",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  The cluster is EKS or OpenShift, a DatadogAgent leaves features.controlPlaneMonitoring on, and its status.clusterProvider
  is empty or another; or its annotation agent.datadoghq.com/cluster-provider is openshift without a suffix.

What it means
  The operator writes the control plane's checks for EKS and OpenShift by itself, if it knows that it runs there. It looks at
  the labels of the node that its own pod is on, from version 1.29 on by itself, before that with introspection alone. The
  annotation overrules it, and takes openshift only with the operating system behind it.

How to confirm by hand
    kubectl get datadogagents -A -o jsonpath='{.items[*].status.clusterProvider}'

How to fix
  Update the operator, or say it by the annotation.

References
  datadog-operator: docs/providers.md, docs/control_plane_monitoring.md; pkg/kubernetes/provider.go.
",
    judge,
};

const ANNOTATION: &str = "agent.datadoghq.com/cluster-provider";

/// The products for which the operator configures checks: an API group that tells them, how the operator's word begins, and
/// the annotation's value.
///
/// Source: the operator's `pkg/introspection/detector.go` and `pkg/kubernetes/provider.go`.
const PRODUCTS: [(&str, &str, &str); 2] =
    [("config.openshift.io", "openshift-", "openshift-rhcos"), ("metrics.eks.amazonaws.com", "eks", "eks")];

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let Some(agents) = agents(case)? else {
        return Ok(Verdict::NotApplicable("the operator is not installed"));
    };
    let groups = case.view.snapshot.api_groups();
    let groups = groups.seen("the API groups")?;
    let is_served = |wanted: &str| groups.iter().any(|group| group.split('/').next() == Some(wanted));
    let Some((_, start, value)) = PRODUCTS.iter().find(|(group, ..)| is_served(group)) else {
        return Ok(Verdict::NotApplicable(
            "the operator configures no checks of this product's control plane",
        ));
    };
    let wants = |agent: &&DatadogAgent| agent.control_plane_monitoring != Some(false);
    let at = |agent: &DatadogAgent, claim: String| {
        let field = Some("status.clusterProvider");
        Evidence::in_object("DatadogAgent", Some(&agent.namespace), &agent.name, field, claim)
    };
    let said = |agent: &DatadogAgent| match (agent.annotations.get(ANNOTATION), &agent.provider) {
        (Some(annotation), _) => format!("annotation {ANNOTATION}: {annotation}"),
        (None, Some(provider)) => format!("clusterProvider: {provider}"),
        (None, None) => "clusterProvider is empty".to_owned(),
    };
    let knows = |agent: &DatadogAgent| {
        let word = agent.annotations.get(ANNOTATION).or(agent.provider.as_ref());
        word.is_some_and(|word| word.starts_with(start))
    };
    let wrong: Vec<&DatadogAgent> = agents.iter().filter(wants).filter(|agent| !knows(agent)).collect();
    let Some(first) = wrong.first() else {
        return Ok(Verdict::Pass(agents.iter().map(|agent| at(agent, said(agent))).collect()));
    };
    let line = format!(
        "kubectl -n {} annotate datadogagent {} {ANNOTATION}={value} --overwrite",
        first.namespace, first.name
    );
    let remedy = Remedy::run("tell the operator what product this is", Touches::Monitoring, &[line])
        .knowing("from operator 1.29 on it finds out by itself");
    let finding = Finding::warning(
        "the operator does not know what product this is, and configures no checks of its control plane",
    );
    Ok(finding.seen(wrong.iter().map(|agent| at(agent, said(agent)))).mend(remedy).found())
}

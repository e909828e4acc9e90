//! A Service whose annotation configures a check is kept up by a program that may take the annotation away.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{evidence::Evidence, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("annotation-kept-by-others"),
    title: "a Service that configures a check is kept up by a program that may take that away",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  Among those who manage the fields of the annotated Service is a program that writes objects as it was told
  them: Argo CD, Flux, Helm, or an operator.

What it means
  An annotation that was added by hand lasts until the next time it writes, and the check is gone without an
  error. Nothing is lost as long as the annotation stands in what that program was told.

How to confirm by hand
    kubectl -n NAMESPACE get service NAME --show-managed-fields -o jsonpath='{.metadata.managedFields[*].manager}'

How to fix
  Write the annotation into what the program keeps, or leave the Service alone and configure the check in a
  file of the Cluster Agent (clusterAgent.confd, with advanced_ad_identifiers).

References
  Datadog: control plane monitoring, OpenShift 3. Kubernetes: server-side apply, managers.
",
    judge,
};

/// How the names of such programs begin.
const KEEPERS: [&str; 8] = [
    "argocd",
    "cluster-version-operator",
    "flux",
    "helm-controller",
    "Helm",
    "helm",
    "kapp",
    "kustomize-controller",
];

/// How the names of operators end.
const OPERATOR: &str = "-operator";

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let written = case.written()?;
    let Some(service) = written.service else {
        return Ok(Verdict::NotApplicable("it is in no annotation of a Service"));
    };
    let (namespace, name) = (service.namespace.as_str(), service.name.as_str());
    let seen = |claim: String| {
        Evidence::in_object("Service", Some(namespace), name, Some("metadata.managedFields"), claim)
    };
    let keeps = |manager: &&String| {
        manager.ends_with(OPERATOR) || KEEPERS.iter().any(|keeper| manager.starts_with(keeper))
    };
    let Some(keeper) = service.managers.iter().find(keeps) else {
        return Ok(Verdict::pass(seen("nobody manages it who would write it anew".to_owned())));
    };
    Ok(Finding::note(format!("{keeper} keeps up Service {namespace}/{name} and may take its annotation away"))
        .seen([seen(format!("{keeper} manages fields of it"))])
        .mend(Remedy::edit(
            "configure the check in a file of the Cluster Agent",
            Touches::Monitoring,
            "the Helm values of the Cluster Agent's release",
            format!(
                "clusterAgent:\n  confd:\n    {check}.yaml: |-\n      advanced_ad_identifiers:\n        - kube_endpoints:\n            \
                 name: {name}\n            namespace: {namespace}\n      cluster_check: true\n      init_config: {{}}\n      instances: []\n",
                check = written.component.profile().agent_check,
            ),
        ).knowing("then move the instances of the annotation there, and take the annotation away"))
        .found())
}

//! The Cluster Agent serves external metrics and has no application key.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Verdict},
    model::{
        agent_role::{agent_containers, is_on},
        agents::AgentRole,
        evidence::Evidence,
        observed::Gap,
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("app-key-missing"),
    title: "the Cluster Agent serves external metrics without an application key",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  DD_EXTERNAL_METRICS_PROVIDER_ENABLED of the Cluster Agent is true, and it has no DD_APP_KEY.

What it means
  The Cluster Agent asks Datadog for the values that autoscalers want, for which an API key alone is not
  enough: `403 Forbidden … Invalid API key or Application key`. Autoscalers by external metrics stand still.

How to confirm by hand
    kubectl get --raw /apis/external.metrics.k8s.io/v1beta1
    kubectl -n datadog logs deploy/datadog-agent-cluster-agent | grep -i 'application key'

How to fix
  Name a Secret with the key app-key in datadog.appKeyExistingSecret, or credentials.appSecret in the
  DatadogAgent.

References
  DataDog/datadog-operator#103. Datadog: autoscaling with custom and external metrics.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (AgentRole::ClusterAgent, workload) = case.workload()? else {
        return Ok(Verdict::NotApplicable("it serves no external metrics"));
    };
    if !is_on(workload, "DD_EXTERNAL_METRICS_PROVIDER_ENABLED") {
        return Ok(Verdict::NotApplicable("external metrics are not switched on"));
    }
    let has_key = agent_containers(workload).any(|container| {
        container.env.contains_key("DD_APP_KEY") || container.env_from.contains_key("DD_APP_KEY")
    });
    if has_key {
        return Ok(Verdict::pass(Evidence::in_variables(workload, "has DD_APP_KEY")));
    }
    if let Some(object) = case.view.given(workload, "DD_APP_KEY")? {
        return Ok(Verdict::pass(Evidence::in_variables(
            workload,
            format!("DD_APP_KEY comes from {object}"),
        )));
    }
    let lines = "- name: DD_APP_KEY\n  valueFrom:\n    secretKeyRef:\n      name: datadog-secret\n      key: app-key\n";
    Ok(Finding::error(
        "the Cluster Agent serves external metrics and has no application key to ask Datadog with",
    )
    .seen([Evidence::in_variables(
        workload,
        "DD_EXTERNAL_METRICS_PROVIDER_ENABLED is true, and DD_APP_KEY is missing",
    )])
    .mend(Remedy::variables("give the Cluster Agent an application key from a Secret", workload, lines))
    .found())
}

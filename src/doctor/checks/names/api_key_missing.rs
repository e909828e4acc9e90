//! The agents are given no API key at all.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Verdict, checks::agents::standing::whole},
    model::{
        agent_role::agent_containers,
        evidence::Evidence,
        observed::{Gap, Why},
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("api-key-missing"),
    title: "the agents are given no API key",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  No container of the workload in which an Agent runs has the variable DD_API_KEY, no object gives it one among all its
  entries, and no datadog.yaml is mounted in which the key could stand. Not all of its pods are ready.

What it means
  The Agent ends as soon as it starts: `You must set an DD_API_KEY environment variable to run the Datadog Agent
  container`, or `no API key configured, exiting`. The kubelet starts it again and again.

How to confirm by hand
    kubectl -n datadog get daemonset datadog-agent -o jsonpath='{.spec.template.spec.containers[*].env[*].name}' | tr ' ' '\n' | grep DD_API_KEY

How to fix
  Name a Secret that has the key in datadog.apiKeyExistingSecret, or credentials.apiSecret in the DatadogAgent.

References
  The entry points of Datadog's images. Datadog: API and application keys.
",
    judge,
};

const KEY: &str = "DD_API_KEY";

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (role, workload) = case.workload()?;
    // A value that is written out is not kept, but the variable is.
    if agent_containers(workload).any(|container| container.env.contains_key(KEY)) {
        return Ok(Verdict::pass(Evidence::in_variables(workload, "has DD_API_KEY")));
    }
    if let Some(object) = case.view.given(workload, KEY)? {
        return Ok(Verdict::pass(Evidence::in_variables(workload, format!("{KEY} comes from {object}"))));
    }
    let runs = workload.replicas.is_some_and(|replicas| replicas.ready > 0);
    if let Some(whole) = whole(workload).filter(|_| runs) {
        let why = format!("they have it from what their template does not show: {}", whole.claim);
        return Err(Gap::new(format!("the API key of {}", case.subject), Why::OutOfReach(why)));
    }
    let lines = "- name: DD_API_KEY\n  valueFrom:\n    secretKeyRef:\n      name: datadog-secret\n      key: api-key\n";
    Ok(Finding::error(format!("the {} are given no API key, and end as soon as they start", role.word()))
        .seen([Evidence::in_variables(workload, "DD_API_KEY is missing")])
        .mend(Remedy::variables("give them the API key from a Secret", workload, lines))
        .found())
}

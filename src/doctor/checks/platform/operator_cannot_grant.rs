//! The operator was to grant rights that it does not hold.

use super::operator::{agents, of_condition};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{
        evidence::Evidence,
        observed::Gap,
        surroundings::{DatadogAgent, Told},
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("operator-cannot-grant"),
    title: "the operator was to grant rights that it does not hold",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  A condition of a DatadogAgent repeats the API server's refusal: `is attempting to grant RBAC permissions not currently
  held`.

What it means
  Nobody may give what he does not have. The operator makes the agents' roles, and its own role is that of another version:
  the operator was updated by its image alone, or installed by hand with an older role. The agents' role is missing or old,
  and what needs the new right answers 403.

How to confirm by hand
    kubectl get datadogagents -A -o jsonpath='{.items[*].status.conditions}'
    kubectl -n datadog logs -l app.kubernetes.io/name=datadog-operator --tail=50

How to fix
  Install the operator by its chart or bundle in the version of its image, roles included.

References
  datadog-operator: docs/kubernetes_permissions.md. Kubernetes: RBAC, privilege escalation prevention.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let Some(agents) = agents(case)? else {
        return Ok(Verdict::NotApplicable("the operator is not installed"));
    };
    let hindered: Vec<&DatadogAgent> =
        agents.iter().filter(|agent| agent.tells.contains(&Told::Escalation)).collect();
    if hindered.is_empty() {
        return Ok(Verdict::Pass(
            agents.iter().map(|agent| of_condition(agent, "no condition tells of it")).collect(),
        ));
    }
    let evidence: Vec<Evidence> =
        hindered.iter().map(|agent| of_condition(agent, Told::Escalation.words())).collect();
    let lines = [
        "helm repo update".to_owned(),
        "helm upgrade datadog-operator datadog/datadog-operator --reuse-values".to_owned(),
    ];
    let remedy = Remedy::run("give the operator the roles of its version", Touches::Monitoring, &lines);
    let finding = Finding::error("the operator was to grant the agents rights that it does not hold itself");
    Ok(finding.seen(evidence).mend(remedy).found())
}

//! The API server does not let the operator grant rights that it does not have itself.

use super::overheard::{Topic, judge as judge_topic};
use crate::{
    doctor::{Case, Check, CheckId, Remedy, Severity, Subjects, Touches, Verdict, shell::word},
    model::{observed::Gap, question::PodRef},
    view::Voice,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("rbac-escalation-refused"),
    title: "the operator may not grant what the agents need",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  The log of Datadog's operator says `is attempting to grant RBAC permissions not currently held`. Of the log
  nothing is kept but that the sentence was in it, how often and when.

What it means
  Nobody may give away a right that he does not have. The operator's own role is older than the feature that was
  switched on, or was cut down by hand, so that the agents' role is not made or not brought up to date, and the
  agents get 403.

How to confirm by hand
    kubectl get datadogagents -A
    kubectl get clusterroles | grep datadog

How to fix
  Upgrade the operator's chart, which brings its role along, together with the operator; a role of your own
  needs every rule of the role that it is to make.

References
  Kubernetes: privilege escalation prevention; datadog-operator: docs/kubernetes_permissions.md.
",
    judge,
};

static TOPIC: Topic = Topic {
    voices: &[Voice::Operator],
    sayings: &["rights-not-held"],
    least: 1,
    severity: Severity::Error,
    summary: "the API server does not let the operator grant the agents their rights",
    remedies,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    judge_topic(case, &TOPIC)
}

fn remedies(pod: &PodRef) -> Vec<Remedy> {
    let namespace = word(&pod.namespace);
    vec![Remedy::run(
        "bring the operator's chart up to date, with the release's own name",
        Touches::Monitoring,
        &[
            "helm repo update".to_owned(),
            format!("helm -n {namespace} list"),
            format!("helm -n {namespace} upgrade datadog-operator datadog/datadog-operator --reuse-values"),
        ],
    )]
}

//! The API server gets no answer from Datadog's admission webhook.

use super::overheard::{Topic, judge as judge_topic};
use crate::{
    doctor::{Case, Check, CheckId, Remedy, Severity, Subjects, Touches, Verdict},
    model::{component::Component, observed::Gap, question::PodRef},
    view::Voice,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("admission-webhook-fails"),
    title: "Datadog's admission webhook does not answer the API server",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r#"
What was seen
  The log of an API server or of a controller manager says `failed calling webhook "datadog…`. Of the log
  nothing is kept but that the sentence was in it, how often and when.

What it means
  Every new pod waits for the webhook's deadline, and gets no sidecar and no variables from it. From a private
  control plane a firewall mostly keeps the API server from port 8000 of the nodes; a NetworkPolicy does the
  same.

How to confirm by hand
    kubectl get mutatingwebhookconfigurations datadog-webhook -o yaml
    kubectl -n datadog get endpoints -l app.kubernetes.io/component=cluster-agent

How to fix
  Let the control plane reach port 8000 of the Cluster Agent. Until then a short deadline
  (DD_ADMISSION_CONTROLLER_TIMEOUT_SECONDS=10) keeps pods from waiting; without sidecars the webhook can be
  switched off.

References
  datadog-agent issues 7387 and 8121; helm-charts issue 1267.
"#,
    judge,
};

static TOPIC: Topic = Topic {
    voices: &[Voice::Component(Component::ApiServer), Voice::Component(Component::ControllerManager)],
    sayings: &["webhook-fails"],
    least: 1,
    severity: Severity::Warning,
    summary: "Datadog's admission webhook does not answer the API server",
    remedies,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    judge_topic(case, &TOPIC)
}

fn remedies(_: &PodRef) -> Vec<Remedy> {
    vec![Remedy::run(
        "see where the webhook lies, and how long is waited for it",
        Touches::Nothing,
        &[
            "kubectl get mutatingwebhookconfigurations datadog-webhook -o jsonpath='{range .webhooks[*]}{.name} {.clientConfig.service.namespace}/{.clientConfig.service.name} {.timeoutSeconds} {.failurePolicy}{\"\\n\"}{end}'"
                .to_owned(),
        ],
    )]
}

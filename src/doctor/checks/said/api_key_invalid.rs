//! Datadog does not accept the API key of the agents, or that of another site was given.

use super::{
    overheard::{EVERYBODY, Overheard, Topic, WITHOUT_LOGS},
    told::{by, informants},
};
use crate::{
    doctor::{Case, Check, CheckId, Remedy, Severity, Subjects, Touches, Verdict, shell::word},
    model::{
        observed::Gap,
        question::{AgentCommand, PodRef},
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("api-key-invalid"),
    title: "Datadog does not accept the agents' API key",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  The log of an Agent says `API Key invalid`, or its status names a key that was refused. Of log and status nothing
  is kept but that it was so, how often and when.

What it means
  Everything is collected and nothing arrives. The key was revoked, was copied with a line feed, is an application
  key, or belongs to an organisation on another site: a key of datadoghq.eu is no key on datadoghq.com, and DD_SITE
  must be the same in every container.

How to confirm by hand
    kubectl -n datadog exec daemonset/datadog-agent -c agent -- agent diagnose --include connectivity-datadog-core-endpoints
    kubectl -n datadog get daemonset datadog-agent -o jsonpath='{.spec.template.spec.containers[*].env}' | tr '}' '\n' | grep -E 'DD_SITE|DD_API_KEY'

How to fix
  Make a new key in the organisation's settings, put it into the Secret that the agents name, without a line feed,
  set datadog.site to the site that the browser shows, and restart the agents: they read both at their start.

References
  Datadog: getting started with sites; datadog-agent issues 4998 and 6066; helm-charts issue 188.
",
    judge,
};

static TOPIC: Topic = Topic {
    voices: EVERYBODY,
    sayings: &["api-key-invalid"],
    least: 1,
    severity: Severity::Error,
    summary: "Datadog does not accept the agents' API key",
    remedies,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let wanted = &case.view.snapshot.wanted;
    if !wanted.listening.logs && !wanted.listening.exec {
        return Ok(Verdict::NotApplicable(WITHOUT_LOGS));
    }
    let mut overheard = Overheard::in_logs(case, &TOPIC, |_| true);
    if wanted.listening.exec {
        for informant in informants(case, AgentCommand::Status) {
            match case.view.status_of(&informant) {
                Ok(status) if status.refused_keys > 0 => {
                    let claim = format!("{} API keys were refused", status.refused_keys);
                    overheard.complain(by(&informant.command, claim), &informant.command.pod);
                }
                Ok(_) => overheard.is_quiet(by(&informant.command, "no API key was refused".to_owned())),
                Err(gap) => overheard.miss(gap),
            }
        }
    }
    overheard.verdict(&TOPIC)
}

fn remedies(pod: &PodRef) -> Vec<Remedy> {
    let namespace = word(&pod.namespace);
    vec![Remedy::run(
        "put a good key into a Secret, name it in datadog.apiKeyExistingSecret, and restart the agents",
        Touches::Monitoring,
        &[
            "read -rs DD_API_KEY".to_owned(),
            format!(
                "printf %s \"$DD_API_KEY\" | kubectl -n {namespace} create secret generic datadog-api-key --from-file=api-key=/dev/stdin"
            ),
            format!("kubectl -n {namespace} rollout restart daemonset,deployment"),
        ],
    )]
}

//! An Agent could not read the configuration of a check.

use super::{
    overheard::{Overheard, Topic, WITHOUT_EXEC},
    told::{by, informants},
};
use crate::{
    doctor::{Case, Check, CheckId, Remedy, Severity, Subjects, Touches, Verdict, shell::word},
    model::{
        agents::AgentRole,
        observed::Gap,
        question::{AgentCommand, PodRef},
        said::{SelfReport, Unloaded},
    },
    view::Voice,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("agent-configuration-not-loaded"),
    title: "an Agent cannot read the configuration of a check",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  The status of an Agent, or its configcheck, names a check of a component whose file it could not read, or pods whose
  annotations it could not read. The error is not kept, as it repeats the file.

What it means
  The check does not run, and nothing else says so. Mostly it is an indentation that Helm's values lost, a tab, a list
  where a map is wanted, or JSON in an annotation with a comma too many.

How to confirm by hand
    kubectl -n datadog exec daemonset/datadog-agent -c agent -- agent configcheck
    kubectl -n datadog get configmap datadog-agent-confd -o yaml

How to fix
  Write the file again: in Helm's values confd takes a text, which begins with `|-`, and not a map.

References
  Datadog: Autodiscovery troubleshooting.
",
    judge,
};

/// No log is listened to: what the Agent says of a file repeats it.
static TOPIC: Topic = Topic {
    voices: &[Voice::Agent(AgentRole::NodeAgent), Voice::Agent(AgentRole::Runner)],
    sayings: &[],
    least: 1,
    severity: Severity::Error,
    summary: "an Agent cannot read the configuration of a check",
    remedies,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    if !case.view.snapshot.wanted.listening.exec {
        return Ok(Verdict::NotApplicable(WITHOUT_EXEC));
    }
    let mut overheard = Overheard::of(case, &TOPIC);
    for command in [AgentCommand::Status, AgentCommand::ConfigCheck] {
        for informant in informants(case, command) {
            let unloaded = match case.view.told_by(&informant) {
                Ok(SelfReport::Status(status)) => &status.unloaded,
                Ok(SelfReport::Configurations(configurations)) => &configurations.unloaded,
                Ok(SelfReport::ClusterAgent(_) | SelfReport::ClusterChecks(_)) => continue,
                Err(gap) => {
                    overheard.miss(gap);
                    continue;
                }
            };
            match describe(unloaded) {
                Some(claim) => overheard.complain(by(&informant.command, claim), &informant.command.pod),
                None => {
                    overheard.is_quiet(by(&informant.command, "every configuration is read".to_owned()));
                }
            }
        }
    }
    overheard.verdict(&TOPIC)
}

/// What was not read; `None` where that is nothing.
fn describe(unloaded: &Unloaded) -> Option<String> {
    let files: Vec<&str> =
        unloaded.components.iter().map(|component| component.profile().agent_check).collect();
    let of_files = (!files.is_empty()).then(|| format!("the file of {} cannot be read", files.join(", ")));
    let of_pods =
        (unloaded.pods > 0).then(|| format!("annotations of {} pods cannot be read", unloaded.pods));
    match (of_files, of_pods) {
        (Some(files), Some(pods)) => Some(format!("{files}, {pods}")),
        (files, pods) => files.or(pods),
    }
}

fn remedies(pod: &PodRef) -> Vec<Remedy> {
    vec![Remedy::run(
        "read what the Agent says of the file, and the file",
        Touches::Nothing,
        &[
            format!("kubectl -n {} exec {} -- agent configcheck", word(&pod.namespace), word(&pod.name)),
            format!("kubectl -n {} get configmaps", word(&pod.namespace)),
        ],
    )]
}

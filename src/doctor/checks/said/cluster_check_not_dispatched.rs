//! The Cluster Agent has cluster checks and nobody to hand them to.

use super::{
    overheard::{Overheard, Topic, WITHOUT_LOGS},
    told::{by, informants},
};
use crate::{
    doctor::{Case, Check, CheckId, Remedy, Severity, Subjects, Touches, Verdict, shell::word},
    model::{
        agents::AgentRole,
        component::Component,
        evidence::Evidence,
        observed::Gap,
        question::{AgentCommand, ExecSpec, PodRef},
        said::SelfReport,
    },
    view::Voice,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("cluster-check-not-dispatched"),
    title: "cluster checks are handed to nobody",
    subjects: Subjects::Once,
    symptom_of: &[
        CheckId("cluster-agent-address-wrong"),
        CheckId("cluster-agent-token-mismatch"),
        CheckId("cluster-agent-not-reached"),
    ],
    explain: r"
What was seen
  The log of the Cluster Agent says `No available node to dispatch`, or its own status counts checks that nobody runs.
  Of log and status nothing is kept but that it was so, how often and when, and the names of checks of components.

What it means
  The API server's metrics, and whatever else is a cluster check, are collected by nobody. No runner and no Agent that
  takes cluster checks has reported: their tokens differ from that of the Cluster Agent, they do not run, or
  DD_EXTRA_CONFIG_PROVIDERS does not name clusterchecks.

How to confirm by hand
    kubectl -n datadog exec deployment/datadog-agent-cluster-agent -- datadog-cluster-agent clusterchecks
    kubectl -n datadog get deployments,daemonsets

How to fix
  Repair what another check names; see that runners are enabled and ready (clusterChecksRunner.enabled), or that node
  agents take cluster checks.

References
  Datadog: cluster checks troubleshooting.
",
    judge,
};

static TOPIC: Topic = Topic {
    voices: &[Voice::Agent(AgentRole::ClusterAgent)],
    sayings: &["cluster-check-not-dispatched"],
    least: 1,
    severity: Severity::Error,
    summary: "the Cluster Agent has nobody to hand its cluster checks to",
    remedies,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let wanted = &case.view.snapshot.wanted;
    if !wanted.listening.logs && !wanted.listening.exec {
        return Ok(Verdict::NotApplicable(WITHOUT_LOGS));
    }
    let mut overheard = Overheard::in_logs(case, &TOPIC, |_| true);
    if wanted.listening.exec {
        for command in [AgentCommand::ClusterAgentStatus, AgentCommand::ClusterChecks] {
            for informant in informants(case, command) {
                match case.view.told_by(&informant) {
                    Ok(told) => add(&mut overheard, &informant.command, told),
                    Err(gap) => overheard.miss(gap),
                }
            }
        }
    }
    overheard.verdict(&TOPIC)
}

fn add(overheard: &mut Overheard, command: &ExecSpec, told: &SelfReport) {
    let unassigned = |count: u64, of: &[Component]| -> Evidence {
        let names: Vec<&str> = of.iter().map(|component| component.profile().agent_check).collect();
        let among =
            if names.is_empty() { String::new() } else { format!(", {} among them", names.join(", ")) };
        by(command, format!("nobody runs {count} of the cluster checks{among}"))
    };
    match told {
        SelfReport::ClusterAgent(status) if status.unassigned > 0 => {
            overheard.complain(unassigned(status.unassigned, &[]), &command.pod);
        }
        SelfReport::ClusterAgent(status) if status.leads => {
            overheard.is_quiet(by(command, format!("{} agents take cluster checks", status.agents)));
        }
        SelfReport::ClusterChecks(checks) if checks.unassigned_count > 0 => {
            overheard.complain(unassigned(checks.unassigned_count, &checks.unassigned), &command.pod);
        }
        SelfReport::ClusterChecks(checks) if checks.agents.is_some() => {
            overheard.is_quiet(by(command, "no cluster check is without an Agent".to_owned()));
        }
        // A follower knows nothing of them.
        _ => {}
    }
}

fn remedies(pod: &PodRef) -> Vec<Remedy> {
    let namespace = word(&pod.namespace);
    vec![Remedy::run(
        "see whether runners are there, and whom the Cluster Agent knows",
        Touches::Nothing,
        &[
            format!("kubectl -n {namespace} get deployments,daemonsets"),
            format!("kubectl -n {namespace} exec {} -- datadog-cluster-agent clusterchecks", word(&pod.name)),
        ],
    )]
}

//! The Agent's own check of a component fails, whatever ctlmon's probe of it says.

use super::{
    overheard::{WITHOUT_LOGS, grep, in_log},
    told::{CHECKED, by, in_short, run_it, runs},
};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Subjects, Touches, Verdict},
    model::{evidence::Evidence, observed::Gap, sayings::Saying},
    view::Instance,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("agent-check-fails"),
    title: "the Agent's own check fails",
    subjects: Subjects::EachInstance(CHECKED),
    symptom_of: &[
        CheckId("metrics-endpoint-unreachable"),
        CheckId("metrics-scheme-mismatch"),
        CheckId("answers-something-else"),
        CheckId("serving-cert-expired"),
        CheckId("serving-cert-not-yet-valid"),
        CheckId("serving-cert-wrong-name"),
        CheckId("serving-cert-untrusted"),
        CheckId("self-signed-cert-verified"),
        CheckId("metrics-on-loopback-only"),
        CheckId("bearer-token-not-accepted"),
        CheckId("client-cert-not-accepted"),
        CheckId("metrics-forbidden"),
        CheckId("etcd-client-cert-missing"),
        CheckId("etcd-client-cert-expired"),
        CheckId("etcd-client-cert-not-yet-valid"),
        CheckId("etcd-client-cert-foreign-ca"),
        CheckId("etcd-client-cert-without-client-auth"),
        CheckId("etcd-client-cert-without-purpose"),
        CheckId("etcd-client-cert-version-1"),
        CheckId("etcd-client-cert-refused"),
        CheckId("etcd-client-key-mismatch"),
        CheckId("scheduler-no-credentials"),
        CheckId("controller-manager-metrics-forbidden"),
        CheckId("kubelet-ignores-tokens"),
        CheckId("kubelet-metrics-forbidden"),
        CheckId("agent-account-metrics-forbidden"),
        CheckId("agent-token-refused"),
        CheckId("authentication-configmap-forbidden"),
        CheckId("http-proxy-intercepts"),
    ],
    explain: r"
What was seen
  The status of an Agent (--exec) says that the last run of its check of this component failed, or its log (--logs) has
  an error of that check. Of both nothing is kept but which known sentences are in them, how often and when.

What it means
  The Agent itself does not get the metrics. Where ctlmon found the cause, this is shown under it. Where it did not,
  its probe went another way than the Agent's: from another place, with another certificate, past a proxy, or with a
  configuration that the Agent has from elsewhere.

How to confirm by hand
    kubectl -n datadog exec daemonset/datadog-agent -c agent -- agent status
    kubectl -n datadog exec daemonset/datadog-agent -c agent -- agent check kube_scheduler

How to fix
  Run the check once by hand in the Agent that has it: it prints the whole error. Its configuration, with its source, is
  in agent configcheck.

References
  Datadog: Agent commands, status page.
",
    judge,
};

/// What none of the problems that explain a failing check explains.
const OWN: &str = "answer-too-slow";

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    let wanted = &case.view.snapshot.wanted;
    if !wanted.listening.exec && !wanted.listening.logs {
        return Ok(Verdict::NotApplicable(WITHOUT_LOGS));
    }
    let mut heard = Heard::default();
    let mut gap = None;
    if wanted.listening.exec {
        gap = by_status(case, instance, &mut heard).err();
    }
    // The status tells of the last run, so a log can only tell of one before.
    if wanted.listening.logs && heard.runs == 0 {
        gap = by_log(case, instance, &mut heard).err().or(gap);
    }
    if let Some(what) = heard.fails {
        let check = instance.component.profile().agent_check;
        return Ok(Verdict::Problem(Finding {
            severity: Severity::Error,
            own_cause: heard.sayings == [OWN],
            summary: format!("the Agent's check {check} fails: {what}"),
            evidence: heard.evidence,
            remedies: heard.remedies,
        }));
    }
    match gap {
        Some(gap) => Err(gap),
        None if heard.evidence.is_empty() => {
            Ok(Verdict::NotApplicable("no Agent that was listened to has a check of it"))
        }
        None => Ok(Verdict::Pass(heard.evidence)),
    }
}

#[derive(Default)]
struct Heard {
    runs: usize,
    fails: Option<String>,
    /// What is known of why.
    sayings: Vec<String>,
    evidence: Vec<Evidence>,
    remedies: Vec<Remedy>,
}

fn by_status(case: &Case<'_>, instance: &Instance, heard: &mut Heard) -> Result<(), Gap> {
    let runs = runs(case, instance)?;
    heard.runs = runs.len();
    let (failing, fine): (Vec<_>, Vec<_>) = runs.into_iter().partition(|(_, run)| run.fails);
    let shown = if failing.is_empty() { &fine } else { &failing };
    for (informant, run) in shown {
        let claim = if run.fails {
            format!("{}, and fails: {}", in_short(run), run.describe_error())
        } else {
            format!("{}, without an error", in_short(run))
        };
        heard.evidence.push(by(&informant.command, claim));
    }
    if let Some((informant, run)) = failing.first() {
        heard.fails = Some(run.describe_error());
        heard.sayings.clone_from(&run.sayings);
        heard.remedies.push(run_it(&informant.command, instance.component));
    }
    Ok(())
}

fn by_log(case: &Case<'_>, instance: &Instance, heard: &mut Heard) -> Result<(), Gap> {
    let complaints = case.view.complaints_of(instance)?;
    for (speaker, said) in &complaints {
        let claim = format!("{} times: {}", said.times, said.means());
        heard.evidence.push(in_log(&speaker.log, claim));
        let lines = Saying::named(&said.saying).map(|saying| grep(&speaker.log, saying));
        heard.remedies.push(Remedy::run(
            "read the lines themselves",
            Touches::Nothing,
            &lines.into_iter().collect::<Vec<_>>(),
        ));
    }
    heard.fails = complaints.first().map(|(_, said)| said.means().to_owned());
    heard.sayings = complaints.iter().map(|(_, said)| said.saying.clone()).collect();
    if complaints.is_empty() {
        for speaker in case.view.listeners_of(instance) {
            if let Ok(Some(log)) = case.view.log_of(&speaker.log) {
                let claim = format!("no error of this check in the last {} lines", log.lines);
                heard.evidence.push(in_log(&speaker.log, claim));
            }
        }
    }
    Ok(())
}

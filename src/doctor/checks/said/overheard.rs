//! What was overheard of one topic: how the checks of this folder listen to logs, and what they make of it.

use crate::{
    doctor::{Case, Finding, Remedy, Severity, Touches, Verdict, shell::word},
    model::{
        agents::AgentRole,
        evidence::Evidence,
        observed::Gap,
        question::PodRef,
        said::{LogSeen, LogSpec},
        sayings::Saying,
    },
    view::{Speaker, Voice},
};

/// Why there is no verdict without logs.
pub(super) const WITHOUT_LOGS: &str = "logs were not asked for: --logs";

/// Why there is no verdict without commands.
pub(super) const WITHOUT_EXEC: &str = "the agents were not asked by their commands: --exec";

/// Every Agent.
pub(super) const EVERYBODY: &[Voice] = &[
    Voice::Agent(AgentRole::NodeAgent),
    Voice::Agent(AgentRole::ClusterAgent),
    Voice::Agent(AgentRole::Runner),
    Voice::Agent(AgentRole::Sidecar),
];

/// Every Agent but the Cluster Agent.
pub(super) const AGENTS: &[Voice] =
    &[Voice::Agent(AgentRole::NodeAgent), Voice::Agent(AgentRole::Runner), Voice::Agent(AgentRole::Sidecar)];

/// What a check listens for.
pub(super) struct Topic {
    /// In whose logs.
    pub(super) voices: &'static [Voice],
    /// The names of what is listened for.
    pub(super) sayings: &'static [&'static str],
    /// How often one of them must have been said: what comes once may be a hiccup.
    pub(super) least: u32,
    /// How bad it is.
    pub(super) severity: Severity,
    /// What is wrong, in a sentence without its final stop.
    pub(super) summary: &'static str,
    /// What to do, given the first pod that says it.
    pub(super) remedies: fn(&PodRef) -> Vec<Remedy>,
}

/// What came of listening.
#[derive(Default)]
pub(super) struct Overheard {
    /// What is wrong, each with the pod that says so.
    complaints: Vec<(Evidence, PodRef)>,
    /// The lines to look for in the logs.
    lines: Vec<String>,
    /// Who was heard and does not complain.
    quiet: Vec<Evidence>,
    /// Who could not be heard.
    gaps: Vec<Gap>,
}

/// Listens to logs alone.
pub(super) fn judge(case: &Case<'_>, topic: &Topic) -> Result<Verdict, Gap> {
    judge_of(case, topic, |_| true)
}

/// The same of some of those who speak.
pub(super) fn judge_of(
    case: &Case<'_>,
    topic: &Topic,
    is_meant: impl Fn(&Speaker<'_>) -> bool,
) -> Result<Verdict, Gap> {
    if !case.view.snapshot.wanted.listening.logs {
        return Ok(Verdict::NotApplicable(WITHOUT_LOGS));
    }
    Overheard::in_logs(case, topic, is_meant).verdict(topic)
}

impl Overheard {
    /// Nothing yet but who was not found.
    pub(super) fn of(case: &Case<'_>, topic: &Topic) -> Self {
        Self { gaps: case.view.unfound(topic.voices).into_iter().collect(), ..Self::default() }
    }

    /// What the logs say; nothing where they were not to be read.
    pub(super) fn in_logs(case: &Case<'_>, topic: &Topic, is_meant: impl Fn(&Speaker<'_>) -> bool) -> Self {
        let mut overheard = Self::of(case, topic);
        if !case.view.snapshot.wanted.listening.logs {
            return overheard;
        }
        let speakers = case.view.speakers();
        for speaker in speakers.iter().filter(|speaker| topic.voices.contains(&speaker.voice)) {
            if !is_meant(speaker) {
                continue;
            }
            match case.view.log_of(&speaker.log) {
                Ok(Some(log)) => overheard.listen(case, topic, &speaker.log, log),
                Ok(None) => {}
                Err(gap) => overheard.gaps.push(gap),
            }
        }
        overheard
    }

    fn listen(&mut self, case: &Case<'_>, topic: &Topic, spec: &LogSpec, log: &LogSeen) {
        let before = self.complaints.len();
        let mut is_over = None;
        for said in log.said.iter().filter(|said| topic.sayings.contains(&said.saying.as_str())) {
            let Some(saying) = Saying::named(&said.saying) else { continue };
            let last = said.last.map_or_else(String::new, |last| format!(", last at {last}"));
            if said.times >= topic.least && case.view.is_recent(spec, log, said) {
                let claim = format!("{} times: {} (`{}`){last}", said.times, saying.means, saying.literal());
                self.complaints.push((in_log(spec, claim), spec.pod.clone()));
                self.lines.push(grep(spec, saying));
            } else {
                is_over = Some(format!("{}, {} times{last}, and not since", saying.means, said.times));
            }
        }
        if self.complaints.len() == before {
            let quiet = || format!("complains of nothing of the kind in the last {} lines", log.lines);
            self.quiet.push(in_log(spec, is_over.unwrap_or_else(quiet)));
        }
    }

    /// A complaint that a command told.
    pub(super) fn complain(&mut self, evidence: Evidence, pod: &PodRef) {
        self.complaints.push((evidence, pod.clone()));
    }

    /// Somebody who was asked and does not complain.
    pub(super) fn is_quiet(&mut self, evidence: Evidence) {
        self.quiet.push(evidence);
    }

    /// Somebody who could not be asked.
    pub(super) fn miss(&mut self, gap: Gap) {
        self.gaps.push(gap);
    }

    /// What it comes to: who complains counts more than who cannot be heard, and that more than who is quiet.
    pub(super) fn verdict(self, topic: &Topic) -> Result<Verdict, Gap> {
        if let Some((_, pod)) = self.complaints.first() {
            let mut remedies = (topic.remedies)(pod);
            if !self.lines.is_empty() {
                remedies.push(Remedy::run("read the lines themselves", Touches::Nothing, &self.lines));
            }
            return Ok(Verdict::Problem(Finding {
                severity: topic.severity,
                own_cause: false,
                summary: topic.summary.to_owned(),
                evidence: self.complaints.into_iter().map(|(evidence, _)| evidence).collect(),
                remedies,
            }));
        }
        match self.gaps.into_iter().next() {
            Some(gap) => Err(gap),
            None if self.quiet.is_empty() => {
                Ok(Verdict::NotApplicable("nothing runs here that would say so"))
            }
            None => Ok(Verdict::Pass(self.quiet)),
        }
    }
}

/// A claim about a log.
pub(super) fn in_log(spec: &LogSpec, claim: String) -> Evidence {
    let which = if spec.previous { "previous log" } else { "log" };
    let field = format!("{which} of container {}", spec.container);
    Evidence::in_object("Pod", Some(&spec.pod.namespace), &spec.pod.name, Some(&field), claim)
}

/// The command that shows the lines.
pub(super) fn grep(spec: &LogSpec, saying: &Saying) -> String {
    let LogSpec { pod, container, previous } = spec;
    let previous = if *previous { " --previous" } else { "" };
    format!(
        "kubectl -n {} logs {} -c {}{previous} --since=1h | grep -F {}",
        word(&pod.namespace),
        word(&pod.name),
        word(container),
        word(saying.literal())
    )
}

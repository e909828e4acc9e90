//! What programs say of themselves, put together with the instances that they speak of. It concludes nothing but what
//! the Agent itself concludes.

use super::{Informant, Instance, Speaker, View, Voice};
use crate::model::{
    agents::AgentRole,
    observed::{Gap, Why},
    question::AgentCommand,
    said::{AgentStatus, CheckRun, LogSeen, LogSpec, Said, SelfReport},
    sayings::Saying,
};
use jiff::SignedDuration;
use std::fmt;

/// What was said longer ago is over: a check repeats its error every fifteen seconds, and nothing that is listened for
/// is repeated less often than every five minutes.
pub const RECENT: SignedDuration = SignedDuration::from_mins(10);

/// The agents that ask instances.
const ASKING: [Voice; 2] = [Voice::Agent(AgentRole::NodeAgent), Voice::Agent(AgentRole::Runner)];

/// What the Agent itself says of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentSays {
    /// It was not listened to.
    NotAsked,
    /// It was, and cannot be heard.
    Unheard(Gap),
    /// Its log complains of nothing. Only the status tells whether it asks at all.
    Quiet,
    /// Its check runs without an error.
    Ok,
    /// No Agent that was asked has a check of it.
    Nothing,
    /// Its check fails, or its log complains; what is known of that.
    Fails(String),
}

impl<'a> View<'a> {
    /// What the Agent itself says of an instance: the status where there is one, else the log.
    #[must_use]
    pub fn agent_says(&self, instance: &Instance) -> AgentSays {
        let wanted = &self.snapshot.wanted;
        let by_status = wanted.listening.exec.then(|| self.runs_of(instance));
        match by_status {
            Some(Ok(runs)) if !runs.is_empty() => {
                let failing: Vec<&CheckRun> =
                    runs.iter().map(|(_, run)| *run).filter(|run| run.fails).collect();
                match failing.first() {
                    None => AgentSays::Ok,
                    Some(run) => AgentSays::Fails(run.describe_error()),
                }
            }
            Some(Ok(_)) if !wanted.listening.logs => AgentSays::Nothing,
            Some(Err(gap)) if !wanted.listening.logs => AgentSays::Unheard(gap),
            None if !wanted.listening.logs => AgentSays::NotAsked,
            _ => match self.complaints_of(instance) {
                Ok(complaints) => match complaints.first() {
                    Some((_, said)) => AgentSays::Fails(said.means().to_owned()),
                    None => AgentSays::Quiet,
                },
                Err(gap) => AgentSays::Unheard(gap),
            },
        }
    }

    /// The checks of an instance as the agents that can run them tell: that of its node, and the runners.
    ///
    /// # Errors
    /// A gap where an Agent that may run one could not be found or asked and none of the others does.
    pub fn runs_of(&self, instance: &Instance) -> Result<Vec<(Informant<'a>, &'a CheckRun)>, Gap> {
        let (mut runs, mut gap) = (Vec::new(), self.unfound(&ASKING));
        for informant in self.informants().into_iter().filter(|informant| asks(informant, instance)) {
            match self.status_of(&informant) {
                Ok(status) => {
                    let own = status.runs.iter().filter(|run| run.component == instance.component);
                    runs.extend(own.map(|run| (informant.clone(), run)));
                }
                Err(missing) => gap = gap.or(Some(missing)),
            }
        }
        match gap {
            Some(gap) if runs.is_empty() => Err(gap),
            _ => Ok(runs),
        }
    }

    /// What an Agent tells of itself.
    ///
    /// # Errors
    /// A gap where it could not be asked.
    pub fn status_of(&self, informant: &Informant<'_>) -> Result<&'a AgentStatus, Gap> {
        match self.told_by(informant)? {
            SelfReport::Status(status) => Ok(status),
            _ => Err(Gap::new(informant.command.to_string(), Why::NotAsked)),
        }
    }

    /// What a command told.
    ///
    /// # Errors
    /// A gap where it could not be run.
    pub fn told_by(&self, informant: &Informant<'_>) -> Result<&'a SelfReport, Gap> {
        let what = informant.command.to_string();
        self.snapshot.told(&informant.command).seen(&what).copied()
    }

    /// What the agents that can ask an instance have said of their check of it lately.
    ///
    /// # Errors
    /// A gap where a log could not be read and nothing is said in the others.
    pub fn complaints_of(&self, instance: &Instance) -> Result<Vec<(Speaker<'a>, &'a Said)>, Gap> {
        let (mut complaints, mut gap) = (Vec::new(), self.unfound(&ASKING));
        for speaker in self.listeners_of(instance) {
            match self.log_of(&speaker.log) {
                Ok(Some(log)) => {
                    let own = log.said.iter().filter(|said| said.check == Some(instance.component));
                    let lately = own.filter(|said| self.is_recent(&speaker.log, log, said));
                    complaints.extend(lately.map(|said| (speaker.clone(), said)));
                }
                Ok(None) => {}
                Err(missing) => gap = gap.or(Some(missing)),
            }
        }
        match gap {
            Some(gap) if complaints.is_empty() => Err(gap),
            _ => Ok(complaints),
        }
    }

    /// The agents that may ask an instance: that of its node, and the runners.
    #[must_use]
    pub fn listeners_of(&self, instance: &Instance) -> Vec<Speaker<'a>> {
        let asks = |speaker: &Speaker<'_>| match speaker.voice {
            Voice::Agent(AgentRole::NodeAgent) => speaker.pod.node == instance.node,
            Voice::Agent(AgentRole::Runner) => true,
            _ => false,
        };
        self.speakers().into_iter().filter(asks).collect()
    }

    /// What was read of a log; `None` where the container has written none.
    ///
    /// # Errors
    /// A gap where it could not be read.
    pub fn log_of(&self, spec: &LogSpec) -> Result<Option<&'a LogSeen>, Gap> {
        match self.snapshot.log(spec) {
            crate::model::observed::Observed::Absent => Ok(None),
            other => other.seen(&spec.to_string()).map(|log| Some(*log)),
        }
    }

    /// Whether something was said lately. Of a container that has ended its last words count, whenever they were.
    #[must_use]
    pub fn is_recent(&self, spec: &LogSpec, log: &LogSeen, said: &Said) -> bool {
        let end = if spec.previous { log.last } else { Some(self.now()) };
        match (said.last, end) {
            (Some(last), Some(end)) => end.duration_since(last) <= RECENT,
            _ => true,
        }
    }
}

/// Whether an Agent may have a check of an instance.
fn asks(informant: &Informant<'_>, instance: &Instance) -> bool {
    informant.command.command == AgentCommand::Status
        && match informant.role {
            AgentRole::NodeAgent => informant.pod.node == instance.node,
            AgentRole::Runner => true,
            AgentRole::ClusterAgent | AgentRole::Sidecar => false,
        }
}

impl Said {
    /// What it means.
    #[must_use]
    pub fn means(&self) -> &'static str {
        Saying::named(&self.saying)
            .map_or("it says what this version of ctlmon does not know", |row| row.means)
    }
}

impl CheckRun {
    /// What is known of the error of the last run.
    #[must_use]
    pub fn describe_error(&self) -> String {
        let known: Vec<&str> =
            self.sayings.iter().filter_map(|id| Saying::named(id)).map(|saying| saying.means).collect();
        if known.is_empty() { "of an error that is not known here".to_owned() } else { known.join("; ") }
    }
}

impl fmt::Display for AgentSays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAsked => f.write_str("not asked"),
            Self::Unheard(gap) => write!(f, "unknown: {}", gap.why),
            Self::Quiet => f.write_str("no complaint"),
            Self::Ok => f.write_str("ok"),
            Self::Nothing => f.write_str("no check of it"),
            Self::Fails(what) => write!(f, "fails: {what}"),
        }
    }
}

//! What programs say of themselves, in their logs and when they are asked by a command: slim forms without a word of
//! their own. It matches nothing and judges nothing.

use super::{component::Component, question::PodRef};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How far back logs are read, in seconds.
pub const LOG_SECONDS: u32 = 3600;

/// How many lines of one log are read at the most, the last ones.
pub const LOG_LINES: u32 = 500;

/// How many bytes of one log are read at the most. The API server counts them from the first of the last lines, so that
/// it must be more than these need.
pub const LOG_BYTES: usize = 128 * 1024;

/// The log of one container.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LogSpec {
    /// The pod.
    pub pod: PodRef,
    /// The container.
    pub container: String,
    /// Whether what it wrote before it was last restarted is meant.
    pub previous: bool,
}

/// A command in a container.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ExecSpec {
    /// The pod.
    pub pod: PodRef,
    /// The container.
    pub container: String,
    /// The command.
    pub command: AgentCommand,
}

/// The commands that are run: all of them only print what the Agent knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgentCommand {
    /// The state of an Agent and of its checks.
    Status,
    /// The configurations that an Agent has loaded.
    ConfigCheck,
    /// The state of a Cluster Agent.
    ClusterAgentStatus,
    /// The cluster checks, and who runs them.
    ClusterChecks,
}

/// What is kept of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogSeen {
    /// How many lines were read.
    pub lines: u32,
    /// Whether no limit cut it short at its end.
    pub complete: bool,
    /// When the first line was written that has a time.
    pub first: Option<Timestamp>,
    /// When the last line was written that has a time.
    pub last: Option<Timestamp>,
    /// What is known of what it says, each once.
    pub said: Vec<Said>,
}

/// Something that is known, as often as it was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The name of its row in [`super::sayings::SAYINGS`].
    pub saying: String,
    /// The component whose check says it, where a check does.
    pub check: Option<Component>,
    /// How often.
    pub times: u32,
    /// When for the first time.
    pub first: Option<Timestamp>,
    /// When for the last time.
    pub last: Option<Timestamp>,
}

/// What a command told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SelfReport {
    /// [`AgentCommand::Status`].
    Status(AgentStatus),
    /// [`AgentCommand::ConfigCheck`].
    Configurations(Configurations),
    /// [`AgentCommand::ClusterAgentStatus`].
    ClusterAgent(ClusterAgentStatus),
    /// [`AgentCommand::ClusterChecks`].
    ClusterChecks(ClusterChecks),
}

/// What is kept of an Agent's status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentStatus {
    /// Its checks of what is monitored here, by component; of other checks nothing is kept.
    pub runs: Vec<CheckRun>,
    /// The configurations that it could not load.
    pub unloaded: Unloaded,
    /// How many API keys Datadog has refused.
    pub refused_keys: u32,
}

/// One instance of a check as the Agent runs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRun {
    /// What it collects.
    pub component: Component,
    /// Where its configuration comes from.
    pub source: ConfigSource,
    /// How often it ran.
    pub runs: u64,
    /// How many samples all runs brought.
    pub samples: u64,
    /// How long a run takes, in milliseconds, on average.
    pub average_ms: u64,
    /// How often it is to run, in milliseconds.
    pub interval_ms: Option<u64>,
    /// Whether the last run failed.
    pub fails: bool,
    /// What is known of the error of the last run.
    pub sayings: Vec<String>,
}

/// Where a check's configuration comes from, as the Agent says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConfigSource {
    /// A file that its package brings along.
    Packaged,
    /// A file.
    File,
    /// An annotation of a pod.
    Pod,
    /// An annotation of a Service, or a file of the Cluster Agent.
    Cluster,
    /// Anything else.
    Other,
}

/// Configurations that an Agent could not load.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unloaded {
    /// The components whose files they are.
    pub components: Vec<Component>,
    /// How many pods have annotations that could not be read.
    pub pods: u32,
}

/// What is kept of the configurations that an Agent has loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configurations {
    /// The components whose checks are configured, with the source of each configuration.
    pub loaded: Vec<(Component, ConfigSource)>,
    /// What could not be loaded.
    pub unloaded: Unloaded,
}

/// What is kept of a Cluster Agent's status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterAgentStatus {
    /// Whether the election of a leader works; `None` where there is none.
    pub elects: Option<bool>,
    /// Whether it is the one that hands out cluster checks.
    pub leads: bool,
    /// How many agents ask it for checks.
    pub agents: u64,
    /// How many checks nobody runs.
    pub unassigned: u64,
}

/// What is kept of the list of cluster checks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterChecks {
    /// How many agents report.
    pub agents: Option<u64>,
    /// The components whose checks nobody runs.
    pub unassigned: Vec<Component>,
    /// How many checks nobody runs, those of other things included.
    pub unassigned_count: u64,
}

impl AgentCommand {
    /// The words of the command.
    #[must_use]
    pub const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Status => &["agent", "status", "--json"],
            Self::ConfigCheck => &["agent", "configcheck"],
            Self::ClusterAgentStatus => &["datadog-cluster-agent", "status", "--json"],
            Self::ClusterChecks => &["datadog-cluster-agent", "clusterchecks"],
        }
    }
}

impl ConfigSource {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Packaged => "the Agent's packaged configuration",
            Self::File => "a file",
            Self::Pod => "an annotation of a pod",
            Self::Cluster => "the Cluster Agent",
            Self::Other => "another source",
        }
    }
}

impl fmt::Display for LogSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let which = if self.previous { "the previous log" } else { "the log" };
        write!(f, "{which} of container {} of pod {}", self.container, self.pod)
    }
}

impl fmt::Display for ExecSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "what `{}` says in pod {}", self.command.words().join(" "), self.pod)
    }
}

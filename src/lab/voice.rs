//! What a program of the practice cluster writes into its log and tells when it is asked, as data.

use jiff::SignedDuration;
use serde_json::Value;
use std::collections::BTreeMap;

/// What the containers of one kind of pod write and tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceSpec {
    /// The label that the pods are known by.
    pub label: (String, String),
    /// The container.
    pub container: String,
    /// What it has written, the oldest first.
    pub lines: Vec<LineSpec>,
    /// The checks that it runs, where it is an Agent.
    pub checks: Vec<RunSpec>,
    /// The files of checks that it cannot read, each with the reason, where it is an Agent.
    pub unloaded: BTreeMap<String, String>,
    /// The cluster checks that nobody runs, where it is the Cluster Agent.
    pub unassigned: Vec<String>,
}

/// A line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineSpec {
    /// How long before it is read it was written.
    pub ago: SignedDuration,
    /// The line.
    pub text: String,
}

/// An instance of a check as an Agent runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSpec {
    /// The check's name.
    pub check: String,
    /// Where the Agent has it from, in its own words.
    pub source: String,
    /// Whether it is of what runs on the Agent's own node, so that agents elsewhere do not have it.
    pub local: bool,
    /// How many samples each run brings.
    pub samples: u64,
    /// How long a run takes, in milliseconds.
    pub average_ms: u64,
    /// What the last run failed of.
    pub error: Option<String>,
}

impl VoiceSpec {
    /// A program that has written nothing.
    #[must_use]
    pub fn new(label: (&str, &str), container: &str) -> Self {
        Self {
            label: (label.0.to_owned(), label.1.to_owned()),
            container: container.to_owned(),
            lines: Vec::new(),
            checks: Vec::new(),
            unloaded: BTreeMap::new(),
            unassigned: Vec::new(),
        }
    }

    /// Whether a pod's container is meant.
    #[must_use]
    pub fn is_of(&self, pod: &Value, container: &str) -> bool {
        let (key, value) = &self.label;
        self.container == container && pod["metadata"]["labels"][key] == value.as_str()
    }

    /// Writes a line as if so many seconds ago, after those that are older.
    pub fn write(&mut self, seconds_ago: i64, text: &str) {
        self.lines.push(LineSpec { ago: SignedDuration::from_secs(seconds_ago), text: text.to_owned() });
        self.lines.sort_by_key(|line| std::cmp::Reverse(line.ago));
    }
}

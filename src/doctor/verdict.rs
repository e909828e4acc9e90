//! What a check says: its verdicts, findings and remedies, as plain values.

use crate::model::{
    agents::AgentRole, component::Component, evidence::Evidence, observed::Gap, question::AccountRef,
    workload::Workload,
};
use std::fmt;

/// A check's name: kebab-case, names the bad thing, never renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CheckId(pub &'static str);

/// What a verdict is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The monitoring as a whole.
    Monitoring,
    /// One running copy of a component.
    Instance {
        /// The component.
        component: Component,
        /// Where it runs, as people would name it: a node, a pod, or the URL that the user named.
        name: String,
    },
    /// A node.
    Node(String),
    /// A workload of agents.
    Agents {
        /// What it is for.
        role: AgentRole,
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// A service account that the agents run as.
    Account(AccountRef),
    /// A check of a component, as somebody has written it.
    Written {
        /// The component.
        component: Component,
        /// Where it is written.
        place: String,
    },
    /// A file of the node.
    File {
        /// Its path.
        path: String,
        /// The components that do not start where it is not in order.
        stops: Vec<Component>,
    },
}

/// A check's answer about one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was looked at, and it is in order; the evidence says what was seen.
    Pass(Vec<Evidence>),
    /// It is not in order.
    Problem(Finding),
    /// It could not be looked at.
    Unknown(Gap),
    /// The question makes no sense here.
    NotApplicable(&'static str),
}

/// The content of a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Whether its cause is known to be its own, so that no other problem can be taken to explain it.
    pub own_cause: bool,
    /// One sentence without its final stop, which names cause and subject.
    pub summary: String,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// What to do, the least invasive first.
    pub remedies: Vec<Remedy>,
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing is lost.
    Note,
    /// Monitoring works, but it is fragile or unsafe.
    Warning,
    /// Monitoring does not work.
    Error,
}

/// What to do about a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// One line that says what it does.
    pub title: String,
    /// What to do, in order.
    pub steps: Vec<Step>,
    /// What it changes.
    pub touches: Touches,
}

/// One step of a remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Shell lines to paste; each line is whole.
    Run(Vec<String>),
    /// A manifest for `kubectl apply -f -`.
    Apply(String),
    /// A change of a file, with the lines to write.
    Edit {
        /// Which file, and where it lies.
        file: String,
        /// The lines.
        change: String,
    },
    /// Something to know or decide.
    Read(&'static str),
}

/// What a remedy changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touches {
    /// Nothing.
    Nothing,
    /// The monitoring only.
    Monitoring,
    /// Other workloads.
    Workloads,
    /// The control plane itself.
    ControlPlane,
}

impl Subject {
    /// The component that the subject belongs to, where it belongs to one.
    #[must_use]
    pub const fn component(&self) -> Option<Component> {
        match self {
            Self::Instance { component, .. } => Some(*component),
            _ => None,
        }
    }

    /// The subject without the place: what several equal findings have in common.
    #[must_use]
    pub fn kind(&self) -> String {
        match self {
            Self::Monitoring => "monitoring".to_owned(),
            Self::Instance { component, .. } => component.to_string(),
            Self::Node(_) => "node".to_owned(),
            Self::Agents { role, .. } => role.word().to_owned(),
            Self::Account(_) => "service account".to_owned(),
            Self::Written { component, .. } => format!("check of {component}"),
            Self::File { .. } => "file".to_owned(),
        }
    }

    /// The place alone.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::Monitoring => String::new(),
            Self::Instance { name, .. } | Self::Node(name) => name.clone(),
            Self::File { path, .. } => path.clone(),
            Self::Written { place, .. } => place.clone(),
            Self::Agents { namespace, name, .. } => format!("{namespace}/{name}"),
            Self::Account(account) => account.to_string(),
        }
    }
}

impl Severity {
    /// The word that is always printed.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warn",
            Self::Error => "fail",
        }
    }

    /// The word in JSON and for `--fail-on`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Touches {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Nothing => "changes nothing",
            Self::Monitoring => "changes the monitoring only",
            Self::Workloads => "changes workloads",
            Self::ControlPlane => "changes the control plane",
        }
    }

    /// In JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Monitoring => "monitoring",
            Self::Workloads => "workloads",
            Self::ControlPlane => "control-plane",
        }
    }
}

impl Finding {
    /// A problem because of which monitoring does not work.
    pub fn error(summary: impl Into<String>) -> Self {
        Self::of(Severity::Error, summary)
    }

    /// A problem that makes monitoring fragile or unsafe.
    pub fn warning(summary: impl Into<String>) -> Self {
        Self::of(Severity::Warning, summary)
    }

    /// Something worth knowing.
    pub fn note(summary: impl Into<String>) -> Self {
        Self::of(Severity::Note, summary)
    }

    fn of(severity: Severity, summary: impl Into<String>) -> Self {
        Self {
            severity,
            own_cause: false,
            summary: summary.into(),
            evidence: Vec::new(),
            remedies: Vec::new(),
        }
    }

    /// With what it rests on.
    #[must_use]
    pub fn seen(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// With something that can be done, after what is less invasive.
    #[must_use]
    pub fn mend(mut self, remedy: Remedy) -> Self {
        self.remedies.push(remedy);
        self
    }

    /// As a verdict.
    #[must_use]
    pub const fn found(self) -> Verdict {
        Verdict::Problem(self)
    }
}

impl Verdict {
    /// In order, as one thing shows.
    #[must_use]
    pub fn pass(evidence: Evidence) -> Self {
        Self::Pass(vec![evidence])
    }
}

impl Remedy {
    /// A remedy that changes a file.
    pub fn edit(
        title: impl Into<String>,
        touches: Touches,
        file: impl Into<String>,
        change: impl Into<String>,
    ) -> Self {
        let step = Step::Edit { file: file.into(), change: change.into() };
        Self { title: title.into(), steps: vec![step], touches }
    }

    /// A remedy that changes the variables of a workload of agents.
    pub fn variables(title: impl Into<String>, workload: &Workload, lines: impl Into<String>) -> Self {
        let place = format!("{} {}/{}", workload.kind_name(), workload.namespace, workload.name);
        let file = format!("the variables of {place}, or the values of the release that makes it");
        Self::edit(title, Touches::Monitoring, file, lines)
    }

    /// The same with something to know beside it.
    #[must_use]
    pub fn knowing(mut self, words: &'static str) -> Self {
        self.steps.push(Step::Read(words));
        self
    }

    /// A remedy of shell lines.
    pub fn run(title: impl Into<String>, touches: Touches, lines: &[String]) -> Self {
        Self { title: title.into(), steps: vec![Step::Run(lines.to_vec())], touches }
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Monitoring => f.write_str("monitoring"),
            Self::Instance { component, name } => write!(f, "{component} on {name}"),
            Self::Node(name) => write!(f, "node {name}"),
            Self::Agents { role, namespace, name } => write!(f, "{} {namespace}/{name}", role.word()),
            Self::Account(account) => write!(f, "service account {account}"),
            Self::Written { component, place } => write!(f, "check of {component} in {place}"),
            Self::File { path, .. } => f.write_str(path),
        }
    }
}

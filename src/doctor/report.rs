//! All verdicts of a run, folded, grouped and ordered, and the exit code that they add up to.

use super::{
    Cells, Check,
    verdict::{Finding, Remedy, Severity, Subject, Verdict},
};
use crate::model::{component::Component, observed::Gap, snapshot::CutShort};

/// The outcome of a run.
#[derive(Debug)]
pub struct Report {
    /// Problems first, the worst first; then what is unknown, then what passed. Symptoms are folded under causes.
    pub rows: Vec<Row>,
    /// The instances that were found, in order, with what was seen of each.
    pub instances: Vec<InstanceRow>,
    /// Components that can be monitored here and of which nothing was judged.
    pub unjudged: Vec<Component>,
    /// What could not be looked at and what no row is about: why components were not found, and what was refused.
    pub unseen: Vec<Gap>,
    /// How many verdicts did not apply.
    pub not_applicable: usize,
    /// Whether the run ended early, and why.
    pub cut_short: Option<CutShort>,
}

/// One verdict, for one subject or for several that got the same one.
#[derive(Debug)]
pub struct Row {
    /// The check.
    pub check: &'static Check,
    /// The subjects with this very verdict, sorted; never empty.
    pub subjects: Vec<Subject>,
    /// How many subjects the check judged altogether, for "2 of 3 members".
    pub judged: usize,
    /// What it says, with the evidence of all of them.
    pub verdict: Verdict,
    /// What it says of each subject alone, in the order of the subjects.
    pub each: Vec<Verdict>,
    /// Problems that this one explains.
    pub symptoms: Vec<Self>,
}

impl Row {
    /// What to do, each with the word that leads to it. What is to be done about several subjects is all to be done; the
    /// alternatives to it come after that.
    #[must_use]
    pub fn remedies(&self) -> Vec<(&'static str, &Remedy)> {
        let findings: Vec<&Finding> = self
            .each
            .iter()
            .filter_map(|verdict| if let Verdict::Problem(finding) = verdict { Some(finding) } else { None })
            .collect();
        let most = findings.iter().map(|finding| finding.remedies.len()).max().unwrap_or_default();
        let mut all: Vec<(&'static str, &Remedy)> = Vec::new();
        for place in 0..most {
            let mut word = if place == 0 { "mend" } else { "or" };
            for remedy in findings.iter().filter_map(|finding| finding.remedies.get(place)) {
                if !all.iter().any(|(_, known)| *known == remedy) {
                    all.push((word, remedy));
                    word = "and";
                }
            }
        }
        all
    }
}

/// One instance and how far it could be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceRow {
    /// The component.
    pub component: Component,
    /// Where it runs.
    pub name: String,
    /// What the agents ask, or would ask.
    pub endpoint: String,
    /// From where it was asked; `None` where it could not be.
    pub vantage: Option<String>,
    /// How it does, a word a column.
    pub cells: Cells,
    /// The best answer that was had, in words, such as `200, 312 families, as service account datadog/agent`.
    pub answer: String,
}

/// What makes a run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitPolicy {
    /// The least severity that counts.
    pub fail_on: Severity,
    /// Whether a component of which nothing was judged is accepted.
    pub allow_unknown: bool,
}

/// The outcomes that have an exit code of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every component that can be monitored was judged, and none has a problem that counts.
    Healthy,
    /// There are problems.
    Problems,
    /// Something that can be monitored could not be judged at all.
    Unknown,
    /// The run was interrupted; what it had seen is reported.
    Interrupted,
}

impl Report {
    /// What the run adds up to. Problems win over unknowns.
    #[must_use]
    pub fn outcome(&self, policy: ExitPolicy) -> Outcome {
        if self.cut_short == Some(CutShort::Interrupted) {
            Outcome::Interrupted
        } else if self.worst().is_some_and(|worst| worst >= policy.fail_on) {
            Outcome::Problems
        } else if self.unjudged.is_empty() || policy.allow_unknown {
            Outcome::Healthy
        } else {
            Outcome::Unknown
        }
    }

    /// The worst severity of all problems, symptoms included.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.problems().map(|(severity, _)| severity).max()
    }

    /// The problems that are not symptoms, with their severity.
    pub fn problems(&self) -> impl Iterator<Item = (Severity, &Row)> {
        self.rows.iter().filter_map(|row| match &row.verdict {
            Verdict::Problem(finding) => Some((finding.severity, row)),
            _ => None,
        })
    }

    /// The rows that say why something could not be looked at.
    pub fn unknowns(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| matches!(row.verdict, Verdict::Unknown(_)))
    }

    /// What could not be looked at, with the reason, each once and sorted by reason.
    #[must_use]
    pub fn gaps(&self) -> Vec<&Gap> {
        let of_rows = self.unknowns().filter_map(|row| match &row.verdict {
            Verdict::Unknown(gap) => Some(gap),
            _ => None,
        });
        let mut gaps: Vec<&Gap> = of_rows.chain(&self.unseen).collect();
        gaps.sort_by(|a, b| (&a.why, &a.what).cmp(&(&b.why, &b.what)));
        gaps.dedup();
        gaps
    }

    /// The rows that passed.
    pub fn passes(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| matches!(row.verdict, Verdict::Pass(_)))
    }
}

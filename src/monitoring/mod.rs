//! What monitors a cluster already, judged from a snapshot. Each tool is a row of one table; nothing here looks at the world,
//! and what could not be looked at is a gap and never "nothing".

mod datadog;
mod facts;
mod heapster;
mod sign;
mod tools;

pub use facts::Facts;
pub use sign::{Sign, Signal};
pub use tools::TOOLS;

use crate::model::{evidence::Evidence, observed::Gap, snapshot::Snapshot, workload::Workload};

/// What monitors a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Monitoring {
    /// The tools of which there are signs, sorted by id.
    pub found: Vec<Found>,
    /// What could not be looked at, or only in part, sorted.
    pub gaps: Vec<Gap>,
}

/// A tool of which there are signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its id, which never changes.
    pub id: &'static str,
    /// The name as its makers write it.
    pub name: &'static str,
    /// Whether its workloads were seen: what it leaves in the API alone may be left over.
    pub is_seen: bool,
    /// Its version, where one was seen.
    pub version: Option<String>,
    /// What else is known of it: a name in `snake_case`, and the value.
    pub details: Vec<(&'static str, String)>,
    /// What is doubtful about it, each a sentence.
    pub remarks: Vec<String>,
    /// Where all this was seen.
    pub evidence: Vec<Evidence>,
}

/// A tool that can be recognised.
#[derive(Debug)]
pub struct Tool {
    /// The id used in JSON: kebab-case, never changed.
    pub id: &'static str,
    /// The name as its makers write it.
    pub name: &'static str,
    /// What it is known by.
    pub signs: &'static [Sign],
    /// What more can be said of it, from the workloads that are its own.
    pub describe: fn(&Facts<'_>, &[&Workload]) -> Description,
}

/// What can be said of a tool.
#[derive(Debug, Default)]
pub struct Description {
    /// Its version.
    pub version: Option<String>,
    /// A name in `snake_case`, and the value.
    pub details: Vec<(&'static str, String)>,
    /// What is doubtful.
    pub remarks: Vec<String>,
    /// Where all this was seen, beyond the signs themselves.
    pub evidence: Vec<Evidence>,
    /// What could not be looked at.
    pub gaps: Vec<Gap>,
}

/// Says what monitors the cluster of a snapshot.
#[must_use]
pub fn monitoring(snapshot: &Snapshot) -> Monitoring {
    let facts = Facts::gather(snapshot);
    let mut gaps = facts.gaps();
    let mut found: Vec<Found> = TOOLS.iter().filter_map(|tool| tool.find(&facts, &mut gaps)).collect();
    found.sort_by_key(|found| found.id);
    if snapshot.wanted.on_node.is_some() {
        // One API that nobody meant to ask is one gap, and not one for each of its lists.
        gaps = vec![Gap::no_api()];
    }
    gaps.sort();
    gaps.dedup();
    Monitoring { found, gaps }
}

impl Tool {
    fn find(&self, facts: &Facts<'_>, gaps: &mut Vec<Gap>) -> Option<Found> {
        let mut own: Vec<&Workload> = Vec::new();
        let mut evidence = Vec::new();
        for workload in facts.workloads() {
            if let Some(seen) = self.signs.iter().find_map(|sign| sign.of_workload(workload)) {
                own.push(workload);
                evidence.push(seen);
            }
        }
        evidence.extend(self.signs.iter().filter_map(|sign| sign.of_cluster(facts)));
        if evidence.is_empty() {
            return None;
        }
        let said = if own.is_empty() { Description::default() } else { (self.describe)(facts, &own) };
        let Description { version, details, mut remarks, evidence: more, gaps: missing } = said;
        gaps.extend(missing);
        evidence.extend(more);
        if own.is_empty() {
            remarks.push(
                "none of its workloads was seen: these signs may be left over, or its workloads unknown"
                    .to_owned(),
            );
        }
        Some(Found {
            id: self.id,
            name: self.name,
            is_seen: !own.is_empty(),
            version,
            details,
            remarks,
            evidence,
        })
    }
}

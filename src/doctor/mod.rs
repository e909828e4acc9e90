//! Judging: checks turn what was seen into verdicts; the engine enumerates subjects, folds, groups and orders.
//!
//! Nothing here looks at the world. A judge sees one case and knows no other check.

mod age;
pub mod checks;
mod fold;
pub mod report;
pub mod verdict;

pub use report::{ExitPolicy, InstanceRow, Outcome, Report, Row};
pub use verdict::{CheckId, Finding, Remedy, Severity, Step, Subject, Touches, Verdict};

use crate::{
    distributions::{Detection, Exposure},
    model::{
        component::Component,
        observed::{Gap, Why},
        question::AccountRef,
        workload::Workload,
    },
    view::{Instance, View},
};
use std::{
    collections::BTreeSet,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// A named rule that turns a case into a verdict.
pub struct Check {
    /// Its name.
    pub id: CheckId,
    /// The problem in the present tense.
    pub title: &'static str,
    /// What it is about.
    pub subjects: Subjects,
    /// The problems that explain this one.
    pub symptom_of: &'static [CheckId],
    /// Its page, under the five headings of `explain`.
    pub explain: &'static str,
    /// The rule.
    pub judge: fn(&Case<'_>) -> Result<Verdict, Gap>,
}

/// What a check is about; the engine enumerates, the judge sees one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subjects {
    /// Once for each instance of these components.
    EachInstance(&'static [Component]),
    /// Once for each control-plane node.
    EachControlPlaneNode,
    /// Once for each workload of node agents.
    EachAgentWorkload,
    /// Once for each service account that the node agents run as.
    EachAgentAccount,
}

/// All that a check may see.
#[derive(Debug)]
pub struct Case<'a> {
    /// What was seen.
    pub view: &'a View<'a>,
    /// What the cluster is.
    pub detection: &'a Detection,
    /// What the verdict is to be about.
    pub subject: Subject,
    instance: Option<&'a Instance>,
}

/// Which checks are judged.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these, where there are any.
    pub only: BTreeSet<&'static str>,
    /// None of these.
    pub skip: BTreeSet<&'static str>,
}

impl<'a> Case<'a> {
    /// The instance that the case is about.
    ///
    /// # Errors
    /// A gap where the check's subjects are no instances, which is a mistake in its table row.
    pub fn instance(&self) -> Result<&'a Instance, Gap> {
        self.instance
            .ok_or_else(|| Gap::new("the instance", Why::Failed("this check judges no instance".to_owned())))
    }
}

impl<'a> Case<'a> {
    /// The workload of node agents that the case is about.
    ///
    /// # Errors
    /// A gap where the check's subjects are no workloads, which is a mistake in its table row.
    pub fn workload(&self) -> Result<&'a Workload, Gap> {
        let found = match &self.subject {
            Subject::Agents { namespace, name } => {
                self.view.agents.workloads.as_ref().ok().and_then(|workloads| {
                    workloads
                        .iter()
                        .find(|workload| workload.namespace == *namespace && workload.name == *name)
                        .copied()
                })
            }
            _ => None,
        };
        found.ok_or_else(|| {
            Gap::new("the agents' workload", Why::Failed("this check judges no workload".to_owned()))
        })
    }
}

/// Judges everything that was selected.
///
/// A judge that panics costs its own verdict only: it becomes unknown, and says that it is a bug of ctlmon.
#[must_use]
pub fn judge(view: &View<'_>, detection: &Detection, selection: &Selection) -> Report {
    judge_with(checks::CHECKS, view, detection, selection)
}

/// The same with a table of one's own.
#[must_use]
pub fn judge_with(
    table: &[&'static Check],
    view: &View<'_>,
    detection: &Detection,
    selection: &Selection,
) -> Report {
    let mut verdicts = Vec::new();
    for check in table.iter().copied().filter(|check| selection.takes(check.id)) {
        match subjects(check.subjects, view) {
            Ok(subjects) => {
                for (subject, instance) in subjects {
                    let case = Case { view, detection, subject, instance };
                    let verdict = catch_unwind(AssertUnwindSafe(|| (check.judge)(&case)))
                        .unwrap_or_else(|_| {
                            Err(Gap::new(
                                format!("the check {}", check.id),
                                Why::Failed("it failed in itself, which is a bug of ctlmon".to_owned()),
                            ))
                        })
                        .unwrap_or_else(Verdict::Unknown);
                    verdicts.push((check, case.subject, verdict));
                }
            }
            Err(gap) => verdicts.push((check, Subject::Monitoring, Verdict::Unknown(gap))),
        }
    }
    let (rows, not_applicable) = fold::rows(verdicts);
    let unjudged = unjudged(&rows, view, detection);
    let is_unfound = |component: &Component| view.instances_of(*component).next().is_none();
    let unseen = if unjudged.iter().any(is_unfound) {
        detection.gaps.iter().filter(|gap| gap.why != Why::NotAsked).cloned().collect()
    } else {
        Vec::new()
    };
    Report {
        unjudged,
        unseen,
        instances: view.instances.iter().map(|instance| fold::instance_row(view, instance)).collect(),
        rows,
        not_applicable,
        cut_short: view.snapshot.cut_short,
    }
}

type Enumerated<'a> = Vec<(Subject, Option<&'a Instance>)>;

fn subjects<'a>(subjects: Subjects, view: &'a View<'a>) -> Result<Enumerated<'a>, Gap> {
    match subjects {
        Subjects::EachInstance(components) => Ok(view
            .instances
            .iter()
            .filter(|instance| components.contains(&instance.component))
            .map(|instance| {
                (
                    Subject::Instance { component: instance.component, name: instance.name.clone() },
                    Some(instance),
                )
            })
            .collect()),
        _ if !view.snapshot.wanted.endpoints.is_empty() => Ok(Vec::new()),
        Subjects::EachControlPlaneNode => Ok(view
            .control_plane_nodes()?
            .into_iter()
            .map(|node| (Subject::Node(node.name.clone()), None))
            .collect()),
        Subjects::EachAgentWorkload => Ok(view
            .agents
            .workloads
            .clone()?
            .iter()
            .map(|workload| {
                let (namespace, name) = (workload.namespace.clone(), workload.name.clone());
                (Subject::Agents { namespace, name }, None)
            })
            .collect()),
        Subjects::EachAgentAccount => {
            let accounts: BTreeSet<AccountRef> =
                view.agents.workloads.clone()?.iter().map(|workload| workload.account()).collect();
            Ok(accounts.into_iter().map(|account| (Subject::Account(account), None)).collect())
        }
    }
}

/// The components that can be monitored here and of which no verdict but unknown came about.
fn unjudged(rows: &[Row], view: &View<'_>, detection: &Detection) -> Vec<Component> {
    fn is_judged(row: &Row, component: Component) -> bool {
        let about = row.subjects.iter().any(|subject| subject.component() == Some(component));
        (about && matches!(row.verdict, Verdict::Pass(_) | Verdict::Problem(_)))
            || row.symptoms.iter().any(|symptom| is_judged(symptom, component))
    }
    let named = &view.snapshot.wanted.endpoints;
    Component::ALL
        .into_iter()
        .filter(|component| {
            if named.is_empty() {
                is_monitorable(*component, view, detection)
            } else {
                named.iter().any(|named| named.component == *component)
            }
        })
        .filter(|component| !rows.iter().any(|row| is_judged(row, *component)))
        .collect()
}

/// Whether this distribution lets one monitor a component. The Cluster Agent counts where it was found.
fn is_monitorable(component: Component, view: &View<'_>, detection: &Detection) -> bool {
    let found = view.instances_of(component).next().is_some();
    match detection.exposure(component) {
        _ if component == Component::ClusterAgent => found,
        Some(Exposure::Hidden { .. }) => false,
        // Of an unknown distribution nothing is known to be hidden.
        Some(_) | None => true,
    }
}

impl Selection {
    fn takes(&self, id: CheckId) -> bool {
        (self.only.is_empty() || self.only.contains(id.0)) && !self.skip.contains(id.0)
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Check").field(&self.id).finish()
    }
}

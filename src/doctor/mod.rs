//! Judging: checks turn what was seen into verdicts; the engine enumerates subjects, folds, groups and orders.
//!
//! Nothing here looks at the world. A judge sees one case and knows no other check.

mod age;
pub mod checks;
mod fold;
pub mod known;
pub mod matrix;
pub mod report;
pub mod selection;
mod shell;
mod unseen;
pub mod verdict;

pub use matrix::{Cell, Cells, Column};
pub use report::{ExitPolicy, InstanceRow, Outcome, Report, Row};
pub use selection::{Pick, Selection};
pub use verdict::{CheckId, Finding, Remedy, Severity, Step, Subject, Touches, Verdict};

use selection::Coverage;

use crate::{
    distributions::{Detection, Exposure},
    model::{
        agents::AgentRole,
        component::Component,
        facts::Node,
        observed::{Gap, Observed, Why},
        question::AccountRef,
        workload::Workload,
    },
    view::{Instance, NamedBy, OnNode, View, Written},
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
    /// Once, about the monitoring as a whole.
    Once,
    /// Once for each instance of these components.
    EachInstance(&'static [Component]),
    /// Once for each control-plane node.
    EachControlPlaneNode,
    /// Once for each workload of agents that talk to the Cluster Agent: node agents, runners and sidecars.
    EachAgentWorkload,
    /// The same, and the Cluster Agent's own.
    EachDatadogWorkload,
    /// Once for each check of a control-plane component that is written in a file or in an annotation.
    EachWrittenCheck,
    /// Once for each service account that agents read metrics with: node agents, and runners that are told to.
    EachAgentAccount,
    /// Once for each file of the node that was looked for and is there.
    EachNodeFile,
    /// Once for each manifest of a component's static pod.
    EachManifest,
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

impl Case<'_> {
    /// The path of the node that the case is about.
    ///
    /// # Errors
    /// A gap where the check's subjects are no files, which is a mistake in its table row.
    pub fn file(&self) -> Result<&str, Gap> {
        match &self.subject {
            Subject::File { path, .. } => Ok(path),
            _ => Err(Gap::new("the file", Why::Failed("this check judges no file".to_owned()))),
        }
    }
}

impl<'a> Case<'a> {
    /// The workload of agents that the case is about.
    ///
    /// # Errors
    /// A gap where the check's subjects are no workloads, which is a mistake in its table row.
    pub fn workload(&self) -> Result<(AgentRole, &'a Workload), Gap> {
        let found = match &self.subject {
            Subject::Agents { role, namespace, name } => {
                datadog(self.view).into_iter().find(|(of, workload)| {
                    of == role && workload.namespace == *namespace && workload.name == *name
                })
            }
            _ => None,
        };
        found.ok_or_else(|| {
            Gap::new("the agents' workload", Why::Failed("this check judges no workload".to_owned()))
        })
    }
}

impl Case<'_> {
    /// The service account that the case is about.
    ///
    /// # Errors
    /// A gap where the check's subjects are no accounts, which is a mistake in its table row.
    pub fn account(&self) -> Result<&AccountRef, Gap> {
        match &self.subject {
            Subject::Account(account) => Ok(account),
            _ => Err(Gap::new("the account", Why::Failed("this check judges no accounts".to_owned()))),
        }
    }
}

impl<'a> Case<'a> {
    /// The written check that the case is about.
    ///
    /// # Errors
    /// A gap where the check's subjects are no written checks, which is a mistake in its table row.
    pub fn written(&self) -> Result<Written<'a>, Gap> {
        let found = match &self.subject {
            Subject::Written { component, place } => {
                let (all, _) = self.view.written();
                all.into_iter()
                    .find(|written| written.component == *component && written.origin.describe() == *place)
            }
            _ => None,
        };
        found.ok_or_else(|| {
            Gap::new("the written check", Why::Failed("this check judges no written checks".to_owned()))
        })
    }
}

/// All of Datadog's workloads: agents of all roles, then the Cluster Agents.
fn datadog<'a>(view: &View<'a>) -> Vec<(AgentRole, &'a Workload)> {
    let cluster_agents = view.agents.cluster_agents().unwrap_or_default().into_iter();
    let cluster_agents = cluster_agents.map(|workload| (AgentRole::ClusterAgent, workload));
    view.agents.of_all_roles().chain(cluster_agents).collect()
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
    let verdicts = verdicts(table, view, detection, selection);
    let expected = |component| selection.coverage(table, component);
    let unjudged = unjudged(&verdicts, view, detection, expected);
    let by_subject = matrix::BySubject::new(&verdicts);
    let instance_row = |instance| {
        let cells = matrix::cells(view, instance, &by_subject);
        fold::instance_row(view, instance, cells)
    };
    let instances = view.instances.iter().map(instance_row).collect();
    let (rows, not_applicable) = fold::rows(verdicts);
    let mut unseen = unseen::of_unfound(view, detection, &unjudged);
    unseen.extend(view.node.iter().flat_map(|node| node.gaps.iter().cloned()));
    // Whoever picks checks is told what those lack.
    if selection.only.is_empty() {
        unseen::add_refused(&mut unseen, &rows, view);
    }
    Report { unjudged, unseen, instances, rows, not_applicable, cut_short: view.snapshot.cut_short }
}

/// What every check says of every subject, before anything is folded.
#[must_use]
pub fn verdicts(
    table: &[&'static Check],
    view: &View<'_>,
    detection: &Detection,
    selection: &Selection,
) -> Vec<Judged> {
    let mut verdicts = Vec::new();
    for check in table.iter().copied() {
        let (subjects, missed) = subjects(check.subjects, view);
        for (subject, instance) in subjects {
            if !selection.takes(check.id, subject.component()) {
                continue;
            }
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
        if selection.takes(check.id, None) {
            let unknown = |gap| (check, Subject::Monitoring, Verdict::Unknown(gap));
            verdicts.extend(missed.into_iter().map(unknown));
        }
    }
    verdicts
}

/// What a check says of a subject.
pub type Judged = (&'static Check, Subject, Verdict);

type Enumerated<'a> = Vec<(Subject, Option<&'a Instance>)>;

/// What a check is about here, and why there may be more of it.
fn subjects<'a>(subjects: Subjects, view: &'a View<'a>) -> (Enumerated<'a>, Vec<Gap>) {
    let without_node_agents = || view.agents.workloads.as_ref().err().cloned();
    match subjects {
        Subjects::EachInstance(components) => {
            let about = |instance: &'a Instance| {
                let (component, name) = (instance.component, instance.name.clone());
                (Subject::Instance { component, name }, Some(instance))
            };
            let wanted = view.instances.iter().filter(|instance| components.contains(&instance.component));
            (wanted.map(about).collect(), Vec::new())
        }
        Subjects::EachNodeFile => (view.node.iter().flat_map(node_files).collect(), Vec::new()),
        Subjects::EachManifest => match manifests(view) {
            Ok(manifests) => (manifests, Vec::new()),
            Err(gap) => (Vec::new(), vec![gap]),
        },
        _ if view.node.is_some() || !view.snapshot.wanted.endpoints.is_empty() => (Vec::new(), Vec::new()),
        Subjects::Once => (vec![(Subject::Monitoring, None)], Vec::new()),
        Subjects::EachDatadogWorkload => {
            let about = |(role, workload): (AgentRole, &Workload)| {
                let (namespace, name) = (workload.namespace.clone(), workload.name.clone());
                (Subject::Agents { role, namespace, name }, None)
            };
            let missed = without_node_agents()
                .into_iter()
                .chain(view.agents.cluster_agents().err())
                .chain(view.agents.unseen.iter().cloned());
            (datadog(view).into_iter().map(about).collect(), missed.collect())
        }
        Subjects::EachWrittenCheck => {
            let (written, mut missed) = view.written();
            missed.extend(without_node_agents());
            let about = |written: Written<'_>| {
                let (component, place) = (written.component, written.origin.describe());
                (Subject::Written { component, place }, None)
            };
            // Where nobody would run it, nothing comes of how it is written.
            let run = written.into_iter().filter(|written| written.workload.is_some());
            (run.map(about).collect(), missed)
        }
        Subjects::EachControlPlaneNode => match view.control_plane_nodes() {
            Ok(nodes) => {
                let about = |node: &Node| (Subject::Node(node.name.clone()), None);
                (nodes.into_iter().map(about).collect(), Vec::new())
            }
            Err(gap) => (Vec::new(), vec![gap]),
        },
        Subjects::EachAgentWorkload => {
            let about = |(role, workload): (AgentRole, &Workload)| {
                let (namespace, name) = (workload.namespace.clone(), workload.name.clone());
                (Subject::Agents { role, namespace, name }, None)
            };
            let missed = without_node_agents().into_iter().chain(view.agents.unseen.iter().cloned());
            (view.agents.of_all_roles().map(about).collect(), missed.collect())
        }
        Subjects::EachAgentAccount => {
            let asks = |role| match role {
                AgentRole::NodeAgent => true,
                AgentRole::Runner => view.runner_asks(),
                AgentRole::ClusterAgent | AgentRole::Sidecar => false,
            };
            // Of runners one account stands for all; of node agents there are as many as DaemonSets.
            let first = view.agents.identities();
            let accounts: BTreeSet<AccountRef> = view
                .agents
                .of_all_roles()
                .filter(|(role, workload)| {
                    asks(*role) && (*role == AgentRole::NodeAgent || first.get(role) == Some(workload))
                })
                .map(|(_, workload)| workload.account())
                .collect();
            let about = |account| (Subject::Account(account), None);
            (accounts.into_iter().map(about).collect(), without_node_agents().into_iter().collect())
        }
    }
}

fn node_files<'a>(node: &OnNode<'_>) -> Enumerated<'a> {
    let is_there = |path: &&String| !matches!(node.file(path), Observed::Absent | Observed::NotAsked);
    // An API server without etcd ends by itself; the others run on with an expired certificate, and are refused.
    let is_vital = |by: &NamedBy<'_>| by.what.starts_with("--etcd-certfile=");
    let subject = |path: &String| Subject::File {
        path: path.clone(),
        stops: node.files[path].iter().filter(|by| is_vital(by)).map(|by| by.component).collect(),
    };
    node.files.keys().filter(is_there).map(|path| (subject(path), None)).collect()
}

fn manifests<'a>(view: &'a View<'a>) -> Result<Enumerated<'a>, Gap> {
    let Some(node) = &view.node else { return Ok(Vec::new()) };
    // No program starts without a file that it is told to read.
    let files: BTreeSet<Subject> = node
        .copies
        .iter()
        .filter_map(|copy| {
            Some(Subject::File { path: copy.manifest?.0.file.clone(), stops: vec![copy.component] })
        })
        .collect();
    match node.gaps.first() {
        Some(gap) if files.is_empty() => Err(gap.clone()),
        _ => Ok(files.into_iter().map(|file| (file, None)).collect()),
    }
}

/// The components that can be monitored here and of which no verdict but unknown came about.
///
/// Where no check that judges a component was selected, no verdict of it is expected. Where some were left out and
/// none of the others applies, nothing was missed: the verdict that is lacking would have been of one left out.
fn unjudged(
    verdicts: &[Judged],
    view: &View<'_>,
    detection: &Detection,
    coverage: impl Fn(Component) -> Coverage,
) -> Vec<Component> {
    let named = &view.snapshot.wanted.endpoints;
    let is_judged = |component: Component, coverage: Coverage| {
        let mut about = verdicts
            .iter()
            .filter(|(_, subject, _)| subject.component() == Some(component))
            .map(|(_, _, verdict)| verdict)
            .peekable();
        let is_seen = about.peek().is_some();
        let mut is_moot = is_seen && coverage == Coverage::Part;
        for verdict in about {
            match verdict {
                Verdict::Pass(_) | Verdict::Problem(_) => return true,
                Verdict::Unknown(_) => is_moot = false,
                Verdict::NotApplicable(_) => {}
            }
        }
        is_moot
    };
    Component::ALL
        .into_iter()
        .filter(|component| {
            if named.is_empty() {
                is_monitorable(*component, view, detection)
            } else {
                named.iter().any(|named| named.component == *component)
            }
        })
        .filter(|component| {
            let coverage = coverage(*component);
            coverage != Coverage::Nothing && !is_judged(*component, coverage)
        })
        .collect()
}

/// Whether this distribution lets one monitor a component. The Cluster Agent counts where it was found, and where the
/// agents ask one that could not be looked for.
fn is_monitorable(component: Component, view: &View<'_>, detection: &Detection) -> bool {
    let found = view.instances_of(component).next().is_some();
    match detection.exposure(component) {
        _ if component == Component::ClusterAgent => found || view.unfound_cluster_agent().is_some(),
        Some(Exposure::Hidden { .. }) => false,
        // Of an unknown distribution nothing is known to be hidden.
        Some(_) | None => true,
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Check").field(&self.id).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        distributions::{Facts, detect},
        model::{
            evidence::Evidence,
            question::{CertificateSource, Credential, Endpoint, Scheme},
            snapshot::{NamedEndpoint, Snapshot, Wanted},
        },
    };
    use jiff::Timestamp;

    const fn check(id: &'static str, judge: fn(&Case<'_>) -> Result<Verdict, Gap>) -> Check {
        Check {
            id: CheckId(id),
            title: "a test judges",
            subjects: Subjects::EachInstance(&[Component::Etcd]),
            symptom_of: &[],
            explain: "",
            judge,
        }
    }

    static PANICS: Check = check("panics", |_| panic!("s3cret"));
    static PASSES: Check = check("passes", |_| {
        let source = CertificateSource::Files { certificate: "ca.crt".to_owned(), key: None };
        Ok(Verdict::Pass(vec![Evidence::in_certificate(&source, "seen".to_owned())]))
    });

    #[test]
    fn a_judge_that_panics_costs_its_own_verdict_only() {
        let endpoint = Endpoint {
            scheme: Scheme::Https,
            host: "127.0.0.1".to_owned(),
            port: 2379,
            path: "/metrics".to_owned(),
        };
        let named = NamedEndpoint {
            component: Component::Etcd,
            endpoint,
            credential: Credential::Nobody,
            authority: None,
        };
        let wanted = Wanted { endpoints: vec![named], ..Wanted::default() };
        let snapshot = Snapshot::empty(Timestamp::UNIX_EPOCH, wanted);
        let (view, detection) = (View::new(&snapshot), detect(&Facts::gather(&snapshot)));
        // The hook is the process's own, so other tests that panic meanwhile are silent as well; they fail all the same.
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        for table in [[&PANICS, &PASSES], [&PASSES, &PANICS]] {
            let report = judge_with(&table, &view, &detection, &Selection::default());
            let passed: Vec<&str> = report.passes().map(|row| row.check.id.0).collect();
            assert_eq!(passed, ["passes"]);
            let unknown: Vec<&str> = report.unknowns().map(|row| row.check.id.0).collect();
            assert_eq!(unknown, ["panics"]);
            let gaps: Vec<String> = report.gaps().iter().map(ToString::to_string).collect();
            assert_eq!(gaps, ["the check panics: it failed in itself, which is a bug of ctlmon"]);
            let policy = ExitPolicy { fail_on: Severity::Note, allow_unknown: false };
            assert_eq!(report.outcome(policy), Outcome::Healthy, "the component was judged by the other");
            assert_eq!(report.rows.len(), 2);
        }
        std::panic::set_hook(hook);
    }
}

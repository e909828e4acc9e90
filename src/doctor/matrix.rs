//! How each instance does, from the first connection to what it says of itself: a word a column, out of probes and verdicts.
//!
//! It judges nothing anew. What a check found wrong fails the column that the check is about; for the rest a column says
//! what the probes saw, and what they did not see stays unknown.

use super::{CheckId, Judged, Severity, Subject, Verdict};
use crate::{
    model::{
        answer::{ProbeRecord, Rung},
        component::{Component, Gate},
        observed::FailureKind,
        question::{ApiRoute, Credential, ProbeSpec, Scheme, Vantage},
    },
    view::{AgentSays, Instance, Probed, View},
};
use std::collections::BTreeMap;

/// What is asked of each instance, in the order in which one thing needs the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// Whether a connection comes about.
    Reachable,
    /// Whether a TLS session comes about, with a certificate that nothing is wrong with.
    Tls,
    /// Whether it knows who asks.
    Authenticated,
    /// Whether it lets that one read.
    Authorised,
    /// Whether what it serves are metrics, and its own.
    Metrics,
    /// Whether it does well, by its own metrics.
    Health,
    /// What the Agent that collects it says of it.
    Agent,
}

/// The word in one place of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// It was seen, and is in order.
    Ok,
    /// It was seen, and is not.
    Fail,
    /// It was not seen.
    Unknown,
    /// The question makes no sense here.
    NotApplicable,
}

/// The words of one instance, one for each column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cells([Cell; Column::ALL.len()]);

/// The checks that are about how an instance is reached and who may read. All others are about how well it does.
static ABOUT: &[(Column, &[&str])] = &[
    (Column::Reachable, &["metrics-endpoint-unreachable", "metrics-on-loopback-only", "port-filtered"]),
    (
        Column::Tls,
        &[
            "kubelet-cert-expired",
            "kubelet-cert-untrusted",
            "kubelet-cert-without-address",
            "kubelet-cert-wrong-name",
            "metrics-scheme-mismatch",
            "self-signed-cert-verified",
            "serving-cert-expired",
            "serving-cert-not-yet-valid",
            "serving-cert-untrusted",
            "serving-cert-wrong-name",
        ],
    ),
    (
        Column::Authenticated,
        &[
            "agent-token-refused",
            "api-server-out-of-reach",
            "bearer-token-not-accepted",
            "client-cert-not-accepted",
            "etcd-client-cert-expired",
            "etcd-client-cert-foreign-ca",
            "etcd-client-cert-missing",
            "etcd-client-cert-not-yet-valid",
            "etcd-client-cert-refused",
            "etcd-client-cert-version-1",
            "etcd-client-cert-without-client-auth",
            "etcd-client-cert-without-purpose",
            "etcd-client-key-mismatch",
            "kubelet-ignores-tokens",
            "scheduler-no-credentials",
        ],
    ),
    (
        Column::Authorised,
        &[
            "agent-account-metrics-forbidden",
            "controller-manager-metrics-forbidden",
            "eks-metrics-forbidden",
            "fine-grained-rights-on-old-kubelet",
            "kubelet-metrics-forbidden",
            "kubelet-pods-forbidden",
            "metrics-forbidden",
        ],
    ),
    (Column::Metrics, &["answers-something-else", "eks-metrics-not-served", "metrics-too-large"]),
];

/// The verdicts by what they are about: with thousands of instances nobody could read all for each.
pub(super) struct BySubject<'a>(BTreeMap<&'a Subject, Vec<(Column, &'a Verdict)>>);

impl<'a> BySubject<'a> {
    pub(super) fn new(verdicts: &'a [Judged]) -> Self {
        let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (check, subject, verdict) in verdicts {
            if matches!(subject, Subject::Instance { .. } | Subject::Account(_)) {
                all.entry(subject).or_default().push((column(check.id), verdict));
            }
        }
        Self(all)
    }

    /// Those about an instance, and those about the account that asks it.
    fn about(&self, view: &View<'_>, instance: &Instance) -> Vec<(Column, &'a Verdict)> {
        // The kubelet asks about other rights than the path of the metrics.
        let account = view.asking_account(instance).filter(|_| {
            instance.component.profile().gate == Gate::Delegated && instance.component != Component::Kubelet
        });
        let itself = Subject::Instance { component: instance.component, name: instance.name.clone() };
        let subjects = [Some(itself), account.map(Subject::Account)];
        subjects.iter().flatten().filter_map(|subject| self.0.get(subject)).flatten().copied().collect()
    }
}

/// The words of one instance.
pub(super) fn cells(view: &View<'_>, instance: &Instance, verdicts: &BySubject<'_>) -> Cells {
    let seen = Seen {
        instance,
        probes: probes(view, instance),
        verdicts: verdicts.about(view, instance),
        says: view.agent_says(instance),
    };
    Cells(Column::ALL.map(|column| seen.cell(column)))
}

/// What an instance itself answered, or failed with. From elsewhere its address may be another's, unless that shows
/// metrics which no other component has.
fn probes<'a>(view: &View<'a>, instance: &Instance) -> Vec<Probed<'a>> {
    let is_own = |(spec, record): &Probed<'_>| View::is_its_own(instance, spec) || serves(instance, record);
    view.probes(instance).filter(is_own).collect()
}

/// The column that a check is about.
fn column(check: CheckId) -> Column {
    ABOUT.iter().find(|(_, ids)| ids.contains(&check.0)).map_or(Column::Health, |(column, _)| *column)
}

/// All that was seen of one instance.
struct Seen<'a> {
    instance: &'a Instance,
    probes: Vec<Probed<'a>>,
    verdicts: Vec<(Column, &'a Verdict)>,
    says: AgentSays,
}

impl Seen<'_> {
    fn cell(&self, column: Column) -> Cell {
        match self.judged(column) {
            Some(Cell::Fail) => return Cell::Fail,
            judged if column == Column::Health => return judged.unwrap_or(Cell::NotApplicable),
            _ => {}
        }
        match column {
            Column::Reachable => self.reachable(),
            Column::Tls => self.tls(),
            Column::Authenticated => self.authenticated(),
            Column::Authorised => self.authorised(),
            Column::Metrics => self.metrics(),
            Column::Agent => self.agent(),
            Column::Health => Cell::NotApplicable,
        }
    }

    /// The worst that is said about a column; a note is worth knowing, and nothing is lost by it.
    fn judged(&self, column: Column) -> Option<Cell> {
        let words =
            self.verdicts.iter().filter(|(about, _)| *about == column).filter_map(
                |(_, verdict)| match verdict {
                    Verdict::Problem(finding) if finding.severity > Severity::Note => Some(Cell::Fail),
                    Verdict::Problem(_) | Verdict::Pass(_) => Some(Cell::Ok),
                    Verdict::Unknown(_) => Some(Cell::Unknown),
                    Verdict::NotApplicable(_) => None,
                },
            );
        worst(words)
    }

    /// A log that complains of nothing does not show that anybody asks.
    fn agent(&self) -> Cell {
        match self.says {
            AgentSays::NotAsked => Cell::NotApplicable,
            AgentSays::Unheard(_) | AgentSays::Quiet => Cell::Unknown,
            AgentSays::Ok => Cell::Ok,
            AgentSays::Nothing | AgentSays::Fails(_) => Cell::Fail,
        }
    }

    fn reachable(&self) -> Cell {
        if self.probes.iter().any(|(_, record)| record.rung > Rung::Resolved) {
            return Cell::Ok;
        }
        // From elsewhere a failure may be the way's, except for a refusal inside of the pod's own network.
        let is_its_fault = |(spec, record): &Probed<'_>| {
            let kind = record.failure.as_ref().map(|failure| failure.kind);
            let is_forwarded = matches!(spec.vantage, Vantage::PortForward(_));
            match kind {
                None | Some(FailureKind::Unprepared) => false,
                Some(FailureKind::Refused) if is_forwarded => true,
                Some(_) => self.instance.answerable,
            }
        };
        if self.probes.iter().any(is_its_fault) { Cell::Fail } else { Cell::Unknown }
    }

    fn tls(&self) -> Cell {
        if self.instance.endpoint.scheme == Scheme::Http {
            return Cell::NotApplicable;
        }
        // A server that breaks off over the client's certificate has shown its own before.
        let came_about = |(spec, record): &Probed<'_>| match &spec.vantage {
            // The session with a kubelet is the API server's, and what it demands of it was not seen.
            Vantage::ApiServer(route) => record.http.is_some() && *route == ApiRoute::Itself,
            Vantage::Direct | Vantage::PortForward(_) => {
                record.rung >= Rung::Handshaken || record.broke_off_over_certificate()
            }
        };
        if self.probes.iter().any(came_about) {
            Cell::Ok
        } else if self.probes.iter().any(|(_, record)| record.rung == Rung::Connected) {
            Cell::Fail
        } else {
            Cell::Unknown
        }
    }

    fn authenticated(&self) -> Cell {
        let shown = self.probes.iter().filter(|(spec, _)| shows_credential(spec));
        let gate = self.instance.component.profile().gate;
        let told = worst(shown.filter_map(|(_, record)| {
            match record.status() {
                None => record.broke_off_over_certificate().then_some(Cell::Fail),
                Some(401) => Some(Cell::Fail),
                Some(403) if gate == Gate::SharedToken => Some(Cell::Fail),
                // Whoever is taken for nobody has shown something in vain.
                Some(403) => record
                    .refused_user()
                    .map(|user| if user == "system:anonymous" { Cell::Fail } else { Cell::Ok }),
                Some(status) => (200..300).contains(&status).then_some(Cell::Ok),
            }
        }));
        told.unwrap_or_else(|| self.unless_open())
    }

    fn authorised(&self) -> Cell {
        if self.instance.component.profile().gate != Gate::Delegated {
            return Cell::NotApplicable;
        }
        let shown = self.probes.iter().filter(|(spec, _)| shows_credential(spec));
        let told = worst(shown.filter_map(|(_, record)| match record.status() {
            Some(403) => record.refused_user().filter(|user| *user != "system:anonymous").map(|_| Cell::Fail),
            Some(status) => (200..300).contains(&status).then_some(Cell::Ok),
            None => None,
        }));
        // Where it was not tried, the API server's word on the account is what the component would get to hear.
        let by_rule = || self.judged(Column::Authorised).filter(|cell| *cell == Cell::Ok);
        told.or_else(by_rule).unwrap_or_else(|| self.unless_open())
    }

    /// What lets everybody read asks nobody who he is.
    fn unless_open(&self) -> Cell {
        let is_open = |(spec, record): &Probed<'_>| {
            spec.credential == Credential::Nobody && record.status() == Some(200)
        };
        if self.probes.iter().any(is_open) { Cell::NotApplicable } else { Cell::Unknown }
    }

    fn metrics(&self) -> Cell {
        if self.instance.component.profile().families.is_empty() {
            return Cell::NotApplicable;
        }
        if self.probes.iter().any(|(_, record)| serves(self.instance, record)) {
            Cell::Ok
        } else if self.probes.iter().any(|(_, record)| record.status() == Some(200)) {
            Cell::Fail
        } else {
            Cell::Unknown
        }
    }
}

/// Whether a question shows the instance itself who asks. The API server's proxy shows it the API server's credential.
fn shows_credential(spec: &ProbeSpec) -> bool {
    spec.credential != Credential::Nobody && !matches!(spec.vantage, Vantage::ApiServer(ApiRoute::Node(_)))
}

/// Whether these are metrics that no other component serves, to their end.
fn serves(instance: &Instance, record: &ProbeRecord) -> bool {
    let own = instance.component.profile().families;
    record.served_metrics()
        && record.http.as_ref().is_some_and(|http| http.body.complete)
        && record.families().unwrap_or_default().iter().any(|family| own.contains(&family.as_str()))
}

/// What fails wins over what is unknown, and that over what is in order.
fn worst(cells: impl Iterator<Item = Cell>) -> Option<Cell> {
    let rank = |cell: &Cell| match cell {
        Cell::NotApplicable => 0,
        Cell::Ok => 1,
        Cell::Unknown => 2,
        Cell::Fail => 3,
    };
    cells.max_by_key(rank)
}

impl Column {
    /// Every column, in order.
    pub const ALL: [Self; 7] = [
        Self::Reachable,
        Self::Tls,
        Self::Authenticated,
        Self::Authorised,
        Self::Metrics,
        Self::Health,
        Self::Agent,
    ];

    /// The name for programs.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Reachable => "reachable",
            Self::Tls => "tls",
            Self::Authenticated => "authenticated",
            Self::Authorised => "authorised",
            Self::Metrics => "metrics",
            Self::Health => "health",
            Self::Agent => "agent",
        }
    }

    /// The name where there is no room; never wider than a cell can be.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Reachable => "REACHED",
            Self::Tls => "TLS",
            Self::Authenticated => "AUTHN",
            Self::Authorised => "AUTHZ",
            Self::Metrics => "METRICS",
            Self::Health => "HEALTH",
            Self::Agent => "AGENT",
        }
    }
}

impl Cell {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::NotApplicable => "-",
        }
    }
}

impl Cells {
    /// The word of one column.
    #[must_use]
    pub const fn get(&self, column: Column) -> Cell {
        self.0[column as usize]
    }

    /// Every column with its word, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Column, Cell)> + '_ {
        Column::ALL.into_iter().zip(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::checks::named;
    use std::collections::BTreeSet;

    #[test]
    fn every_check_of_the_table_exists_and_is_about_one_column() {
        let mut seen = BTreeSet::new();
        for id in ABOUT.iter().flat_map(|(_, ids)| *ids) {
            assert!(named(id).is_some(), "{id}");
            assert!(seen.insert(id), "{id} is about one column");
        }
    }

    #[test]
    fn columns_stand_where_they_are_looked_up() {
        for (place, column) in Column::ALL.into_iter().enumerate() {
            assert_eq!(column as usize, place);
            assert!(column.heading().len() <= Cell::Unknown.word().len(), "{column:?}");
        }
    }

    #[test]
    fn unknown_wins_over_ok_and_loses_to_fail() {
        assert_eq!(worst([Cell::Ok, Cell::Unknown, Cell::NotApplicable].into_iter()), Some(Cell::Unknown));
        assert_eq!(worst([Cell::Unknown, Cell::Fail, Cell::Ok].into_iter()), Some(Cell::Fail));
        assert_eq!(worst([].into_iter()), None);
    }
}

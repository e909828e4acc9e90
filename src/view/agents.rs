//! Datadog's own workloads: node agents, runners of cluster checks, the Cluster Agent, and sidecars.

use crate::model::{
    agent_role::asks_through_the_api_server,
    agents::{self, AgentRole},
    answer::{Answer, Listed},
    facts::Node,
    observed::{Gap, Observed, Why},
    question::{ListSpec, ObjectRef, Question},
    snapshot::Snapshot,
    workload::{VolumeSource, Workload},
};
use std::collections::{BTreeMap, BTreeSet};

/// The agents' workloads, out of all that were read, or those of the namespace that was named.
#[derive(Debug)]
pub struct Agents<'a> {
    pub(super) snapshot: &'a Snapshot,
    /// The `DaemonSets` whose pods are Datadog Agents, or why they are not known.
    pub workloads: Result<Vec<&'a Workload>, Gap>,
    /// Whether the list of `DaemonSets` was whole.
    pub complete: bool,
    /// The namespaces of other agents, where only those of one namespace are looked at.
    pub elsewhere: BTreeSet<&'a str>,
    /// The runners of cluster checks that were found.
    pub runners: Vec<&'a Workload>,
    /// The workloads with an Agent in their own pods that were found; one for all pods of one workload.
    pub sidecars: Vec<&'a Workload>,
    /// Why there may be more runners and sidecars than were found.
    pub unseen: Vec<Gap>,
}

impl<'a> Agents<'a> {
    pub(super) fn new(snapshot: &'a Snapshot) -> Self {
        let listed = snapshot.workloads(&agents::daemon_sets());
        let complete = listed.value().is_some_and(|listed| listed.complete);
        let is_meant = |workload: &Workload| {
            let namespace = snapshot.wanted.namespace.as_ref();
            namespace.is_none_or(|namespace| *namespace == workload.namespace)
        };
        let mut elsewhere = BTreeSet::new();
        let workloads = listed.seen("the DaemonSets, among which the agents' own would be").map(|listed| {
            let agents =
                listed.items.iter().filter(|workload| AgentRole::of(workload) == Some(AgentRole::NodeAgent));
            let (meant, others): (Vec<_>, Vec<_>) = agents.partition(|workload| is_meant(workload));
            elsewhere.extend(others.iter().map(|workload| workload.namespace.as_str()));
            meant
        });
        let of_role = |role| {
            let mut found: Vec<&Workload> = not_on_every_node(snapshot)
                .filter(|workload| AgentRole::of(workload) == Some(role) && is_meant(workload))
                .collect();
            found.sort_by_key(|workload| name_of(workload));
            found.dedup_by_key(|workload| name_of(workload));
            found
        };
        let runners = of_role(AgentRole::Runner);
        let mut sidecars = of_role(AgentRole::Sidecar);
        let mut unseen = unseen(snapshot, !sidecars.is_empty());
        if sidecars.len() > agents::MAX_SIDECARS {
            let what = format!("the sidecars of {} more workloads", sidecars.len() - agents::MAX_SIDECARS);
            let why = format!("one run judges {} workloads with sidecars", agents::MAX_SIDECARS);
            unseen.push(Gap::new(what, Why::OutOfReach(why)));
            sidecars.truncate(agents::MAX_SIDECARS);
        }
        Self { snapshot, workloads, complete, elsewhere, runners, sidecars, unseen }
    }

    /// Whether it is known that no agents are installed that could run a check of the control plane.
    #[must_use]
    pub fn are_absent(&self) -> bool {
        self.complete && self.workloads.as_ref().is_ok_and(Vec::is_empty) && self.runners.is_empty()
    }

    /// Whether there is nobody of Datadog's, as far as was seen.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        self.of_all_roles().next().is_none() && self.cluster_agents().unwrap_or_default().is_empty()
    }

    /// The namespaces of all of Datadog's workloads, those of the Cluster Agent and of node agents first.
    #[must_use]
    pub fn namespaces(&self) -> Vec<&'a str> {
        let everybody = self.cluster_agents().unwrap_or_default();
        let mut namespaces = Vec::new();
        for workload in everybody.into_iter().chain(self.of_all_roles().map(|(_, workload)| workload)) {
            if !namespaces.contains(&workload.namespace.as_str()) {
                namespaces.push(workload.namespace.as_str());
            }
        }
        namespaces
    }

    /// The names of the accounts of all of Datadog's workloads, whatever their namespace.
    #[must_use]
    pub fn account_names(&self) -> BTreeSet<&'a str> {
        let everybody = self.cluster_agents().unwrap_or_default();
        let accounts = everybody.into_iter().chain(self.of_all_roles().map(|(_, workload)| workload));
        accounts.map(|workload| workload.service_account.as_str()).collect()
    }

    /// Why there may be more of Datadog's workloads than were found: who compares them all must not pass over it.
    #[must_use]
    pub fn missed(&self) -> Option<Gap> {
        let node_agents = self.workloads.as_ref().err().cloned();
        node_agents.or_else(|| self.cluster_agents().err()).or_else(|| self.unseen.first().cloned())
    }

    /// All that show the Cluster Agent a token: node agents, runners and sidecars.
    pub fn of_all_roles(&self) -> impl Iterator<Item = (AgentRole, &'a Workload)> {
        let with = |role| move |workload: &&'a Workload| (role, *workload);
        let node_agents = self.workloads.as_deref().unwrap_or_default();
        let runners = self.runners.iter().map(with(AgentRole::Runner));
        let sidecars = self.sidecars.iter().map(with(AgentRole::Sidecar));
        node_agents.iter().map(with(AgentRole::NodeAgent)).chain(runners).chain(sidecars)
    }

    /// The first workload of each role, by whose account the cluster is asked: four accounts at the most.
    #[must_use]
    pub fn identities(&self) -> BTreeMap<AgentRole, &'a Workload> {
        let mut first = BTreeMap::new();
        for (role, workload) in self.of_all_roles() {
            // A sidecar that asks its kubelet itself asks nothing that node agents do not ask as well.
            if role != AgentRole::Sidecar || asks_through_the_api_server(workload) {
                first.entry(role).or_insert(workload);
            }
        }
        if let Some(workload) = self.cluster_agents().unwrap_or_default().first() {
            first.insert(AgentRole::ClusterAgent, workload);
        }
        first
    }

    /// The Deployments of the Cluster Agent.
    ///
    /// # Errors
    /// A gap where they could not be listed.
    pub fn cluster_agents(&self) -> Result<Vec<&'a Workload>, Gap> {
        for spec in agents::labelled_deployments() {
            self.snapshot.workloads(&spec).seen("the Cluster Agent's Deployment")?;
        }
        let mut found: Vec<&Workload> = not_on_every_node(self.snapshot)
            .filter(|workload| AgentRole::of(workload) == Some(AgentRole::ClusterAgent))
            .collect();
        found.sort_by_key(|workload| name_of(workload));
        found.dedup_by_key(|workload| name_of(workload));
        Ok(found)
    }

    /// Every Deployment that was read, and what the pods with an injected sidecar have for templates.
    pub(super) fn deployments(&self) -> impl Iterator<Item = &'a Workload> {
        not_on_every_node(self.snapshot)
    }

    /// The `ConfigMap`s that a workload's pods mount, in which check configurations may stand.
    #[must_use]
    pub fn config_maps_of(&self, workload: &Workload) -> BTreeSet<ObjectRef> {
        workload
            .volumes
            .values()
            .filter_map(|volume| match volume {
                VolumeSource::ConfigMap { name, .. } => Some(agents::config_map(&workload.namespace, name)),
                VolumeSource::Secret { .. }
                | VolumeSource::HostPath(_)
                | VolumeSource::Token { .. }
                | VolumeSource::EmptyDir
                | VolumeSource::Other => None,
            })
            .collect()
    }
}

/// What makes a workload another than the rest.
fn name_of(workload: &Workload) -> (&str, &str, &str) {
    (&workload.namespace, &workload.name, &workload.kind)
}

/// Every Deployment that was read, and what the pods with an injected sidecar have for templates.
fn not_on_every_node(snapshot: &Snapshot) -> impl Iterator<Item = &Workload> {
    agents::labelled_deployments()
        .into_iter()
        .chain([agents::deployments(), agents::injected_pods()])
        .filter_map(|spec| listed(snapshot, spec).value().copied())
        .flat_map(|listed| &listed.items)
}

fn listed(snapshot: &Snapshot, spec: ListSpec) -> Observed<&Listed<Workload>> {
    match snapshot.answer(&Question::List(spec)) {
        Observed::Seen(Answer::Workloads(listed)) => Observed::Seen(listed),
        Observed::Seen(_) | Observed::NotAsked => Observed::NotAsked,
        Observed::Absent => Observed::Absent,
        Observed::Denied(denial) => Observed::Denied(denial.clone()),
        Observed::Failed(failure) => Observed::Failed(failure.clone()),
    }
}

/// Why runners and sidecars may have been missed.
///
/// A list that was cut short hides sidecars only where there is reason to expect some: who has five hundred
/// Deployments and agents on every node must not be told so each time.
fn unseen(snapshot: &Snapshot, has_sidecars: bool) -> Vec<Gap> {
    let deployments = "the Deployments, among which runners and sidecars would be";
    let injected = "the pods with an injected sidecar";
    let is_expected = || {
        has_sidecars
            || snapshot.asked.iter().any(|asked| match &asked.answer {
                Observed::Seen(Answer::Nodes(listed)) => listed.items.iter().any(Node::takes_no_daemon_set),
                _ => false,
            })
    };
    [(agents::deployments(), deployments), (agents::injected_pods(), injected)]
        .into_iter()
        .filter_map(|(spec, what)| match listed(snapshot, spec).seen(what) {
            Ok(listed) if listed.complete || !is_expected() => None,
            Ok(_) => Some(Gap::new(what, Why::Partial)),
            Err(gap) => Some(gap),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        snapshot::{Asked, Wanted},
        workload::WorkloadContainer,
    };
    use jiff::Timestamp;

    fn sidecar(name: &str) -> Workload {
        let container = WorkloadContainer {
            image: "gcr.io/datadoghq/agent:7".to_owned(),
            ..WorkloadContainer::default()
        };
        let (kind, namespace) = ("Deployment".to_owned(), "shop".to_owned());
        Workload {
            kind,
            namespace,
            name: name.to_owned(),
            containers: vec![container],
            ..Workload::default()
        }
    }

    fn snapshot(deployments: Vec<Workload>, complete: bool, node: Node) -> Snapshot {
        let lists = [
            (agents::deployments(), Answer::Workloads(Listed { items: deployments, complete })),
            (agents::injected_pods(), Answer::Workloads(Listed { items: Vec::new(), complete: true })),
            (crate::model::survey::nodes(), Answer::Nodes(Listed { items: vec![node], complete: true })),
        ];
        let mut snapshot = Snapshot::empty(Timestamp::UNIX_EPOCH, Wanted::default());
        snapshot.add(
            lists.map(|(spec, answer)| Asked {
                question: Question::List(spec),
                answer: Observed::Seen(answer),
            }),
        );
        snapshot
    }

    fn check(snapshot: &Snapshot, found: usize, unseen: &[Why]) {
        let agents = Agents::new(snapshot);
        assert_eq!(agents.sidecars.len(), found);
        assert_eq!(agents.unseen.iter().map(|gap| gap.why.clone()).collect::<Vec<_>>(), unseen);
    }

    #[test]
    fn a_page_hides_sidecars_only_where_some_are_to_be_expected() {
        let on_fargate = Node {
            labels: [("eks.amazonaws.com/compute-type".to_owned(), "fargate".to_owned())].into(),
            ..Node::default()
        };
        check(&snapshot(Vec::new(), true, on_fargate.clone()), 0, &[]);
        check(&snapshot(Vec::new(), false, on_fargate), 0, &[Why::Partial]);
        check(&snapshot(Vec::new(), false, Node::default()), 0, &[]);
        check(&snapshot(vec![sidecar("web")], false, Node::default()), 1, &[Why::Partial]);
    }

    #[test]
    fn there_are_no_more_sidecars_than_one_run_judges() {
        let many: Vec<Workload> = (0..30).map(|number| sidecar(&format!("web-{number}"))).collect();
        let why = Why::OutOfReach("one run judges 20 workloads with sidecars".to_owned());
        check(&snapshot(many, true, Node::default()), agents::MAX_SIDECARS, &[why]);
    }

    #[test]
    fn what_was_not_asked_is_not_known() {
        let nothing = Snapshot::empty(Timestamp::UNIX_EPOCH, Wanted::default());
        check(&nothing, 0, &[Why::NotAsked, Why::NotAsked]);
    }
}

//! An index over a snapshot: which instances there are, how the agents ask them, and what was seen of each.
//!
//! Built once per judging and shared by all judges; it concludes nothing and asks nothing.

pub mod accounts;
mod agents;
pub mod around;
pub mod attach;
mod certificate;
mod clock;
pub mod cluster_agent;
mod configured;
mod deployed;
mod exposed;
mod identity;
mod installed;
mod instance;
pub mod kubelets;
mod layout;
mod of_node;
mod on_node;
pub mod references;
mod releases;
mod safety;
mod said;
mod scraped;
mod speakers;
mod unset;
mod written;

pub use agents::Agents;
pub use certificate::{Kept, Mounted, Presented, Trust, locate, needs_mount};
pub use configured::{Configured, Origin};
pub use exposed::lists as exposed_lists;
pub use instance::{Approach, Instance};
pub use on_node::{NamedBy, OnNode, Running};
pub use releases::Found;
pub use said::{AgentSays, RECENT};
pub use scraped::Scraped;
pub use speakers::{Informant, Speaker, Voice};
pub use written::Written;

use crate::model::{
    answer::{Answer, ProbeRecord, Rung},
    component::Component,
    facts::{Node, Pod},
    observed::{FailureKind, Gap, Observed, Why},
    question::{Credential, Endpoint, ProbeSpec, Question, Resource, Vantage},
    snapshot::{Asked, Snapshot},
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The index.
#[derive(Debug)]
pub struct View<'a> {
    /// What was seen.
    pub snapshot: &'a Snapshot,
    /// Every node that was read, by name.
    pub nodes: BTreeMap<&'a str, &'a Node>,
    /// The nodes that the machine which looked is itself.
    pub standing_on: BTreeSet<&'a str>,
    /// Every pod of the control plane that was read, by namespace and name.
    pub pods: BTreeMap<(&'a str, &'a str), &'a Pod>,
    /// Datadog's workloads.
    pub agents: Agents<'a>,
    /// What the node shows of itself, where it was looked at in place of a cluster.
    pub node: Option<OnNode<'a>>,
    /// The instances that were found, sorted by component and name.
    pub instances: Vec<Instance>,
}

/// One probe and what happened to it.
pub type Probed<'a> = (&'a ProbeSpec, &'a ProbeRecord);

impl<'a> View<'a> {
    /// Builds the index.
    #[must_use]
    pub fn new(snapshot: &'a Snapshot) -> Self {
        let mut nodes = BTreeMap::new();
        let mut pods = BTreeMap::new();
        for asked in &snapshot.asked {
            match &asked.answer {
                Observed::Seen(Answer::Nodes(listed)) => {
                    for node in &listed.items {
                        // What says more of a node stands first.
                        nodes.entry(node.name.as_str()).or_insert(node);
                    }
                }
                Observed::Seen(Answer::Pods(listed)) => {
                    pods.extend(
                        listed.items.iter().map(|pod| ((pod.namespace.as_str(), pod.name.as_str()), pod)),
                    );
                }
                _ => {}
            }
        }
        let is_here = |node: &&&Node| {
            node.address("InternalIP")
                .and_then(|address| address.parse().ok())
                .is_some_and(|address| matches!(snapshot.here(address), Observed::Seen(true)))
        };
        // Once and not whenever it is asked for: each of a thousand nodes would look at all of them.
        let standing_on = nodes.values().filter(is_here).map(|node| node.name.as_str()).collect();
        let agents = Agents::new(snapshot);
        let node = OnNode::new(snapshot);
        let mut view = Self { snapshot, nodes, standing_on, pods, agents, node, instances: Vec::new() };
        view.instances = instance::find(&view);
        view
    }

    /// The time that judges know.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.snapshot.taken_at
    }

    /// The nodes that a label marks as control-plane nodes.
    ///
    /// # Errors
    /// A gap where no list of nodes could be read.
    pub fn control_plane_nodes(&self) -> Result<Vec<&'a Node>, Gap> {
        if self.nodes.is_empty() {
            return Err(self.gap_of(Resource::Nodes, "the cluster's nodes"));
        }
        Ok(self.nodes.values().copied().filter(|node| node.is_labelled_control_plane()).collect())
    }

    /// Why nothing of a kind was read: the first refusal or failure, else that it was not asked.
    #[must_use]
    pub fn gap_of(&self, resource: Resource, what: &str) -> Gap {
        self.snapshot
            .asked
            .iter()
            .filter(|asked| matches!(&asked.question, Question::List(spec) if spec.resource == resource))
            .filter_map(|asked| asked.answer.seen(what).err())
            .find(|gap| gap.why != Why::NotAsked)
            .unwrap_or_else(|| Gap::new(what, Why::NotAsked))
    }

    /// Whether the machine that looked is a node of the cluster, or a pod in it.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        self.snapshot.wanted.context.as_deref() == Some("in-cluster") || !self.standing_on.is_empty()
    }

    /// Whether an answer is the instance's own, whoever it looks like: it was named, it was asked from its own node,
    /// or inside its own pod's network. From elsewhere its address may be another's.
    #[must_use]
    pub fn is_its_own(instance: &Instance, spec: &ProbeSpec) -> bool {
        instance.answerable || spec.vantage != Vantage::Direct
    }

    /// Whether a failure to reach an instance is its own: it was asked from its own node, or refused inside its own pod's
    /// network. From elsewhere a failure may be the way's.
    #[must_use]
    pub fn is_its_own_failure(instance: &Instance, (spec, record): Probed<'_>) -> bool {
        let is_forwarded = matches!(spec.vantage, Vantage::PortForward(_));
        instance.answerable || (is_forwarded && record.failed_by(FailureKind::Refused))
    }

    /// Whether nothing listens where an instance should, so that whatever else it would say cannot be had.
    #[must_use]
    pub fn is_closed(&self, instance: &Instance) -> bool {
        self.best(instance).is_some_and(|probed| {
            probed.1.failed_by(FailureKind::Refused) && Self::is_its_own_failure(instance, probed)
        })
    }

    /// Whether the machine that looked is this node.
    #[must_use]
    pub fn is_here(&self, node: &Node) -> bool {
        self.standing_on.contains(node.name.as_str())
    }

    /// The instances of a component.
    pub fn instances_of(&self, component: Component) -> impl Iterator<Item = &Instance> {
        self.instances.iter().filter(move |instance| instance.component == component)
    }

    /// What was seen of an instance, by every approach and with every credential, in the order of the snapshot.
    pub fn probes(&self, instance: &Instance) -> impl Iterator<Item = Probed<'a>> {
        self.asked_of(instance).filter_map(|asked| match (&asked.question, &asked.answer) {
            (Question::Probe(spec), Observed::Seen(Answer::Probe(record))) => Some((spec, record.as_ref())),
            _ => None,
        })
    }

    /// What an instance answered in the other scheme, where it was worth asking.
    #[must_use]
    pub fn in_other_scheme(&self, instance: &Instance) -> Option<Probed<'a>> {
        instance.approaches.iter().find_map(|approach| {
            let spec = safety::in_other_scheme(instance, approach);
            let probes = self.snapshot.probes_of(spec.component, &spec.endpoint);
            probes.iter().find_map(|asked| match (&asked.question, &asked.answer) {
                (Question::Probe(asked), Observed::Seen(Answer::Probe(record))) if *asked == spec => {
                    Some((asked, record.as_ref()))
                }
                _ => None,
            })
        })
    }

    /// What an instance answered to nobody, by the approach that shows most.
    #[must_use]
    pub fn as_nobody(&self, instance: &Instance) -> Option<Probed<'a>> {
        self.best_as(instance, |credential| *credential == Credential::Nobody)
    }

    /// What an instance answered to a token, by the approach that shows most.
    #[must_use]
    pub fn with_token(&self, instance: &Instance) -> Option<Probed<'a>> {
        self.best_as(instance, |credential| {
            matches!(
                credential,
                Credential::Account(_) | Credential::SecretToken { .. } | Credential::TokenFile(_)
            )
        })
    }

    /// The answer that shows most to one kind of credential.
    pub fn best_as(&self, instance: &Instance, wanted: impl Fn(&Credential) -> bool) -> Option<Probed<'a>> {
        self.probes(instance)
            .filter(|(spec, _)| wanted(&spec.credential))
            .max_by_key(|probed| yield_of(*probed))
    }

    /// Why something about an instance is not known: the right that every way to it lacks, else what stands in the
    /// way, else the right to a token that would have been shown there, else that nobody asked.
    #[must_use]
    pub fn gap(&self, instance: &Instance, what: impl Into<String>) -> Gap {
        let denied = self.asked_of(instance).find_map(|asked| match &asked.answer {
            Observed::Denied(denial) => Some(Why::Denied(denial.permission.clone())),
            _ => None,
        });
        let failed = || {
            let (_, record) = self.best(instance)?;
            Some(Why::Failed(record.failure.as_ref()?.to_string()))
        };
        let why = denied
            .or_else(|| instance.out_of_reach.clone().map(Why::OutOfReach))
            .or_else(failed)
            .or_else(|| self.denied_token(instance))
            .unwrap_or(Why::NotAsked);
        Gap::new(what, why)
    }

    /// What was asked of an instance, by every approach, in the order of the snapshot.
    ///
    /// Probes of one endpoint stand together there: with thousands of instances nobody could read all for each.
    fn asked_of(&self, instance: &Instance) -> impl Iterator<Item = &'a Asked> {
        let endpoints: BTreeSet<&Endpoint> =
            instance.approaches.iter().map(|approach| &approach.endpoint).collect();
        let parts: Vec<&'a [Asked]> = endpoints
            .into_iter()
            .map(|endpoint| self.snapshot.probes_of(instance.component, endpoint))
            .collect();
        parts.into_iter().flatten().filter(
            move |asked| matches!(&asked.question, Question::Probe(spec) if Self::is_about(spec, instance)),
        )
    }

    fn is_about(spec: &ProbeSpec, instance: &Instance) -> bool {
        spec.component == instance.component
            && instance
                .approaches
                .iter()
                .any(|approach| approach.vantage == spec.vantage && approach.endpoint == spec.endpoint)
    }

    /// The answer that shows most: an answer with metrics, else any answer, else the highest rung.
    #[must_use]
    pub fn best(&self, instance: &Instance) -> Option<Probed<'a>> {
        self.probes(instance).max_by_key(|probed| yield_of(*probed))
    }
}

/// How much an answer shows: how far it came, whether it let somebody in, how much it held.
fn yield_of((_, record): Probed<'_>) -> (Rung, bool, usize) {
    (record.rung, record.status() == Some(200), record.families().map_or(0, <[String]>::len))
}

//! What of Datadog's runs in a cluster, as far as it collects the control plane: who runs where, and what each was told to
//! ask. What follows from it is decided elsewhere.

use super::{component::Component, facts::Node, installer::Installer, observed::Gap};
use std::collections::BTreeSet;

/// What runs in a cluster, or would.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deployed {
    /// The agents of nodes, by workload.
    pub agents: Vec<NodeAgents>,
    /// The Cluster Agents.
    pub cluster_agents: Vec<ClusterAgents>,
    /// Who has runners of cluster checks.
    pub runners: BTreeSet<Installer>,
    /// Whether agents run beside pods.
    pub sidecars: bool,
}

/// What runs in a cluster, what stays there whoever installs what, and what could not be looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scene {
    /// What runs.
    pub deployed: Deployed,
    /// The checks that annotations configure.
    pub annotated: Vec<Annotated>,
    /// The nodes that were read.
    pub nodes: Vec<Node>,
    /// What could not be looked at: there may be more.
    pub gaps: Vec<Gap>,
}

/// Agents that run on nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeAgents {
    /// Who installed them.
    pub installer: Installer,
    /// The nodes, of those that were read, on which they may run.
    pub nodes: BTreeSet<String>,
    /// Whether they share the node's network.
    pub host_network: bool,
    /// The checks whose packaged configuration is switched off.
    pub ignored: BTreeSet<String>,
    /// What they were told to ask.
    pub checks: Vec<Told>,
}

/// A Cluster Agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterAgents {
    /// Who installed it.
    pub installer: Installer,
    /// What it hands out.
    pub checks: Vec<Told>,
}

/// A check in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The component that it collects.
    pub component: Component,
    /// Where it is written, for people.
    pub place: String,
    /// How it finds what it asks.
    pub by: Written,
}

/// How a check in a file finds what it asks, and who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Written {
    /// By the container of an image: annotations of that container's pod come before it.
    Container,
    /// By an address of the node.
    Node,
    /// By a Service: the Cluster Agent hands it out.
    Cluster,
    /// The same, written by a switch of the chart or of the operator.
    Switch,
}

/// A check in an annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotated {
    /// The component that it collects.
    pub component: Component,
    /// Where it is written, for people.
    pub place: String,
    /// The node of the pod; `None` of a Service, which the Cluster Agent looks after.
    pub node: Option<String>,
}

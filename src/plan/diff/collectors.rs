//! Who collects a component, given what runs: the rules by which agents choose among files, annotations and what their
//! package brings along. It compares nothing.

use crate::{
    distributions::{Exposure, Listener, Reach as Network},
    model::{
        component::Component,
        deployed::{Annotated, Deployed, NodeAgents, Scene, Written},
        installer::Installer,
    },
    plan::{Plan, vendor},
};
use std::collections::BTreeSet;

/// One way in which a component is collected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Collector {
    /// By what.
    pub by: By,
    /// Whose agents do it; `None` where any of them may.
    pub installer: Option<Installer>,
    /// Where it is collected.
    pub reach: Reach,
    /// Where that is written, where it is written anywhere.
    pub place: Option<String>,
}

/// By what a component is collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// What agents do without being told.
    Packaged,
    /// A file of the agents.
    File,
    /// An annotation of a pod or of a Service.
    Annotation,
    /// A check that the Cluster Agent hands out.
    ClusterCheck,
    /// The same, by a switch of the chart or of the operator.
    Switch,
    /// Agents beside pods.
    Sidecar,
}

/// Where a component is collected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Wherever it runs.
    Everywhere,
    /// On these nodes.
    On(BTreeSet<String>),
}

impl Collector {
    /// Whether it is another by what it does, wherever it is written.
    fn essence(&self) -> (By, Option<&Installer>, &Reach) {
        (self.by, self.installer.as_ref(), &self.reach)
    }
}

/// Whether they do the same.
pub(super) fn are_alike(some: &[Collector], others: &[Collector]) -> bool {
    some.iter().map(Collector::essence).eq(others.iter().map(Collector::essence))
}

impl By {
    /// In JSON, as `gen-values -o json` calls them.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Packaged => "packaged",
            Self::File => "node-check",
            Self::Annotation => "annotation",
            Self::ClusterCheck => "cluster-check",
            Self::Switch => "native",
            Self::Sidecar => "sidecar",
        }
    }
}

/// The names of the nodes that are labelled as nodes of the control plane.
pub(super) fn control_plane(scene: &Scene) -> BTreeSet<String> {
    let labelled = scene.nodes.iter().filter(|node| node.is_labelled_control_plane());
    labelled.map(|node| node.name.clone()).collect()
}

/// Everything that collects a component.
pub(super) fn collectors(
    component: Component,
    exposure: &Exposure,
    plan: &Plan,
    deployed: &Deployed,
    scene: &Scene,
) -> Vec<Collector> {
    let mut found = match component {
        Component::Kubelet => of_kubelets(deployed, scene),
        Component::ClusterAgent => of_cluster_agents(deployed),
        _ => of_control_plane(component, exposure, plan, deployed, scene),
    };
    found.retain(|collector| !matches!(&collector.reach, Reach::On(nodes) if nodes.is_empty()));
    found.sort();
    found
}

/// How many times a component is collected at a place; the empty name stands for all of it.
pub(super) fn count(collectors: &[Collector], target: &str) -> usize {
    let everywhere = collectors.iter().filter(|it| it.reach == Reach::Everywhere).count();
    let on = |node: &str| {
        collectors.iter().filter(|it| matches!(&it.reach, Reach::On(nodes) if nodes.contains(node))).count()
    };
    if !target.is_empty() {
        return everywhere + on(target);
    }
    // Agents on different nodes do not ask the same twice.
    let nodes = collectors.iter().filter_map(|it| match &it.reach {
        Reach::On(nodes) => Some(nodes),
        Reach::Everywhere => None,
    });
    everywhere + nodes.flatten().map(|node| on(node)).max().unwrap_or(0)
}

/// Every agent asks the kubelet of its own node.
fn of_kubelets(deployed: &Deployed, scene: &Scene) -> Vec<Collector> {
    let packaged = deployed.agents.iter().filter(|agents| !ignores(agents, Component::Kubelet));
    let mut found: Vec<Collector> =
        packaged.map(|agents| on(By::Packaged, agents, agents.nodes.clone())).collect();
    if deployed.sidecars {
        let nodes = scene.nodes.iter().filter(|node| node.takes_no_daemon_set());
        let reach = Reach::On(nodes.map(|node| node.name.clone()).collect());
        found.push(Collector { by: By::Sidecar, installer: None, reach, place: None });
    }
    found
}

/// Agents find the container of the Cluster Agent on whatever node it is.
fn of_cluster_agents(deployed: &Deployed) -> Vec<Collector> {
    if deployed.cluster_agents.is_empty() {
        return Vec::new();
    }
    let packaged = deployed.agents.iter().filter(|agents| !ignores(agents, Component::ClusterAgent));
    packaged.map(|agents| on(By::Packaged, agents, agents.nodes.clone())).collect()
}

fn of_control_plane(
    component: Component,
    exposure: &Exposure,
    plan: &Plan,
    deployed: &Deployed,
    scene: &Scene,
) -> Vec<Collector> {
    let annotated: Vec<&Annotated> = scene.annotated.iter().filter(|it| it.component == component).collect();
    let by_pod: BTreeSet<&String> = annotated.iter().filter_map(|it| it.node.as_ref()).collect();
    let control_plane = control_plane(scene);
    let packaged = packaged(component, exposure, plan);
    let mut found = Vec::new();
    for agents in &deployed.agents {
        // Where no node is known to be of the control plane, any may be.
        let all = |node: &&String| control_plane.is_empty() || control_plane.contains(*node);
        let at_hand: BTreeSet<String> = agents.nodes.iter().filter(all).cloned().collect();
        // An agent passes over files about a container whose pod is annotated for the same check.
        let unannotated = || at_hand.iter().filter(|node| !by_pod.contains(node)).cloned().collect();
        for told in agents.checks.iter().filter(|told| told.component == component) {
            let nodes = if told.by == Written::Container { unannotated() } else { at_hand.clone() };
            found.push(Collector { place: Some(told.place.clone()), ..on(By::File, agents, nodes) });
        }
        if packaged.is_some_and(|it| it.reach == Network::Network || agents.host_network)
            && !ignores(agents, component)
        {
            found.push(on(By::Packaged, agents, unannotated()));
        }
        for annotated in &annotated {
            let nodes = annotated.node.iter().filter(|node| at_hand.contains(*node)).cloned().collect();
            found.push(Collector {
                place: Some(annotated.place.clone()),
                ..on(By::Annotation, agents, nodes)
            });
        }
    }
    // What the Cluster Agent hands out is run by runners, and without any by the agents of nodes.
    if deployed.agents.is_empty() && deployed.runners.is_empty() {
        return found;
    }
    for cluster_agent in &deployed.cluster_agents {
        for told in cluster_agent.checks.iter().filter(|told| told.component == component) {
            let by = if told.by == Written::Switch { By::Switch } else { By::ClusterCheck };
            let installer = Some(cluster_agent.installer.clone());
            found.push(Collector {
                by,
                installer,
                reach: Reach::Everywhere,
                place: Some(told.place.clone()),
            });
        }
    }
    if !deployed.cluster_agents.is_empty() {
        let services = annotated.iter().filter(|it| it.node.is_none());
        found.extend(services.map(|service| Collector {
            by: By::Annotation,
            installer: None,
            reach: Reach::Everywhere,
            place: Some(service.place.clone()),
        }));
    }
    found
}

/// The listener that agents ask without being told, if there is one that is open.
fn packaged(component: Component, exposure: &Exposure, plan: &Plan) -> Option<&'static Listener> {
    let Exposure::HostNetworkPod { image, listeners } = *exposure else { return None };
    let is_open =
        |listener: &&Listener| listener.setting.is_none() || plan.choices.exposed.contains(&component);
    listeners.iter().filter(is_open).find(|listener| vendor::is_packaged(component, image, listener))
}

fn ignores(agents: &NodeAgents, component: Component) -> bool {
    agents.ignored.contains(component.profile().agent_check)
}

fn on(by: By, agents: &NodeAgents, nodes: BTreeSet<String>) -> Collector {
    Collector { by, installer: Some(agents.installer.clone()), reach: Reach::On(nodes), place: None }
}

//! What of Datadog's runs, as far as it collects the control plane, read off the objects that are there whoever made them:
//! workloads, the `ConfigMaps` that they mount, annotations. What follows from it is decided elsewhere.

use super::View;
use crate::model::{
    check_config::{AnnotatedChecks, CheckConfig},
    component::Component,
    deployed::{Annotated, ClusterAgents, Deployed, NodeAgents, Scene, Told, Written},
    installer::NATIVE_CONFIG_MAP,
    observed::{Gap, Why},
    question::ObjectRef,
    survey,
    workload::Workload,
};
use std::collections::BTreeSet;

impl View<'_> {
    /// What runs, what annotations add to it, and what could not be looked at.
    #[must_use]
    pub fn scene(&self) -> Scene {
        let mut gaps: Vec<Gap> = self.agents.unseen.clone();
        let mut deployed = Deployed {
            runners: self.agents.runners.iter().map(|runner| self.installer_of(runner)).collect(),
            sidecars: !self.agents.sidecars.is_empty(),
            ..Deployed::default()
        };
        match &self.agents.workloads {
            Ok(workloads) => {
                deployed.agents =
                    workloads.iter().map(|workload| self.node_agents(workload, &mut gaps)).collect();
                if !self.agents.complete {
                    gaps.push(Gap::new("the DaemonSets, among which agents would be", Why::Partial));
                }
            }
            Err(gap) => gaps.push(gap.clone()),
        }
        match self.agents.cluster_agents() {
            Ok(workloads) => {
                let cluster_agents = workloads.into_iter().map(|workload| ClusterAgents {
                    installer: self.installer_of(workload),
                    checks: self.told(workload, &mut gaps, handed_out),
                });
                deployed.cluster_agents = cluster_agents.collect();
            }
            Err(gap) => gaps.push(gap),
        }
        let annotated = self.annotated(&mut gaps);
        gaps.extend(self.control_plane_nodes().err());
        gaps.sort();
        gaps.dedup();
        Scene { deployed, annotated, nodes: self.nodes.values().map(|node| (*node).clone()).collect(), gaps }
    }

    fn node_agents(&self, workload: &Workload, gaps: &mut Vec<Gap>) -> NodeAgents {
        let ignored = workload
            .containers
            .iter()
            .filter_map(|container| container.env.get("DD_IGNORE_AUTOCONF"))
            .flat_map(|names| names.split_whitespace())
            .map(str::to_owned)
            .collect();
        let nodes = self.nodes.values().filter(|node| workload.obstacles(node).is_empty());
        NodeAgents {
            installer: self.installer_of(workload),
            nodes: nodes.map(|node| node.name.clone()).collect(),
            host_network: workload.host_network,
            ignored,
            checks: self.told(workload, gaps, |config, _| {
                let by_image = !config.ad_identifiers.is_empty();
                Some(if by_image { Written::Container } else { Written::Node })
            }),
        }
    }

    /// The checks of control-plane components in the `ConfigMaps` that a workload mounts.
    fn told(
        &self,
        workload: &Workload,
        gaps: &mut Vec<Gap>,
        by: impl Fn(&CheckConfig, &ObjectRef) -> Option<Written>,
    ) -> Vec<Told> {
        let mut told = Vec::new();
        for object in self.agents.config_maps_of(workload) {
            let facts = match self.agents.config_map(&object) {
                Ok(Some(facts)) => facts,
                Ok(None) => continue,
                Err(gap) => {
                    gaps.push(gap);
                    continue;
                }
            };
            for component in Component::ALL {
                let check = component.profile().agent_check;
                let Some(config) = facts.checks.get(check) else { continue };
                let place = format!("ConfigMap {}/{}, entry {check}.yaml", object.namespace, object.name);
                match (&config.unreadable, by(config, &object)) {
                    (Some(why), _) => gaps.push(Gap::new(place, Why::Failed(why.clone()))),
                    (None, Some(by)) => told.push(Told { component, place, by }),
                    (None, None) => {}
                }
            }
        }
        told
    }

    fn annotated(&self, gaps: &mut Vec<Gap>) -> Vec<Annotated> {
        let mut found = Vec::new();
        for pod in self.pods.values() {
            let place = format!("Pod {}/{}", pod.namespace, pod.name);
            found.extend(checks_in(&pod.checks, &place, pod.node.as_ref(), gaps));
        }
        match self.agents.annotated_services() {
            Ok(services) => {
                for service in services {
                    let place = format!("Service {}/{}", service.namespace, service.name);
                    found.extend(checks_in(&service.checks, &place, None, gaps));
                }
            }
            Err(gap) => gaps.push(gap),
        }
        for spec in survey::control_plane_pods() {
            let what = "the pods of the control plane, whose annotations may configure checks";
            match self.snapshot.pods(&spec).seen(what) {
                Ok(listed) if listed.complete => {}
                Ok(_) => gaps.push(Gap::new(what, Why::Partial)),
                Err(gap) => gaps.push(gap),
            }
        }
        found
    }
}

/// How the Cluster Agent hands out a check; `None` of what it runs itself.
fn handed_out(config: &CheckConfig, object: &ObjectRef) -> Option<Written> {
    let by_switch = object.name.starts_with(NATIVE_CONFIG_MAP);
    config.cluster_check.then_some(if by_switch { Written::Switch } else { Written::Cluster })
}

/// The checks of control-plane components in annotations, each component once.
fn checks_in(
    checks: &AnnotatedChecks,
    place: &str,
    node: Option<&String>,
    gaps: &mut Vec<Gap>,
) -> Vec<Annotated> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (key, of_key) in checks {
        let place = format!("{place}, annotation ad.datadoghq.com/{key}");
        for component in Component::ALL {
            let Some(config) = of_key.get(component.profile().agent_check) else { continue };
            match &config.unreadable {
                Some(why) => gaps.push(Gap::new(place.clone(), Why::Failed(why.clone()))),
                None if seen.insert(component) => {
                    found.push(Annotated { component, place: place.clone(), node: node.cloned() });
                }
                None => {}
            }
        }
    }
    found
}

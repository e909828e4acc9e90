//! Every check of a control-plane component that somebody has written down: in files of the agents, in files that the Cluster
//! Agent hands out, in annotations of static pods and of Services. What is right or wrong of it is judged elsewhere.

use super::{Agents, Origin, View};
use crate::model::{
    agents::{self, AgentRole},
    answer::{Answer, ConfigMapFacts},
    check_config::CheckConfig,
    component::Component,
    facts::{AnnotatedService, Pod},
    observed::{Gap, Observed},
    question::Question,
    workload::{VolumeSource, Workload},
};

/// One check of a component, where it is written, and whose agents run it.
#[derive(Clone, Debug)]
pub struct Written<'a> {
    /// The component that the check is of.
    pub component: Component,
    /// The check.
    pub check: &'a CheckConfig,
    /// Where it is written.
    pub origin: Origin,
    /// The workload whose agents run it; `None` where no agents were found.
    pub workload: Option<&'a Workload>,
    /// What that workload is for.
    pub role: AgentRole,
    /// The Service that is annotated, where one is.
    pub service: Option<&'a AnnotatedService>,
    /// The pod that is annotated, where one is.
    pub pod: Option<&'a Pod>,
}

/// The components that have a check of their own in files and annotations.
const CHECKED: [Component; 4] =
    [Component::ApiServer, Component::Etcd, Component::ControllerManager, Component::Scheduler];

impl<'a> View<'a> {
    /// Every written check, and why there may be more of them.
    #[must_use]
    pub fn written(&self) -> (Vec<Written<'a>>, Vec<Gap>) {
        let mut search = Search::default();
        let first = self.agents.workloads.as_deref().unwrap_or_default().first().copied();
        let first = first.map(|workload| (AgentRole::NodeAgent, workload));
        let runner = self.agents.runners.first().map(|workload| (AgentRole::Runner, *workload));
        for workload in self.agents.workloads.as_deref().unwrap_or_default() {
            search.in_files(&self.agents, workload, Some((AgentRole::NodeAgent, *workload)), false);
        }
        for workload in self.agents.cluster_agents().unwrap_or_default() {
            search.in_files(&self.agents, workload, runner.or(first), true);
        }
        for pod in self.pods.values().copied().filter(|pod| pod.namespace == "kube-system") {
            search.in_pod(pod, first);
        }
        match self.agents.annotated_services() {
            Ok(services) => {
                for service in services {
                    search.in_service(service, runner.or(first));
                }
            }
            Err(gap) => search.gaps.push(gap),
        }
        (search.found, search.gaps)
    }
}

#[derive(Default)]
struct Search<'a> {
    found: Vec<Written<'a>>,
    gaps: Vec<Gap>,
}

type Runs<'a> = Option<(AgentRole, &'a Workload)>;

impl<'a> Search<'a> {
    fn add(&mut self, component: Component, check: &'a CheckConfig, origin: Origin, runs: Runs<'a>) {
        let (role, workload) = match runs {
            Some((role, workload)) => (role, Some(workload)),
            None => (AgentRole::NodeAgent, None),
        };
        self.found.push(Written { component, check, origin, workload, role, service: None, pod: None });
    }

    /// In the `ConfigMaps` that a workload mounts; of the Cluster Agent's only what it hands out.
    fn in_files(&mut self, agents: &Agents<'a>, workload: &'a Workload, runs: Runs<'a>, is_handed_out: bool) {
        for volume in workload.volumes.values() {
            let VolumeSource::ConfigMap { name, .. } = volume else { continue };
            let object = agents::config_map(&workload.namespace, name);
            let facts: &'a ConfigMapFacts = match agents.snapshot.answer(&Question::Object(object.clone())) {
                Observed::Seen(Answer::ConfigMap(facts)) => facts,
                Observed::Absent => continue,
                other => {
                    let what = format!("ConfigMap {}/{name}", workload.namespace);
                    self.gaps.extend(other.seen(&what).err());
                    continue;
                }
            };
            for component in CHECKED {
                let name = component.profile().agent_check;
                let Some(check) = facts.checks.get(name) else { continue };
                let is_unreadable = check.unreadable.is_some();
                if !is_handed_out || check.cluster_check || !check.endpoints_of.is_empty() || is_unreadable {
                    let key = format!("{name}.yaml");
                    self.add(component, check, Origin::ConfigMap { object: object.clone(), key }, runs);
                }
            }
        }
    }

    fn in_pod(&mut self, pod: &'a Pod, runs: Runs<'a>) {
        for (key, checks) in &pod.checks {
            for component in CHECKED {
                let Some(check) = checks.get(component.profile().agent_check) else { continue };
                self.add(component, check, annotation("Pod", &pod.namespace, &pod.name, key), runs);
                if let Some(written) = self.found.last_mut() {
                    written.pod = Some(pod);
                }
            }
        }
    }

    fn in_service(&mut self, service: &'a AnnotatedService, runs: Runs<'a>) {
        for (key, checks) in &service.checks {
            for component in CHECKED {
                let Some(check) = checks.get(component.profile().agent_check) else { continue };
                let origin = annotation("Service", &service.namespace, &service.name, key);
                self.add(component, check, origin, runs);
                if let Some(written) = self.found.last_mut() {
                    written.service = Some(service);
                }
            }
        }
    }
}

fn annotation(kind: &'static str, namespace: &str, name: &str, key: &str) -> Origin {
    Origin::Annotation { kind, namespace: namespace.to_owned(), name: name.to_owned(), key: key.to_owned() }
}

impl Written<'_> {
    /// Whether the Cluster Agent hands it out, and no node agent finds it by itself.
    #[must_use]
    pub const fn is_handed_out(&self) -> bool {
        self.check.cluster_check || self.service.is_some() || !self.check.endpoints_of.is_empty()
    }
}

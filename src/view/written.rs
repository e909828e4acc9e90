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
                    let on_nodes = first.filter(|_| self.agents.is_run_on_nodes(service));
                    search.in_service(service, on_nodes.or(runner).or(first));
                }
            }
            Err(gap) => search.gaps.push(gap),
        }
        (search.found, search.gaps)
    }
}

impl<'a> View<'a> {
    /// The written checks that the Cluster Agent hands out; empty where there are none.
    ///
    /// # Errors
    /// A gap where none was found and not everything could be read.
    pub fn handed_out(&self) -> Result<Vec<Written<'a>>, Gap> {
        let (written, gaps) = self.written();
        let found: Vec<Written<'_>> = written.into_iter().filter(Written::is_handed_out).collect();
        match gaps.into_iter().next() {
            Some(gap) if found.is_empty() => Err(gap),
            _ => Ok(found),
        }
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

    /// By which provider an Agent takes it, where it is handed out: a check of endpoints that are pods goes to the Agent on
    /// the pod's node, unless it is addressed by IP; all others go to any that takes cluster checks.
    ///
    /// Source: Datadog's page on endpoint checks; `resolve` of `comp/core/autodiscovery`.
    #[must_use]
    pub fn taken_by(&self) -> &'static str {
        let is_of_endpoints =
            matches!(&self.origin, Origin::Annotation { key, .. } if key.starts_with("endpoints."));
        let has_pods = self
            .service
            .is_some_and(|service| !service.selector.is_empty() && service.resolve.as_deref() != Some("ip"));
        if is_of_endpoints && has_pods { "endpointschecks" } else { "clusterchecks" }
    }
}

//! Who is listened to: the containers whose logs are read and the agents that are asked by a command, so few that a run
//! stays bounded on any cluster. What they say is not looked at here.

use super::{Agents, View};
use crate::model::{
    agent_role::{agent_containers, is_operator},
    agents::{self, AgentRole},
    component::Component,
    facts::Pod,
    observed::{Gap, Observed, Why},
    question::{AgentCommand, ExecSpec, LogSpec, PodRef, Question},
    workload::Workload,
};
use std::collections::BTreeSet;

/// How many logs a run reads.
const MAX_LOGS: usize = 24;

/// How many pods of node agents are listened to: those of the control plane's nodes come first.
const MAX_NODE_AGENTS: usize = 6;

/// How many pods of any other workload are. They do the same work, so that they say the same.
const MAX_REPLICAS: usize = 2;

/// How many workloads with a sidecar are.
const MAX_SIDECARS: usize = 3;

/// The containers that prepare an Agent's files before it starts, as the chart and the operator call them.
const INITIAL: [&str; 2] = ["init-volume", "init-config"];

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Voice {
    /// An Agent, by what it is for.
    Agent(AgentRole),
    /// Datadog's operator.
    Operator,
    /// A component of the control plane.
    Component(Component),
}

/// A container that is listened to.
#[derive(Clone, Debug)]
pub struct Speaker<'a> {
    /// Who.
    pub voice: Voice,
    /// Its pod.
    pub pod: &'a Pod,
    /// Its log.
    pub log: LogSpec,
}

/// An Agent that is asked by a command.
#[derive(Clone, Debug)]
pub struct Informant<'a> {
    /// What it is for.
    pub role: AgentRole,
    /// Its pod.
    pub pod: &'a Pod,
    /// The command.
    pub command: ExecSpec,
}

impl<'a> Agents<'a> {
    /// The workloads whose pods are listened to. One that does not know its pods by labels is left out.
    pub fn speaking(&self) -> impl Iterator<Item = (Voice, &'a Workload)> {
        let of = |role, workloads: &[&'a Workload], most| -> Vec<(Voice, &'a Workload)> {
            workloads.iter().take(most).map(|workload| (Voice::Agent(role), *workload)).collect()
        };
        let node_agents = self.workloads.as_deref().unwrap_or_default();
        let cluster_agents = self.cluster_agents().unwrap_or_default();
        let operators: Vec<_> = self
            .deployments()
            .filter(|workload| is_operator(workload))
            .map(|workload| (Voice::Operator, workload))
            .collect();
        of(AgentRole::NodeAgent, node_agents, MAX_REPLICAS)
            .into_iter()
            .chain(of(AgentRole::ClusterAgent, &cluster_agents, MAX_REPLICAS))
            .chain(of(AgentRole::Runner, &self.runners, MAX_REPLICAS))
            .chain(of(AgentRole::Sidecar, &self.sidecars, MAX_SIDECARS))
            .chain(operators.into_iter().take(1))
            .filter(|(_, workload)| !workload.selector.is_empty())
    }
}

impl<'a> View<'a> {
    /// The containers whose logs are read.
    #[must_use]
    pub fn speakers(&self) -> Vec<Speaker<'a>> {
        let mut speakers = Vec::new();
        for (voice, pod, container) in self.speaking_pods() {
            let of = |container: &str, previous| Speaker {
                voice,
                pod,
                log: LogSpec { pod: reference(pod), container: container.to_owned(), previous },
            };
            speakers.push(of(container, false));
            if !pod.ready {
                speakers.push(of(container, true));
                let initial = INITIAL.iter().filter(|_| voice == Voice::Agent(AgentRole::NodeAgent));
                speakers.extend(initial.map(|container| of(container, false)));
            }
        }
        speakers.extend(self.speaking_components());
        speakers.truncate(MAX_LOGS);
        speakers
    }

    /// The agents that are asked by a command, with each command. An application's own pod is left alone.
    #[must_use]
    pub fn informants(&self) -> Vec<Informant<'a>> {
        let ready = self.speaking_pods().into_iter().filter(|(_, pod, _)| pod.ready);
        ready
            .flat_map(|(voice, pod, container)| {
                let (role, commands): (_, &[AgentCommand]) = match voice {
                    Voice::Agent(role @ (AgentRole::NodeAgent | AgentRole::Runner)) => {
                        (role, &[AgentCommand::Status, AgentCommand::ConfigCheck])
                    }
                    Voice::Agent(role @ AgentRole::ClusterAgent) => {
                        (role, &[AgentCommand::ClusterAgentStatus, AgentCommand::ClusterChecks])
                    }
                    Voice::Agent(role @ AgentRole::Sidecar) => (role, &[]),
                    Voice::Operator | Voice::Component(_) => (AgentRole::NodeAgent, &[]),
                };
                commands.iter().map(move |command| Informant {
                    role,
                    pod,
                    command: ExecSpec {
                        pod: reference(pod),
                        container: container.to_owned(),
                        command: *command,
                    },
                })
            })
            .collect()
    }

    /// Why some of those who would speak were not found. That only some of many are listened to is no such reason.
    #[must_use]
    pub fn unfound(&self, voices: &[Voice]) -> Option<Gap> {
        let is_meant = |role| voices.contains(&Voice::Agent(role));
        let agents = &self.agents;
        let node_agents =
            || agents.workloads.as_ref().err().filter(|_| is_meant(AgentRole::NodeAgent)).cloned();
        let cluster_agents = || agents.cluster_agents().err().filter(|_| is_meant(AgentRole::ClusterAgent));
        let others = || {
            let is_refused = |gap: &&Gap| !matches!(gap.why, Why::Partial | Why::OutOfReach(_));
            let refused = agents.unseen.iter().find(is_refused);
            refused.filter(|_| is_meant(AgentRole::Runner) || is_meant(AgentRole::Sidecar)).cloned()
        };
        let pods = || {
            let meant = agents.speaking().filter(|(voice, _)| voices.contains(voice));
            meant.map(|(_, workload)| workload).find_map(|workload| {
                let listed = self.snapshot.pods(&agents::pods_of(&workload.namespace, &workload.selector));
                listed.seen(&format!("the pods of {}/{}", workload.namespace, workload.name)).err()
            })
        };
        node_agents().or_else(cluster_agents).or_else(others).or_else(pods)
    }

    /// The pods of agents that are listened to, with the container in which the Agent runs.
    fn speaking_pods(&self) -> Vec<(Voice, &'a Pod, &'a str)> {
        let mut speaking = Vec::new();
        for (voice, workload) in self.agents.speaking() {
            let Some(container) = container_of(voice, workload) else { continue };
            let most =
                if voice == Voice::Agent(AgentRole::NodeAgent) { MAX_NODE_AGENTS } else { MAX_REPLICAS };
            let pods = self.telling_pods_of(workload).into_iter().take(most);
            speaking.extend(pods.map(|pod| (voice, pod, container)));
        }
        speaking
    }

    /// The pods of a workload that tell something: those of the control plane's nodes, then those that are not ready;
    /// where there are neither, the first ones.
    fn telling_pods_of(&self, workload: &Workload) -> Vec<&'a Pod> {
        let listed = |spec| match self.snapshot.answer(&Question::List(spec)) {
            Observed::Seen(crate::model::answer::Answer::Pods(listed)) => listed.items.as_slice(),
            _ => &[],
        };
        let of = agents::pods_of(&workload.namespace, &workload.selector);
        let mut pods: Vec<&Pod> = Vec::new();
        if workload.kind == "DaemonSet" {
            for node in self.control_plane_nodes().unwrap_or_default() {
                pods.extend(listed(agents::pods_on(&workload.namespace, &workload.selector, &node.name)));
            }
        }
        pods.extend(listed(of.clone()).iter().filter(|pod| !pod.ready));
        if pods.is_empty() {
            pods.extend(listed(of).iter().take(MAX_REPLICAS));
        }
        let mut taken = BTreeSet::new();
        pods.retain(|pod| pod.node.is_some() && !has_ended(pod) && taken.insert((&pod.namespace, &pod.name)));
        pods
    }

    /// The containers of the control plane that run as pods.
    fn speaking_components(&self) -> Vec<Speaker<'a>> {
        let own = self
            .instances
            .iter()
            .filter(|instance| !matches!(instance.component, Component::Kubelet | Component::ClusterAgent));
        own.filter_map(|instance| {
            let pod = instance.pod.as_ref()?;
            let pod = *self.pods.get(&(pod.namespace.as_str(), pod.name.as_str()))?;
            let program = instance.component.profile().program;
            let container = pod
                .containers
                .iter()
                .find(|container| container.name == program || container.short_image() == program)?;
            let log = LogSpec { pod: reference(pod), container: container.name.clone(), previous: false };
            Some(Speaker { voice: Voice::Component(instance.component), pod, log })
        })
        .collect()
    }
}

fn container_of(voice: Voice, workload: &Workload) -> Option<&str> {
    let container = match voice {
        Voice::Agent(AgentRole::ClusterAgent) => workload.container("cluster-agent"),
        Voice::Agent(AgentRole::Sidecar) => agent_containers(workload).next(),
        Voice::Agent(AgentRole::NodeAgent | AgentRole::Runner) => workload.container("agent"),
        Voice::Operator | Voice::Component(_) => workload.containers.first(),
    };
    container.map(|container| container.name.as_str())
}

fn has_ended(pod: &Pod) -> bool {
    matches!(pod.phase.as_str(), "Failed" | "Succeeded")
}

fn reference(pod: &Pod) -> PodRef {
    PodRef { namespace: pod.namespace.clone(), name: pod.name.clone() }
}

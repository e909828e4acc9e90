//! The six components that are monitored, and what is true of each of them on every distribution.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One of the things whose monitoring ctlmon sets up and diagnoses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Component {
    /// kube-apiserver.
    #[serde(rename = "apiserver")]
    ApiServer,
    /// etcd.
    Etcd,
    /// kube-controller-manager.
    ControllerManager,
    /// kube-scheduler.
    Scheduler,
    /// The kubelet of one node.
    Kubelet,
    /// The Datadog Cluster Agent.
    ClusterAgent,
}

/// What is true of a component everywhere; what differs by distribution lives in `distributions`.
#[derive(Debug)]
pub struct ComponentProfile {
    /// The short id used in options, JSON and check ids.
    pub id: &'static str,
    /// The name of its program, as in its image and its static pod.
    pub program: &'static str,
    /// The Agent check that collects it; its `conf.d` folder is this with `.d` added.
    pub agent_check: &'static str,
    /// The port that its own defaults give its metrics endpoint.
    pub port: u16,
    /// The path of its metrics.
    pub path: &'static str,
    /// Metric families of which at least one is served by this component and by none of the others.
    ///
    /// Source: the families of four components of the same two clusters (Kubernetes 1.31 and 1.33), compared.
    pub families: &'static [&'static str],
    /// How it decides who may read its metrics.
    pub gate: Gate,
}

/// How a component decides who may read its metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// It asks the API server who the bearer of a token is and whether he may.
    Delegated,
    /// It demands a client certificate of its own CA.
    ClientCertificate,
    /// It compares a bearer token with one of its own.
    SharedToken,
}

impl Component {
    /// Every component, in the order in which reports name them.
    pub const ALL: [Self; 6] = [
        Self::ApiServer,
        Self::Etcd,
        Self::ControllerManager,
        Self::Scheduler,
        Self::Kubelet,
        Self::ClusterAgent,
    ];

    /// The row of facts that belongs to this component.
    #[must_use]
    pub const fn profile(self) -> &'static ComponentProfile {
        match self {
            Self::ApiServer => &ComponentProfile {
                id: "apiserver",
                program: "kube-apiserver",
                agent_check: "kube_apiserver_metrics",
                port: 6443,
                path: "/metrics",
                families: &[
                    "apiserver_current_inflight_requests",
                    "apiserver_storage_objects",
                    "apiserver_resource_objects",
                ],
                gate: Gate::Delegated,
            },
            Self::Etcd => &ComponentProfile {
                id: "etcd",
                program: "etcd",
                agent_check: "etcd",
                port: 2379,
                path: "/metrics",
                families: &["etcd_server_has_leader"],
                gate: Gate::ClientCertificate,
            },
            Self::ControllerManager => &ComponentProfile {
                id: "controller-manager",
                program: "kube-controller-manager",
                agent_check: "kube_controller_manager",
                port: 10257,
                path: "/metrics",
                families: &[
                    "running_managed_controllers",
                    "node_collector_zone_size",
                    "root_ca_cert_publisher_sync_total",
                ],
                gate: Gate::Delegated,
            },
            Self::Scheduler => &ComponentProfile {
                id: "scheduler",
                program: "kube-scheduler",
                agent_check: "kube_scheduler",
                port: 10259,
                path: "/metrics",
                families: &["scheduler_pending_pods", "scheduler_schedule_attempts_total"],
                gate: Gate::Delegated,
            },
            Self::Kubelet => &ComponentProfile {
                id: "kubelet",
                program: "kubelet",
                agent_check: "kubelet",
                port: 10250,
                path: "/metrics",
                families: &["kubelet_node_name", "kubelet_running_pods"],
                gate: Gate::Delegated,
            },
            Self::ClusterAgent => &ComponentProfile {
                id: "cluster-agent",
                program: "datadog-cluster-agent",
                agent_check: "datadog_cluster_agent",
                port: 5005,
                path: "/version",
                families: &[],
                gate: Gate::SharedToken,
            },
        }
    }

    /// The component that a name means: its id, or the name of its program.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|component| {
            let profile = component.profile();
            profile.id == name || profile.program == name
        })
    }
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.profile().id)
    }
}

//! A workload's pod template, and on which nodes its pods may run: a pure reading of the scheduler's rules.

use super::{
    facts::{Node, Taint},
    question::{AccountRef, ObjectKind, ObjectRef, TokenSpec},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// A workload with its pod template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workload {
    /// `DaemonSet` or `Deployment`; for what was read from pods the kind that owns them.
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The labels by which it knows its pods (`matchLabels`).
    pub selector: BTreeMap<String, String>,
    /// The service account that its pods run as; `default` where none is named.
    pub service_account: String,
    /// Whether its pods share the node's network.
    pub host_network: bool,
    /// Which labels a node must have.
    pub node_selector: BTreeMap<String, String>,
    /// The required terms of its node affinity, of which one must hold; empty where there are none.
    pub node_affinity: Vec<NodeTerm>,
    /// Which taints its pods tolerate.
    pub tolerations: Vec<Toleration>,
    /// Its containers.
    pub containers: Vec<WorkloadContainer>,
    /// Its volumes by name.
    pub volumes: BTreeMap<String, VolumeSource>,
    /// The labels of its pods.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pod_labels: BTreeMap<String, String>,
    /// What its controller says of its pods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicas: Option<Replicas>,
    /// `dnsPolicy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_policy: Option<String>,
    /// `automountServiceAccountToken`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automount_token: Option<bool>,
    /// `enableServiceLinks`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_links: Option<bool>,
    /// As which user its processes run, by its own security context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_as_user: Option<i64>,
    /// The type of its `SELinux` context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selinux_type: Option<String>,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
}

/// What the controller of a workload says of its pods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replicas {
    /// How many there are to be.
    pub desired: u32,
    /// How many there are.
    pub current: u32,
    /// How many of them are ready.
    pub ready: u32,
    /// How many of them are of the present template.
    pub updated: u32,
}

impl Replicas {
    /// Whether all that are to be are ready and of the present template.
    #[must_use]
    pub const fn are_whole(&self) -> bool {
        self.ready >= self.desired && self.updated >= self.desired
    }
}

/// A container of a pod template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkloadContainer {
    /// Its name.
    pub name: String,
    /// Its image.
    pub image: String,
    /// Its environment: values only of variables that are known to be harmless.
    pub env: BTreeMap<String, String>,
    /// The variables whose value comes from an entry of an object.
    pub env_from: BTreeMap<String, EnvSource>,
    /// The objects all of whose entries become variables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env_objects: Vec<EnvObject>,
    /// Where its volumes are mounted.
    pub mounts: Vec<Mount>,
    /// Its command-line flags, without dashes, where it is a program whose flags are judged; values only of those that
    /// are known to be harmless.
    #[serde(default)]
    pub flags: BTreeMap<String, String>,
    /// As which user its processes run, by its own security context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_as_user: Option<i64>,
    /// The type of its `SELinux` context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selinux_type: Option<String>,
    /// Whether its root file system is read-only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only_root: Option<bool>,
    /// The ports of the node that it takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub host_ports: Vec<u16>,
}

/// The entry that a variable's value comes from; the object lies in the workload's namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EnvSource {
    /// Of a Secret.
    Secret {
        /// The Secret.
        name: String,
        /// Its entry.
        key: String,
    },
    /// Of a `ConfigMap`.
    ConfigMap {
        /// The `ConfigMap`.
        name: String,
        /// Its entry.
        key: String,
    },
    /// Of a Secret that need not exist.
    OptionalSecret {
        /// The Secret.
        name: String,
        /// Its entry.
        key: String,
    },
    /// Of a `ConfigMap` that need not exist.
    OptionalConfigMap {
        /// The `ConfigMap`.
        name: String,
        /// Its entry.
        key: String,
    },
    /// Of a field of the pod itself, such as `status.hostIP`.
    Field(String),
}

/// An object all of whose entries become variables (`envFrom`); it lies in the workload's namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvObject {
    /// A Secret or a `ConfigMap`.
    pub kind: ObjectKind,
    /// Its name.
    pub name: String,
    /// What the names of the variables have before those of the entries.
    pub prefix: String,
    /// Whether the pods start without it.
    pub optional: bool,
}

impl EnvObject {
    /// The object, for a workload of this namespace.
    #[must_use]
    pub fn object(&self, namespace: &str) -> ObjectRef {
        ObjectRef { kind: self.kind, namespace: namespace.to_owned(), name: self.name.clone() }
    }
}

/// Where a volume is mounted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    /// The volume's name.
    pub volume: String,
    /// The path in the container.
    pub path: String,
    /// The part of the volume that is mounted there, where not all of it is.
    pub sub_path: Option<String>,
}

/// Where a volume's files come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VolumeSource {
    /// A Secret in the workload's namespace, with the entries that are renamed: entry to file.
    Secret {
        /// Its name.
        name: String,
        /// Entry and file, where `items` is used; all entries under their own names otherwise.
        items: BTreeMap<String, String>,
        /// Whether pods start without it.
        #[serde(default)]
        optional: bool,
    },
    /// A `ConfigMap` in the workload's namespace.
    ConfigMap {
        /// Its name.
        name: String,
        /// Entry and file, where `items` is used.
        items: BTreeMap<String, String>,
        /// Whether pods start without it.
        #[serde(default)]
        optional: bool,
    },
    /// A path of the node.
    HostPath(String),
    /// A token of the workload's service account, as its author wants it.
    Token {
        /// For whom it is meant; for the API server where nothing is said.
        audience: Option<String>,
        /// Its file.
        file: String,
    },
    /// A folder that is as short-lived as the pod.
    EmptyDir,
    /// Anything else.
    Other,
}

/// A toleration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toleration {
    /// The taint's key; every key where it is empty and the operator is `Exists`.
    pub key: Option<String>,
    /// `Equal`, which is the default, or `Exists`.
    pub operator: Option<String>,
    /// The taint's value.
    pub value: Option<String>,
    /// The taint's effect; every effect where it is empty.
    pub effect: Option<String>,
}

/// One term of a node affinity: all of its requirements must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeTerm {
    /// About labels.
    pub labels: Vec<Requirement>,
    /// About fields; the scheduler knows `metadata.name` only.
    pub fields: Vec<Requirement>,
}

/// One requirement of a node affinity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// The label or field.
    pub key: String,
    /// `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt` or `Lt`.
    pub operator: String,
    /// The values.
    pub values: Vec<String>,
}

/// Why a workload's pods cannot run on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// A taint that is not tolerated.
    Taint(Taint),
    /// A label that the node selector wants and the node lacks.
    Selector(String, String),
    /// No term of the node affinity holds.
    Affinity,
}

impl Workload {
    /// The account whose token its pods carry.
    #[must_use]
    pub fn account(&self) -> AccountRef {
        AccountRef { namespace: self.namespace.clone(), name: self.service_account.clone() }
    }

    /// Its kind as people write it.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        const KINDS: [&str; 6] = ["DaemonSet", "Deployment", "StatefulSet", "ReplicaSet", "Job", "Pod"];
        KINDS.into_iter().find(|kind| *kind == self.kind).unwrap_or("Workload")
    }

    /// What keeps its pods off a node; empty where nothing does.
    ///
    /// `DaemonSet` pods tolerate the taints that the `DaemonSet` controller adds tolerations for, and a
    /// cordoned node does not keep them away.
    #[must_use]
    pub fn obstacles(&self, node: &Node) -> Vec<Obstacle> {
        let mut obstacles: Vec<Obstacle> = node
            .taints
            .iter()
            .filter(|taint| taint.effect != "PreferNoSchedule")
            .filter(|taint| {
                !(self.kind == "DaemonSet" && is_tolerated_by_daemon_sets(taint, self.host_network))
            })
            .filter(|taint| !self.tolerations.iter().any(|toleration| toleration.covers(taint)))
            .cloned()
            .map(Obstacle::Taint)
            .collect();
        obstacles.extend(
            self.node_selector
                .iter()
                .filter(|(key, value)| node.labels.get(*key) != Some(value))
                .map(|(key, value)| Obstacle::Selector(key.clone(), value.clone())),
        );
        if !self.node_affinity.is_empty() && !self.node_affinity.iter().any(|term| term.holds(node)) {
            obstacles.push(Obstacle::Affinity);
        }
        obstacles
    }

    /// For whom the token is meant that the agents show, where its author says so: that of the file that they read.
    ///
    /// Source: `tokenpath` of the Agent's and of the Python checks' configuration, which nobody sets to another.
    #[must_use]
    pub fn token_audience(&self) -> Option<&str> {
        let container = self.container("agent")?;
        let mount = container.mounts.iter().find(|mount| mount.path.trim_end_matches('/') == TOKEN_FOLDER)?;
        match self.volumes.get(&mount.volume)? {
            VolumeSource::Token { audience, file } if file == "token" => audience.as_deref(),
            _ => None,
        }
    }

    /// The token that its pods show: that of its account, for whom they have it made.
    #[must_use]
    pub fn token(&self) -> TokenSpec {
        TokenSpec { account: self.account(), audience: self.token_audience().map(str::to_owned) }
    }

    /// The container of this name, or the first one.
    #[must_use]
    pub fn container(&self, name: &str) -> Option<&WorkloadContainer> {
        self.containers.iter().find(|container| container.name == name).or_else(|| self.containers.first())
    }
}

/// Where a service account's token lies in a container.
const TOKEN_FOLDER: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The taints that every `DaemonSet`'s pods tolerate, because its controller says so for them.
///
/// Source: `AddOrUpdateDaemonPodTolerations` in Kubernetes' `pkg/controller/daemon/util`.
fn is_tolerated_by_daemon_sets(taint: &Taint, host_network: bool) -> bool {
    const ALWAYS: [&str; 6] = [
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
        "node.kubernetes.io/disk-pressure",
        "node.kubernetes.io/memory-pressure",
        "node.kubernetes.io/pid-pressure",
        "node.kubernetes.io/unschedulable",
    ];
    let effect = match taint.key.as_str() {
        "node.kubernetes.io/not-ready" | "node.kubernetes.io/unreachable" => "NoExecute",
        _ => "NoSchedule",
    };
    (ALWAYS.contains(&taint.key.as_str()) && taint.effect == effect)
        || (host_network
            && taint.key == "node.kubernetes.io/network-unavailable"
            && taint.effect == "NoSchedule")
}

impl Toleration {
    /// Whether it covers a taint.
    #[must_use]
    pub fn covers(&self, taint: &Taint) -> bool {
        let effect = self.effect.as_deref().unwrap_or_default();
        if !effect.is_empty() && effect != taint.effect {
            return false;
        }
        let key = self.key.as_deref().unwrap_or_default();
        match self.operator.as_deref().unwrap_or("Equal") {
            "Exists" => key.is_empty() || key == taint.key,
            "Equal" | "" => key == taint.key && self.value.as_deref().unwrap_or_default() == taint.value,
            _ => false,
        }
    }
}

impl NodeTerm {
    fn holds(&self, node: &Node) -> bool {
        // An empty term matches no node: the scheduler says so.
        if self.labels.is_empty() && self.fields.is_empty() {
            return false;
        }
        self.labels
            .iter()
            .all(|requirement| requirement.holds(node.labels.get(&requirement.key).map(String::as_str)))
            && self.fields.iter().all(|requirement| {
                requirement.holds((requirement.key == "metadata.name").then_some(node.name.as_str()))
            })
    }
}

impl Requirement {
    fn holds(&self, actual: Option<&str>) -> bool {
        let listed = |value: &str| self.values.iter().any(|wanted| wanted == value);
        let numbers = || Some((actual?.parse::<i64>().ok()?, self.values.first()?.parse::<i64>().ok()?));
        match self.operator.as_str() {
            "In" => actual.is_some_and(listed),
            "NotIn" => !actual.is_some_and(listed),
            "Exists" => actual.is_some(),
            "DoesNotExist" => actual.is_none(),
            "Gt" => numbers().is_some_and(|(actual, wanted)| actual > wanted),
            "Lt" => numbers().is_some_and(|(actual, wanted)| actual < wanted),
            _ => false,
        }
    }
}

impl fmt::Display for Taint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.value.is_empty() {
            write!(f, "{}:{}", self.key, self.effect)
        } else {
            write!(f, "{}={}:{}", self.key, self.value, self.effect)
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taint(taint) => write!(f, "taint {taint} is not tolerated"),
            Self::Selector(key, value) => write!(f, "the node selector wants {key}={value}"),
            Self::Affinity => f.write_str("no term of the required node affinity holds"),
        }
    }
}

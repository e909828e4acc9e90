//! What a plan is made of: outcomes for components, configurations of checks, mounts, places. Data without behaviour;
//! dialects read it through serde.

use super::choices::Version;
use crate::model::component::Component;
use serde::Serialize;
use std::collections::BTreeMap;

/// What becomes of a component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// The component.
    pub component: Component,
    /// How it is collected, or why not.
    pub outcome: Outcome,
    /// What the choice costs or risks, in sentences.
    pub remarks: Vec<String>,
}

/// How a component is collected, or why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Outcome {
    /// By what agents do without being told; writing it again would collect it twice.
    Packaged {
        /// What they ask.
        instances: Vec<Instance>,
    },
    /// By a file of the agents on the component's nodes.
    NodeCheck {
        /// What they ask.
        instances: Vec<Instance>,
    },
    /// By a check that the Cluster Agent hands out once for each address behind a Service.
    ClusterCheck {
        /// What is asked.
        instances: Vec<Instance>,
    },
    /// By a switch of the chart and of the operator, which write the same check themselves.
    Native {
        /// The switch.
        switch: Switch,
        /// What they make it ask.
        instances: Vec<Instance>,
    },
    /// By an agent beside every pod.
    Sidecar {
        /// What it asks.
        instances: Vec<Instance>,
    },
    /// Not at all.
    Left {
        /// Why, as a clause.
        reason: String,
        /// What can be done about it, or what the vendor offers instead, as a clause.
        instead: Option<String>,
    },
}

/// A switch for the whole control plane of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Switch {
    /// The product's name in the chart's values, below `providers`.
    pub provider: &'static str,
    /// The annotation by which the operator is told the product.
    pub annotation: &'static str,
    /// The first chart that has it.
    pub chart: Version,
    /// The first operator that has it.
    pub operator: Version,
}

/// One thing that a check asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Instance {
    /// Its address, with template variables of the agents; `None` where it is one of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prometheus_url: Option<String>,
    /// Addresses of which the first that answers is asked from then on: releases differ, and none of them tells.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub possible_prometheus_urls: Vec<String>,
    /// Whether a service account's token is sent.
    #[serde(skip_serializing_if = "is_false")]
    pub bearer_token_auth: bool,
    /// Whether the serving certificate is verified; `None` without TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_verify: Option<bool>,
    /// The file of the CA, in the agent's container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_ca_cert: Option<String>,
    /// The file of the client certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_cert: Option<String>,
    /// The file of its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_private_key: Option<String>,
    /// Whether the serving certificate must be for the name in the header Host, and not for the address that is asked.
    #[serde(skip_serializing_if = "is_false")]
    pub tls_use_host_header: bool,
    /// Headers that are added.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extra_headers: BTreeMap<&'static str, &'static str>,
    /// Tags that are added.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

impl Instance {
    /// Every address that it may ask.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        self.prometheus_url.iter().chain(&self.possible_prometheus_urls).map(String::as_str)
    }

    /// Whether it reads something at this path or below it.
    #[must_use]
    pub fn takes(&self, at: &str) -> bool {
        let files = [&self.tls_ca_cert, &self.tls_cert, &self.tls_private_key];
        let is_below = |path: &String| {
            path.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        files.into_iter().flatten().any(is_below)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(it: &bool) -> bool {
    !*it
}

/// A file that configures one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckFile {
    /// Its name, which is the check's with `.yaml`.
    pub name: String,
    /// Images whose containers it is for; empty where it is for the node itself.
    pub ad_identifiers: Vec<&'static str>,
    /// The Service whose addresses it is for.
    pub endpoints: Option<ServiceEndpoints>,
    /// What it asks.
    pub instances: Vec<Instance>,
    /// Why it is there, in sentences.
    pub remarks: Vec<String>,
}

/// The addresses behind a Service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceEndpoints {
    /// Its namespace.
    pub namespace: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Whether the check goes to whoever is free, and not to the agent beside the address.
    pub by_address: bool,
}

/// Something of the node, or a Secret, in the agent's container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mount {
    /// The volume's name.
    pub name: String,
    /// Where it comes from.
    pub source: MountSource,
    /// Where it is in the container.
    pub at: String,
}

/// Where a mount comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MountSource {
    /// A single file of the node.
    HostFile(String),
    /// A folder of the node, where names of files differ by node.
    HostFolder(String),
    /// A Secret in the agents' namespace.
    Secret(String),
}

/// On which nodes agents run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Placement {
    /// Taints that they bear, by key.
    pub tolerations: Vec<String>,
    /// Terms of which a node must fulfil one; none where all nodes will do.
    pub terms: Vec<Vec<Requirement>>,
}

/// What a node's label must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Requirement {
    /// The label.
    pub key: &'static str,
    /// `Exists`, `DoesNotExist` or `NotIn`.
    pub operator: &'static str,
    /// What `NotIn` is about.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub values: &'static [&'static str],
}

/// The agents of nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Agents {
    /// Where they run.
    pub placement: Placement,
    /// Whether they share the node's network.
    pub host_network: bool,
    /// What is mounted into them.
    pub mounts: Vec<Mount>,
    /// Files of checks.
    pub files: Vec<CheckFile>,
    /// Checks whose packaged configuration is switched off.
    pub ignored: Vec<&'static str>,
}

/// A headless Service that must be made so that the Cluster Agent finds addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NeededService {
    /// Its namespace.
    pub namespace: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The labels of the pods behind it.
    pub selector: BTreeMap<&'static str, &'static str>,
    /// The port at which the component listens on the pods' address.
    pub port: u16,
    /// The Service beside it that it is a copy of; `None` where none leads to these pods.
    pub copies: Option<&'static str>,
}

/// A check of which an annotation of a Service tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Annotated {
    /// The Service that bears it.
    pub service: ServiceEndpoints,
    /// The check's name.
    pub check: &'static str,
    /// What it asks.
    pub instances: Vec<Instance>,
}

/// Pods that only pause where a component runs that is no pod, and bear the annotation that tells of its check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pause {
    /// The check's name.
    pub check: &'static str,
    /// What it asks.
    pub instances: Vec<Instance>,
    /// On which nodes the component runs.
    pub placement: Placement,
}

/// An agent beside every pod, where nodes take none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sidecars {
    /// Whether there are no nodes that take agents.
    pub alone: bool,
    /// The accounts of the pods beside which they run: namespace and name.
    pub accounts: Vec<Account>,
}

/// A service account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Account {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// The Cluster Agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClusterAgent {
    /// The Service of a Cluster Agent that is there already, which agents join; `None` where this brings one.
    pub joins: Option<String>,
    /// Files of checks that it hands out.
    pub files: Vec<CheckFile>,
    /// Whether these agents may be handed checks: not those that lack what a check of the control plane needs.
    pub takes_checks: bool,
}

/// Something that an administrator does, in the order of use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What it is for, as a headline.
    pub title: String,
    /// What to know about it, in sentences.
    pub words: Vec<String>,
    /// The commands for a shell; none where a file of a node is edited.
    pub commands: Vec<String>,
    /// The rights it takes.
    pub rights: &'static str,
    /// What takes it away again.
    pub undo: Vec<String>,
}

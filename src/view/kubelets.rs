//! By which name the node agents ask a kubelet, whether they verify its certificate, and with which CA. It judges nothing.

use super::{Instance, Trust, View, unset::own_file};
use crate::model::{
    agents, around,
    component::Component,
    facts::Node,
    observed::{Gap, Why},
    workload::{EnvSource, Workload, WorkloadContainer},
};

/// Where a container has the cluster's CA, which the Agent takes where it is told of no other.
///
/// Source: the default of `kubelet_client_ca` in the Agent's `pkg/config`.
pub const CLUSTER_CA_FILE: &str = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";

const VERIFY: &str = "DD_KUBELET_TLS_VERIFY";
const HOST: &str = "DD_KUBERNETES_KUBELET_HOST";
const AUTHORITY: &str = "DD_KUBELET_CLIENT_CA";

impl<'a> View<'a> {
    /// The node agents that verify the certificate of a kubelet; `None` where there are none, or where they are told not
    /// to. Who is told nothing verifies.
    ///
    /// # Errors
    /// A gap where the agents, or what they are told, could not be read.
    pub fn verifying(&self, kubelet: &Instance) -> Result<Option<&'a Workload>, Gap> {
        let Some(node) = self.node_of(kubelet) else { return Ok(None) };
        for workload in self.agents.workloads.as_ref().map_err(Clone::clone)? {
            let Some(container) = workload.container("agent") else { continue };
            if workload.obstacles(node).is_empty() && verifies(workload, container)? {
                return Ok(Some(workload));
            }
        }
        Ok(None)
    }

    /// The node of a kubelet that was found by itself.
    #[must_use]
    pub fn node_of(&self, kubelet: &Instance) -> Option<&'a Node> {
        if kubelet.component != Component::Kubelet || kubelet.named.is_some() {
            return None;
        }
        self.nodes.get(kubelet.node.as_deref()?).copied()
    }

    /// The host by which agents ask the kubelet of their node.
    ///
    /// # Errors
    /// A gap where they are not told, and try what they can find.
    pub fn asked_host(&self, workload: &Workload, node: &Node) -> Result<String, Gap> {
        let what = || format!("the host by which {} asks its kubelet", workload.name);
        let container = workload.container("agent");
        let from = container.and_then(|container| container.env_from.get(HOST));
        let written = container.and_then(|container| container.env.get(HOST)).filter(|host| !host.is_empty());
        match (from, written) {
            (Some(EnvSource::Field(path)), _) if path == "status.hostIP" => node
                .address("InternalIP")
                .map(str::to_owned)
                .ok_or_else(|| Gap::new(what(), Why::Failed("the node has no internal address".to_owned()))),
            (Some(EnvSource::Field(path)), _) if path == "spec.nodeName" => Ok(node.name.clone()),
            (None, Some(host)) => Ok(host.clone()),
            _ => Err(Gap::new(what(), Why::OutOfReach(format!("{HOST} does not say it")))),
        }
    }

    /// What agents verify the certificate of their kubelet with.
    ///
    /// # Errors
    /// A gap where the CA could not be read.
    pub fn trust_of_kubelets(&self, workload: &Workload) -> Result<Trust, Gap> {
        let path = workload.container("agent").and_then(|container| container.env.get(AUTHORITY));
        let path = path.map(String::as_str).filter(|path| !path.is_empty() && *path != CLUSTER_CA_FILE);
        if let Some(path) = path {
            let why = "it lies on the node, or in a volume that is not read".to_owned();
            return Err(Gap::new(format!("the CA file {path} of the agents"), Why::OutOfReach(why)));
        }
        self.cluster_ca(&workload.namespace)
    }

    /// The cluster's CA, as every pod of a namespace has it beside its token.
    ///
    /// # Errors
    /// A gap where it could not be read.
    pub fn cluster_ca(&self, namespace: &str) -> Result<Trust, Gap> {
        let object = agents::config_map(namespace, around::CLUSTER_CA);
        let origin = format!("ConfigMap {}/{}", object.namespace, object.name);
        let facts = self.snapshot.config_map(&object.namespace, &object.name);
        // Its absence is nobody's problem: Kubernetes makes it anew in every namespace.
        let unseen = |gap: Gap| match gap.why {
            Why::Missing(reason) => Gap::new(gap.what, Why::Failed(reason)),
            _ => gap,
        };
        let anchors = facts.seen(&origin).map_err(unseen)?.authority.clone();
        if anchors.is_empty() {
            return Err(Gap::new(origin, Why::Failed("it holds no certificate".to_owned())));
        }
        Ok(Trust { anchors, origin })
    }
}

/// Whether the agents of a workload verify.
fn verifies(workload: &Workload, container: &WorkloadContainer) -> Result<bool, Gap> {
    let gap = |why: &str| {
        Err(Gap::new(
            format!("whether {} verifies the kubelet's certificate", workload.name),
            Why::OutOfReach(why.to_owned()),
        ))
    };
    if container.env_from.contains_key(VERIFY) {
        return gap("its variable comes from an object that is not read");
    }
    match container.env.get(VERIFY).map(String::as_str) {
        Some("false" | "False" | "FALSE" | "f" | "F" | "0") => Ok(false),
        None if own_file(workload, container).is_some() => {
            gap("it has a datadog.yaml of its own, which is not read")
        }
        _ => Ok(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::workload::Mount;

    fn check(value: Option<&str>, mount: Option<&str>, expected: Option<bool>) {
        let mount = mount.map(|path| Mount { volume: "v".to_owned(), path: path.to_owned(), sub_path: None });
        let container = WorkloadContainer {
            env: value.map(|value| (VERIFY.to_owned(), value.to_owned())).into_iter().collect(),
            mounts: mount.into_iter().collect(),
            ..WorkloadContainer::default()
        };
        assert_eq!(verifies(&Workload::default(), &container).ok(), expected, "{value:?}");
    }

    #[test]
    fn who_is_told_nothing_verifies_unless_a_file_may_say_otherwise() {
        check(None, None, Some(true));
        check(Some("true"), None, Some(true));
        check(Some("false"), Some("/etc/datadog-agent/datadog.yaml"), Some(false));
        check(None, Some("/etc/datadog-agent/datadog.yaml"), None);
    }
}

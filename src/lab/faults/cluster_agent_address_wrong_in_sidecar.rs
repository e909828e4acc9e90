//! The sidecar is told the Cluster Agent's Service by name alone, as node agents are, but lives in another namespace.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "cluster-agent-address-wrong-in-sidecar",
    check: "cluster-agent-address-wrong",
    distributions: &["kubeadm", "eks"],
    change: |spec| spec.sidecar.cluster_agent.url = None,
};

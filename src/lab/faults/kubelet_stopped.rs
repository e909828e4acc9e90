//! The kubelet of a node was stopped a moment ago: nothing listens on its port, and its node still counts as ready.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "kubelet-stopped",
    check: "metrics-endpoint-unreachable",
    distributions: &["kubeadm"],
    change: |spec| {
        // From elsewhere a refusal would not be told from a firewall's; people stand on the first node.
        if let Some(node) = spec.nodes.first_mut() {
            node.kubelet.is_listening = false;
        }
    },
};

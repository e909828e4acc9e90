//! The kubelets started their static pods before there was an API server, and still call them pending.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "static-pods-pending",
    check: "static-pods-pending",
    distributions: &["kubeadm"],
    change: |spec| {
        for node in &mut spec.nodes {
            node.kubelet.static_pods_pending = true;
        }
    },
};

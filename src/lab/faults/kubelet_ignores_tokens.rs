//! The kubelets take certificates only: the configuration that kubeadm gives to all of them has webhook authentication off.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "kubelet-ignores-tokens",
    check: "kubelet-ignores-tokens",
    distributions: &["kubeadm"],
    change: |spec| {
        for node in &mut spec.nodes {
            node.kubelet.webhook = false;
        }
    },
};

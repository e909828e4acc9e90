//! The leader of the controller-managers hangs, and has not renewed its lease for twenty minutes.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "no-leader-of-controller-manager",
    check: "component-without-leader",
    distributions: &["kubeadm"],
    change: |spec| spec.hang_leader_of("kube-controller-manager"),
};

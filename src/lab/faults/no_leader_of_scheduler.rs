//! The leader of the schedulers hangs, and has not renewed its lease for twenty minutes.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "no-leader-of-scheduler",
    check: "component-without-leader",
    distributions: &["kubeadm"],
    change: |spec| spec.hang_leader_of("kube-scheduler"),
};

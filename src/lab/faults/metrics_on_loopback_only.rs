//! The agents have a network of their own, where a component that listens on loopback cannot be reached. It is one `DaemonSet`
//! for all nodes.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "metrics-on-loopback-only",
    check: "metrics-on-loopback-only",
    distributions: &["kubeadm"],
    change: |spec| spec.agents.host_network = false,
};

//! The agents' cluster role was written by hand, and its author forgot the kubelet's metrics. It holds for all nodes.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "kubelet-metrics-forbidden",
    check: "kubelet-metrics-forbidden",
    distributions: &["kubeadm"],
    change: |spec| {
        let role = spec.rights.roles.iter_mut().find(|role| role.name == spec.agents.account.name);
        for rule in role.into_iter().flat_map(|role| &mut role.rules) {
            rule.resources.retain(|resource| resource != "nodes/metrics");
        }
    },
};

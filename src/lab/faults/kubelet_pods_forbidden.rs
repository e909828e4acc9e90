//! The agents' role was written by hand, and its author forgot the kubelet's list of pods.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "kubelet-pods-forbidden",
    check: "kubelet-pods-forbidden",
    distributions: &["kubeadm"],
    change: |spec| {
        let role = spec.rights.roles.iter_mut().find(|role| role.name == spec.agents.account.name);
        for rule in role.into_iter().flat_map(|role| &mut role.rules) {
            rule.resources.retain(|resource| !["nodes/pods", "nodes/healthz"].contains(&resource.as_str()));
        }
    },
};

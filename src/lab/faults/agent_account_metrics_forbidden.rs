//! The agents' cluster role says nothing of paths that are no resources, so every component but the kubelet refuses them.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "agent-account-metrics-forbidden",
    check: "agent-account-metrics-forbidden",
    distributions: &["kubeadm"],
    change: |spec| {
        let role = spec.rights.roles.iter_mut().find(|role| role.name == spec.agents.account.name);
        if let Some(role) = role {
            role.rules.retain(|rule| rule.non_resource_urls.is_empty());
        }
    },
};

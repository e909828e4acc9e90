//! A quota of the agents' namespace is used up, and none of their pods was made.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "agent-pods-missing",
    check: "agent-pods-missing",
    distributions: &["kubeadm"],
    change: |spec| {
        let name = spec.agents.account.name.clone();
        spec.without_agent_pods();
        spec.warn(
            "DaemonSet",
            &name,
            "FailedCreate",
            "Error creating: pods \"datadog-agent-x\" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=10, limited: pods=10",
        );
    },
};

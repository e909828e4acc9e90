//! A quota of the agents' namespace is used up, and none of their pods was made.

use super::Fault;
use crate::lab::spec::AgentPods;

pub(super) static FAULT: Fault = Fault {
    id: "agent-pods-missing",
    check: "agent-pods-missing",
    distributions: &["kubeadm"],
    change: |spec| {
        let name = spec.agents.account.name.clone();
        spec.agents.pods = AgentPods::Unmade;
        spec.warn(
            "DaemonSet",
            &name,
            "FailedCreate",
            "Error creating: pods \"datadog-agent-x\" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=10, limited: pods=10",
        );
    },
};

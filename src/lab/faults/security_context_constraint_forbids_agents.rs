//! The agents were installed as on any other cluster, without the constraint that lets them have the node's network.

use super::Fault;
use crate::lab::spec::AgentPods;

pub(super) static FAULT: Fault = Fault {
    id: "security-context-constraint-forbids-agents",
    check: "security-context-constraint-forbids-agents",
    distributions: &["openshift4"],
    change: |spec| {
        spec.agents.pods = AgentPods::Unmade;
        let name = spec.agents.account.name.clone();
        spec.warn(
            "DaemonSet",
            &name,
            "FailedCreate",
            "Error creating: pods \"datadog-agent-\" is forbidden: unable to validate against any security context constraint: [provider \"restricted-v2\": .spec.securityContext.hostNetwork: Invalid value: true: Host network is not allowed to be used]",
        );
    },
};

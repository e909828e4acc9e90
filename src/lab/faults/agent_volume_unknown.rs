//! A webhook adds a mount to the agents' pods, and forgets the volume.

use super::Fault;
use crate::lab::spec::AgentPods;

pub(super) static FAULT: Fault = Fault {
    id: "agent-volume-unknown",
    check: "agent-volume-unknown",
    distributions: &["kubeadm"],
    change: |spec| {
        let name = spec.agents.account.name.clone();
        spec.agents.pods = AgentPods::Unmade;
        spec.warn(
            "DaemonSet",
            &name,
            "FailedCreate",
            "Error creating: Pod \"datadog-agent-x\" is invalid: spec.containers[0].volumeMounts[3].name: Not found: \"datadog\"",
        );
    },
};

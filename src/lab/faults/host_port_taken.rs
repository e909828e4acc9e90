//! An Agent of an older release has the port on every node.

use super::Fault;
use crate::lab::spec::AgentPods;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "host-port-taken",
    check: "host-port-taken",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.agents.pods = AgentPods::Faring(json!({"state": {"waiting": {"reason": "ContainerCreating"}}}));
        let pods = spec.agent_pods();
        for pod in pods {
            spec.warn(
                "Pod",
                &pod,
                "FailedScheduling",
                "0/2 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
            );
        }
    },
};

//! The agents do not find out the name of their host, and end.

use super::Fault;
use crate::lab::spec::AgentPods;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "agent-crash-looping",
    check: "agent-crash-looping",
    distributions: &["kubeadm", "eks"],
    change: |spec| {
        spec.agents.pods = AgentPods::Faring(json!({
            "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            "lastState": {"terminated": {"reason": "Error", "exitCode": 255}},
            "restartCount": 34,
        }));
    },
};

//! The readiness probe of the agents fails.

use super::Fault;
use crate::lab::spec::AgentPods;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "agent-not-ready",
    check: "agent-not-ready",
    distributions: &["kubeadm", "eks"],
    change: |spec| {
        spec.agents.pods = AgentPods::Faring(json!({}));
    },
};

//! The mirror does not have the Agent's image.

use super::Fault;
use crate::lab::spec::AgentPods;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "agent-image-not-pulled",
    check: "agent-image-not-pulled",
    distributions: &["kubeadm", "eks"],
    change: |spec| {
        spec.agents.pods = AgentPods::Faring(json!({"state": {"waiting": {"reason": "ImagePullBackOff"}}}));
    },
};

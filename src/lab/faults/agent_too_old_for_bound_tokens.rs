//! The agents' image is pinned to a release from the days of tokens that did not expire.

use super::Fault;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "agent-too-old-for-bound-tokens",
    check: "agent-too-old-for-bound-tokens",
    distributions: &["kubeadm"],
    change: |spec| spec.edit_template("/containers/0/image", json!("gcr.io/datadoghq/agent:7.30.0")),
};

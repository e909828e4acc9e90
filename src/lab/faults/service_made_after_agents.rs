//! The Cluster Agent's Service was deleted and made anew while the agents ran on.

use super::Fault;
use crate::lab::edit::Edit;
use jiff::SignedDuration;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "service-made-after-agents",
    check: "service-variables-unset",
    distributions: &["kubeadm"],
    change: |spec| {
        let made = spec.now.saturating_sub(SignedDuration::from_hours(2)).unwrap_or(spec.now);
        spec.edits.push(Edit::new(
            "Service",
            "datadog",
            "datadog-agent-cluster-agent",
            "/metadata/creationTimestamp",
            Some(json!(made)),
        ));
    },
};

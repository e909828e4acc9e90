//! The leading Cluster Agent hangs, and says no more that it leads.

use super::Fault;
use crate::lab::edit::Edit;
use jiff::SignedDuration;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "leader-lease-stale",
    check: "leader-lease-stale",
    distributions: &["kubeadm"],
    change: |spec| {
        let long_ago = spec.now.saturating_sub(SignedDuration::from_hours(3)).unwrap_or(spec.now);
        let lease = "datadog-agent-leader-election";
        spec.edits.push(Edit::new("Lease", "datadog", lease, "/spec/renewTime", Some(json!(long_ago))));
    },
};

//! The clock of a control-plane node is half an hour ahead.

use super::Fault;
use crate::lab::edit::Edit;
use jiff::SignedDuration;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "clock-of-node-off",
    check: "clock-of-node-off",
    distributions: &["kubeadm"],
    change: |spec| {
        let ahead = spec.now.saturating_add(SignedDuration::from_mins(30)).unwrap_or(spec.now);
        let node = spec.components.last().map(|part| part.node.clone()).unwrap_or_default();
        spec.edits.push(Edit::new("Lease", "kube-node-lease", &node, "/spec/renewTime", Some(json!(ahead))));
    },
};

//! The kubelet of a worker has not been heard of.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "node-not-ready",
    check: "node-not-ready",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.edits.push(Edit::new(
            "Node",
            "",
            "worker-1",
            "/status/conditions/3/status",
            Some(json!("Unknown")),
        ));
    },
};

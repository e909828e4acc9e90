//! The disk of a worker is full.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "node-under-pressure",
    check: "node-under-pressure",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.edits.push(Edit::new(
            "Node",
            "",
            "worker-1",
            "/status/conditions/1/status",
            Some(json!("True")),
        ));
    },
};

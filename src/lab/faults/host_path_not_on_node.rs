//! The nodes run Flatcar, of which the chart was not told.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "host-path-not-on-node",
    check: "host-path-not-on-node",
    distributions: &["kubeadm"],
    change: |spec| {
        let os = json!("Flatcar Container Linux by Kinvolk 4230.2.1 (Oklo)");
        spec.edits.push(Edit::new("Node", "", "*", "/status/nodeInfo/osImage", Some(os)));
        spec.edit_template("/volumes/-", json!({"name": "src", "hostPath": {"path": "/usr/src"}}));
    },
};

//! The Cluster Agent's Service selects labels that its pods no longer have.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "cluster-agent-service-empty",
    check: "cluster-agent-service-empty",
    distributions: &["kubeadm"],
    change: |spec| {
        let name = "datadog-agent-cluster-agent";
        spec.edits.push(Edit::new("EndpointSlice", "datadog", name, "/endpoints", Some(json!([]))));
    },
};

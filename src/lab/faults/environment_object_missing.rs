//! All variables of the agents were to come from a Secret that was never made.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "environment-object-missing",
    check: "referenced-object-missing",
    distributions: &["kubeadm"],
    change: |spec| {
        let objects = "/spec/template/spec/containers/0/envFrom";
        let secret = json!([{"secretRef": {"name": "datadog-variables"}}]);
        spec.edits.push(Edit::new("DaemonSet", "datadog", "datadog-agent", objects, Some(secret)));
    },
};

//! Somebody switched off the variables of Services, of which there were too many.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "service-variables-unset",
    check: "service-variables-unset",
    distributions: &["kubeadm"],
    change: |spec| {
        let field = "/spec/template/spec/enableServiceLinks";
        spec.edits.push(Edit::new("DaemonSet", "datadog", "datadog-agent", field, Some(json!(false))));
    },
};

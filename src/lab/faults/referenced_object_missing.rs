//! The agents name the Secret of the API key as another installation called it.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "referenced-object-missing",
    check: "referenced-object-missing",
    distributions: &["kubeadm"],
    change: |spec| {
        let name = "/spec/template/spec/containers/0/env/7/valueFrom/secretKeyRef/name";
        spec.edits.push(Edit::new("DaemonSet", "datadog", "datadog-agent", name, Some(json!("datadog"))));
    },
};

//! A hardening guide told somebody to switch off the token of every account.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "token-not-mounted",
    check: "token-not-mounted",
    distributions: &["kubeadm"],
    change: |spec| {
        let field = "/automountServiceAccountToken";
        spec.edits.push(Edit::new("ServiceAccount", "datadog", "datadog-agent", field, Some(json!(false))));
    },
};

//! The runners look for the API key under the name that the operator gives it.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "referenced-entry-missing",
    check: "referenced-object-missing",
    distributions: &["kubeadm"],
    change: |spec| {
        let key = "/spec/template/spec/containers/0/env/5/valueFrom/secretKeyRef/key";
        spec.edits.push(Edit::new(
            "Deployment",
            "datadog",
            "datadog-agent-clusterchecks",
            key,
            Some(json!("api_key")),
        ));
    },
};

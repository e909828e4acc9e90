//! The Cluster Agent's pod template switches its token off.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "token-not-mounted-in-cluster-agent",
    check: "token-not-mounted",
    distributions: &["kubeadm"],
    change: |spec| {
        let field = "/spec/template/spec/automountServiceAccountToken";
        spec.edits.push(Edit::new(
            "Deployment",
            "datadog",
            "datadog-agent-cluster-agent",
            field,
            Some(json!(false)),
        ));
    },
};

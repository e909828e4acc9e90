//! Cluster checks were switched off at a time when nobody had any.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "cluster-checks-off",
    check: "cluster-checks-off",
    distributions: &["kubeadm"],
    change: |spec| {
        let value = "/spec/template/spec/containers/0/env/5/value";
        spec.edits.push(Edit::new(
            "Deployment",
            "datadog",
            "datadog-agent-cluster-agent",
            value,
            Some(json!("false")),
        ));
    },
};

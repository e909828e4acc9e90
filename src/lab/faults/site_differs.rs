//! The agents were moved to another site, and the Cluster Agent was forgotten.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "site-differs",
    check: "site-differs",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.edits.push(Edit::new(
            "DaemonSet",
            "datadog",
            "datadog-agent",
            "/spec/template/spec/containers/0/env/-",
            Some(json!({"name": "DD_SITE", "value": "datadoghq.eu"})),
        ));
    },
};

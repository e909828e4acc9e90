//! External metrics were switched on without an application key.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "app-key-missing",
    check: "app-key-missing",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.edits.push(Edit::new(
            "Deployment",
            "datadog",
            "datadog-agent-cluster-agent",
            "/spec/template/spec/containers/0/env/-",
            Some(json!({"name": "DD_EXTERNAL_METRICS_PROVIDER_ENABLED", "value": "true"})),
        ));
    },
};

//! Somebody wanted fewer metrics and let the agents leave out kube-system.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "control-plane-containers-excluded",
    check: "control-plane-containers-excluded",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.edits.push(Edit::new(
            "DaemonSet",
            "datadog",
            "datadog-agent",
            "/spec/template/spec/containers/0/env/-",
            Some(json!({"name": "DD_CONTAINER_EXCLUDE", "value": "kube_namespace:^kube-system$"})),
        ));
    },
};

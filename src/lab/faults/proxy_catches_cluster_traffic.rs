//! The agents were given the company's proxy, with exceptions that somebody copied from a laptop.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "proxy-catches-cluster-traffic",
    check: "proxy-catches-cluster-traffic",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.edits.push(Edit::new(
            "DaemonSet",
            "datadog",
            "datadog-agent",
            "/spec/template/spec/containers/0/env/-",
            Some(json!({"name": "HTTPS_PROXY", "value": "http://proxy.example:3128"})),
        ));
        spec.edits.push(Edit::new(
            "DaemonSet",
            "datadog",
            "datadog-agent",
            "/spec/template/spec/containers/0/env/-",
            Some(json!({"name": "NO_PROXY", "value": "localhost,127.0.0.1,.example"})),
        ));
    },
};

//! The annotation of the API server's Service was cut off when it was pasted.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "check-unreadable",
    check: "check-unreadable",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.edits.push(Edit::new(
            "Service",
            "default",
            "kubernetes",
            "/metadata/annotations/ad.datadoghq.com~1endpoints.checks",
            Some(json!("{\"kube_apiserver_metrics\": {\"init_config\": {}, \"instances\": [")),
        ));
    },
};

//! The agents were told years ago to ask their kubelets without TLS, and the kubelets have closed that port since.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "kubelet-read-only-port-asked",
    check: "kubelet-read-only-port-asked",
    distributions: &["kubeadm"],
    change: |spec| {
        for (name, value) in
            [("DD_KUBERNETES_HTTPS_KUBELET_PORT", "0"), ("DD_KUBERNETES_HTTP_KUBELET_PORT", "10255")]
        {
            spec.edits.push(Edit::new(
                "DaemonSet",
                "datadog",
                "datadog-agent",
                "/spec/template/spec/containers/0/env/-",
                Some(json!({"name": name, "value": value})),
            ));
        }
    },
};

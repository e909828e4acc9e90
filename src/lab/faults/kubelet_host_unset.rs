//! The agents take the kubelet's host from the address of their pod, in which nobody listens.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "kubelet-host-unset",
    check: "kubelet-host-unset",
    distributions: &["kubeadm"],
    change: |spec| {
        let field = "/spec/template/spec/containers/0/env/0/valueFrom/fieldRef/fieldPath";
        spec.edits.push(Edit::new(
            "DaemonSet",
            "datadog",
            "datadog-agent",
            field,
            Some(json!("metadata.name")),
        ));
    },
};

//! The agents' manifest was written by hand, without the variable that leads to the kubelet.

use super::Fault;
use crate::lab::edit::Edit;

pub(super) static FAULT: Fault = Fault {
    id: "kubelet-host-missing",
    check: "kubelet-host-unset",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.edits.push(Edit::new(
            "DaemonSet",
            "datadog",
            "datadog-agent",
            "/spec/template/spec/containers/0/env/0",
            None,
        ));
    },
};

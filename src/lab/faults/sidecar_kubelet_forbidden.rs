//! Nobody gave the application's account what its sidecar needs to ask the kubelet through the API server.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "sidecar-kubelet-forbidden",
    check: "sidecar-kubelet-forbidden",
    distributions: &["kubeadm", "eks"],
    change: |spec| spec.rights.bindings.retain(|binding| binding.name != "datadog-agent-sidecar"),
};

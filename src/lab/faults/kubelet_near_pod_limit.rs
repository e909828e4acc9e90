//! The nodes are full of small pods.

use super::Fault;
use crate::model::component::Component;

pub(super) static FAULT: Fault = Fault {
    id: "kubelet-near-pod-limit",
    check: "kubelet-near-pod-limit",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.samples.push((Component::Kubelet, "kubelet_running_pods".to_owned(), "109".to_owned()));
    },
};

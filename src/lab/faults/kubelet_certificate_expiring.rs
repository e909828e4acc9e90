//! Nobody signs what the kubelets ask for, and their certificates end within the hour.

use super::Fault;
use crate::model::component::Component;

pub(super) static FAULT: Fault = Fault {
    id: "kubelet-certificate-expiring",
    check: "kubelet-certificate-expiring",
    distributions: &["kubeadm"],
    change: |spec| {
        let series = "kubelet_certificate_manager_client_ttl_seconds".to_owned();
        spec.samples.push((Component::Kubelet, series, "3127".to_owned()));
    },
};

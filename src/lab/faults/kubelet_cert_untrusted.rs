//! Agents verify certificates that the kubelets have made for themselves.

use super::Fault;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "kubelet-cert-untrusted",
    check: "kubelet-cert-untrusted",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.edit_template("/containers/0/env/1/value", json!("true"));
        for node in &spec.nodes {
            if let Some(certificate) = spec.pki.certificates.get_mut(&node.kubelet.serving) {
                certificate.addresses = vec![node.address];
            }
        }
    },
};

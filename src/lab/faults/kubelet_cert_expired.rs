//! The cluster's CA signed the kubelets' certificates once, and nobody approved the next ones.

use super::Fault;
use crate::lab::spec::Issuer;
use jiff::SignedDuration;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "kubelet-cert-expired",
    check: "kubelet-cert-expired",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.edit_template("/containers/0/env/1/value", json!("true"));
        let issuer = Issuer::Authority("ca".to_owned());
        for node in &spec.nodes {
            let Some(certificate) = spec.pki.certificates.get_mut(&node.kubelet.serving) else { continue };
            certificate.issuer = issuer.clone();
            certificate.addresses = vec![node.address];
            certificate.validity.until = SignedDuration::from_hours(-3);
        }
    },
};

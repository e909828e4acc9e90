//! The cluster's CA signs the kubelets' certificates, without the address by which agents ask.

use super::Fault;
use crate::lab::spec::Issuer;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "kubelet-cert-without-address",
    check: "kubelet-cert-without-address",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.edit_template("/containers/0/env/1/value", json!("true"));
        let issuer = Issuer::Authority("ca".to_owned());
        for node in &spec.nodes {
            let Some(certificate) = spec.pki.certificates.get_mut(&node.kubelet.serving) else { continue };
            certificate.issuer = issuer.clone();
        }
    },
};

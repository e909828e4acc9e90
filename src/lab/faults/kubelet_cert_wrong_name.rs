//! Agents ask their kubelet by the node's name, and its certificate has the name with its domain.

use super::Fault;
use crate::lab::spec::Issuer;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "kubelet-cert-wrong-name",
    check: "kubelet-cert-wrong-name",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.edit_template("/containers/0/env/1/value", json!("true"));
        spec.edit_template("/containers/0/env/0/valueFrom/fieldRef/fieldPath", json!("spec.nodeName"));
        let issuer = Issuer::Authority("ca".to_owned());
        for node in &spec.nodes {
            let Some(certificate) = spec.pki.certificates.get_mut(&node.kubelet.serving) else { continue };
            certificate.issuer = issuer.clone();
            certificate.dns = vec![format!("{}.practice.example", node.name)];
        }
    },
};

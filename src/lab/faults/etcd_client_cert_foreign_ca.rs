//! The agents' client certificate was signed by another cluster's etcd authority, which has the same name as this one's.
//! It is one Secret for all nodes.

use super::Fault;
use crate::lab::spec::Issuer;

/// What the other authority is called in the spec; its subject is that of the true one, byte for byte.
const FOREIGN: &str = "foreign-etcd-ca";

pub(super) static FAULT: Fault = Fault {
    id: "etcd-client-cert-foreign-ca",
    check: "etcd-client-cert-foreign-ca",
    distributions: &["kubeadm"],
    change: |spec| {
        let pki = &mut spec.pki;
        // A name of its own gives it a key of its own.
        if let Some(true_one) = pki.authorities.get("etcd-ca").cloned() {
            pki.authorities.insert(FOREIGN.to_owned(), true_one);
        }
        if let Some(certificate) = pki.certificates.get_mut("datadog-etcd-client") {
            certificate.issuer = Issuer::Authority(FOREIGN.to_owned());
        }
    },
};

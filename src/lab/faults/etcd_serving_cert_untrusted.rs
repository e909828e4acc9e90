//! etcd's authority was made anew under its old name, and the agents' Secret still holds the former one.

use super::Fault;
use crate::lab::spec::Issuer;

/// What the new authority is called in the spec; its subject is that of the former one, byte for byte.
const RENEWED: &str = "renewed-etcd-ca";

pub(super) static FAULT: Fault = Fault {
    id: "etcd-serving-cert-untrusted",
    check: "serving-cert-untrusted",
    distributions: &["kubeadm"],
    change: |spec| {
        // A name of its own gives it a key of its own.
        if let Some(former) = spec.pki.authorities.get("etcd-ca").cloned() {
            spec.pki.authorities.insert(RENEWED.to_owned(), former);
        }
        if let Some(certificate) = spec.last_etcd_serving() {
            certificate.issuer = Issuer::Authority(RENEWED.to_owned());
        }
    },
};

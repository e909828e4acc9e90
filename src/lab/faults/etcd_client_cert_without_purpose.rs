//! The agents' client certificate for etcd was made without a purpose, so that it is good for every one.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "etcd-client-cert-without-purpose",
    check: "etcd-client-cert-without-purpose",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(certificate) = spec.pki.certificates.get_mut("datadog-etcd-client") {
            certificate.purposes.clear();
        }
    },
};

//! The agents' client certificate for etcd was issued with a server's purpose. It is one Secret for all nodes.

use super::Fault;
use crate::lab::spec::Purpose;

pub(super) static FAULT: Fault = Fault {
    id: "etcd-client-cert-without-client-auth",
    check: "etcd-client-cert-without-client-auth",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(certificate) = spec.pki.certificates.get_mut("datadog-etcd-client") {
            certificate.purposes = vec![Purpose::Server];
        }
    },
};

//! The agents' client certificate for etcd ended three days ago, and nobody renewed it. It is one Secret for all nodes.

use super::Fault;
use jiff::SignedDuration;

pub(super) static FAULT: Fault = Fault {
    id: "etcd-client-cert-expired",
    check: "etcd-client-cert-expired",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(certificate) = spec.pki.certificates.get_mut("datadog-etcd-client") {
            certificate.validity.until = SignedDuration::from_hours(-3 * 24);
        }
    },
};

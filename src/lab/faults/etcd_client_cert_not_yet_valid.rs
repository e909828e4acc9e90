//! The agents' client certificate for etcd holds from the day after tomorrow: the clock of whoever issued it was wrong.
//! It is one Secret for all nodes.

use super::Fault;
use jiff::SignedDuration;

pub(super) static FAULT: Fault = Fault {
    id: "etcd-client-cert-not-yet-valid",
    check: "etcd-client-cert-not-yet-valid",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(certificate) = spec.pki.certificates.get_mut("datadog-etcd-client") {
            certificate.validity.from = SignedDuration::from_hours(2 * 24);
        }
    },
};

//! The serving certificate of etcd's last member was renewed on a machine whose clock is ahead.

use super::Fault;
use jiff::SignedDuration;

pub(super) static FAULT: Fault = Fault {
    id: "etcd-serving-cert-not-yet-valid",
    check: "serving-cert-not-yet-valid",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(certificate) = spec.last_etcd_serving() {
            certificate.validity.from = SignedDuration::from_hours(5);
        }
    },
};

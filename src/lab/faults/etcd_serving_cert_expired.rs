//! Nobody renewed the serving certificate of etcd's last member, which runs on with it until it is restarted.

use super::Fault;
use jiff::SignedDuration;

pub(super) static FAULT: Fault = Fault {
    id: "etcd-serving-cert-expired",
    check: "serving-cert-expired",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(certificate) = spec.last_etcd_serving() {
            certificate.validity.until = SignedDuration::from_hours(-3);
        }
    },
};

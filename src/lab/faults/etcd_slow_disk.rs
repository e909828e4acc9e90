//! etcd shares a network volume with everybody else.

use super::Fault;
use crate::model::component::Component;

pub(super) static FAULT: Fault = Fault {
    id: "etcd-slow-disk",
    check: "etcd-slow-disk",
    distributions: &["kubeadm"],
    change: |spec| {
        for (bound, count) in [("0.002", "5"), ("0.008", "60"), ("0.032", "800"), ("2.048", "91007")] {
            let series = format!("etcd_disk_wal_fsync_duration_seconds_bucket{{le=\"{bound}\"}}");
            spec.samples.push((Component::Etcd, series, count.to_owned()));
        }
    },
};

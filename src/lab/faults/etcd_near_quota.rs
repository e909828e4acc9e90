//! Nobody has compacted etcd for months.

use super::Fault;
use crate::model::component::Component;

pub(super) static FAULT: Fault = Fault {
    id: "etcd-near-quota",
    check: "etcd-near-quota",
    distributions: &["kubeadm"],
    change: |spec| {
        for (series, value) in [
            ("etcd_mvcc_db_total_size_in_bytes", "2.126008320e+09"),
            ("etcd_mvcc_db_total_size_in_use_in_bytes", "1.986008320e+09"),
        ] {
            spec.samples.push((Component::Etcd, series.to_owned(), value.to_owned()));
        }
    },
};

//! Much was deleted from etcd, and the file stayed as large as it was.

use super::Fault;
use crate::model::component::Component;

pub(super) static FAULT: Fault = Fault {
    id: "etcd-needs-defragmentation",
    check: "etcd-needs-defragmentation",
    distributions: &["kubeadm"],
    change: |spec| {
        for (series, value) in [
            ("etcd_mvcc_db_total_size_in_bytes", "1.2e+09"),
            ("etcd_mvcc_db_total_size_in_use_in_bytes", "3e+08"),
        ] {
            spec.samples.push((Component::Etcd, series.to_owned(), value.to_owned()));
        }
    },
};

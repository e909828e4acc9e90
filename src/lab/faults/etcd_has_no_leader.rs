//! The members of etcd do not reach each other.

use super::Fault;
use crate::model::component::Component;

pub(super) static FAULT: Fault = Fault {
    id: "etcd-has-no-leader",
    check: "etcd-has-no-leader",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.samples.push((Component::Etcd, "etcd_server_has_leader".to_owned(), "0".to_owned()));
    },
};

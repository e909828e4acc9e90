//! The API server does not get on with etcd, and says so.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "api-server-not-ready",
    check: "api-server-not-ready",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.failing = vec!["etcd".to_owned()];
    },
};

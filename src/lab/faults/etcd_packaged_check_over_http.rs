//! Nobody has configured a check of etcd, so that the agents run the one that they bring along.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "etcd-packaged-check-over-http",
    check: "etcd-packaged-check-over-http",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.agents.checks.remove("etcd.yaml");
    },
};

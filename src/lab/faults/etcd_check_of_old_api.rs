//! The agents' check of etcd was written for etcd 2.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "etcd-check-of-old-api",
    check: "etcd-check-of-old-api",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(check) = spec.agents.checks.get_mut("etcd.yaml") {
            check.settings.push(("use_preview".to_owned(), "false".to_owned()));
        }
    },
};

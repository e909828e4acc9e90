//! The agents' check of etcd attaches to an image of another name.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "etcd-identifier-matches-no-container",
    check: "identifier-matches-no-container",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(check) = spec.agents.checks.get_mut("etcd.yaml") {
            "kube-etcd".clone_into(&mut check.identifier);
        }
    },
};

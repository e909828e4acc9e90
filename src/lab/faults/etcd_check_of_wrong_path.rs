//! The agents' check asks etcd for a path that it does not have.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "etcd-check-of-wrong-path",
    check: "check-names-wrong-path",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(check) = spec.agents.checks.get_mut("etcd.yaml") {
            "https://%%host%%:2379/metricz".clone_into(&mut check.url);
        }
    },
};

//! The path in the agents' check of the scheduler has a slash too many.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "check-names-wrong-path",
    check: "check-names-wrong-path",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(check) = spec.agents.checks.get_mut("kube_scheduler.yaml") {
            "https://127.0.0.1:10259/metrics/".clone_into(&mut check.url);
        }
    },
};

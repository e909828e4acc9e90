//! The agents' check of the scheduler was written by hand, and its author forgot the token. It is one file for all nodes.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "scheduler-no-credentials",
    check: "scheduler-no-credentials",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(check) = spec.agents.checks.get_mut("kube_scheduler.yaml") {
            check.settings.retain(|(key, _)| key != "bearer_token_auth");
        }
    },
};

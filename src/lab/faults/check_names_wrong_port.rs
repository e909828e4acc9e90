//! The agents' check of the scheduler asks the port of its neighbour, the cloud-controller-manager.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "check-names-wrong-port",
    check: "check-names-wrong-port",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(check) = spec.agents.checks.get_mut("kube_scheduler.yaml") {
            "https://127.0.0.1:10258/metrics".clone_into(&mut check.url);
        }
    },
};

//! A run of the scheduler's check takes longer than the time until the next one.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "agent-check-too-slow",
    check: "agent-check-too-slow",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(run) = spec.run("kube_scheduler") {
            run.average_ms = 15_001;
        }
    },
};

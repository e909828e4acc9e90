//! The Agent's check of the scheduler is content with nothing.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "agent-check-without-metrics",
    check: "agent-check-without-metrics",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(run) = spec.run("kube_scheduler") {
            run.samples = 0;
        }
    },
};

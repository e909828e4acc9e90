//! The Agent on the control plane has no check of the scheduler.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "agent-check-not-running",
    check: "agent-check-not-running",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(voice) = spec.voices.get_mut("agents") {
            voice.checks.retain(|run| run.check != "kube_scheduler");
        }
    },
};

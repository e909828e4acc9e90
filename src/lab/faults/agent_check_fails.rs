//! The Agent's check of the scheduler fails, though the scheduler answers.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "agent-check-fails",
    check: "agent-check-fails",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(run) = spec.run("kube_scheduler") {
            run.error = Some(
                "HTTPSConnectionPool(host='127.0.0.1', port=10259): Read timed out. (read timeout=10.0)"
                    .to_owned(),
            );
        }
    },
};

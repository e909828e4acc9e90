//! The agents' check of the scheduler is older than the cluster's release and asks the port without TLS.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "insecure-port-configured",
    check: "insecure-port-configured",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(check) = spec.agents.checks.get_mut("kube_scheduler.yaml") {
            "http://127.0.0.1:10251/metrics".clone_into(&mut check.url);
        }
    },
};

//! The agents' check asks for TLS at the port where etcd serves its metrics in plain HTTP.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "etcd-check-over-tls",
    check: "metrics-scheme-mismatch",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(check) = spec.agents.checks.get_mut("etcd.yaml") {
            "https://127.0.0.1:2381/metrics".clone_into(&mut check.url);
        }
    },
};

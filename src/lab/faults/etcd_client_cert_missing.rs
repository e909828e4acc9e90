//! The agents' check of etcd was written by hand, and its author forgot the client certificate. It is one file for all nodes.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "etcd-client-cert-missing",
    check: "etcd-client-cert-missing",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(check) = spec.agents.checks.get_mut("etcd.yaml") {
            check.settings.retain(|(key, _)| !["tls_cert", "tls_private_key"].contains(&key.as_str()));
        }
    },
};

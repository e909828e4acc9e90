//! The agents' check of the scheduler presents a certificate, and names its file in place of the key's.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "key-is-the-certificate",
    check: "key-is-the-certificate",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(check) = spec.agents.checks.get_mut("kube_scheduler.yaml") {
            for option in ["tls_cert", "tls_private_key"] {
                check.settings.push((option.to_owned(), "/etc/etcd-client/tls.crt".to_owned()));
            }
        }
    },
};

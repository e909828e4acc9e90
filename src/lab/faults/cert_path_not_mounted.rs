//! The agents' check of the scheduler was given the cluster's CA by its path on the node, which the agents do not mount.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "cert-path-not-mounted",
    check: "cert-path-not-mounted",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(check) = spec.agents.checks.get_mut("kube_scheduler.yaml") {
            check.settings.push(("tls_ca_cert".to_owned(), "/etc/kubernetes/pki/ca.crt".to_owned()));
        }
    },
};

//! The agents' check of etcd names the CA by an option of the days of etcd 2.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "etcd-option-under-old-name",
    check: "option-under-old-name",
    distributions: &["kubeadm"],
    change: |spec| {
        let settings = spec.agents.checks.get_mut("etcd.yaml").map(|check| &mut check.settings);
        for (key, _) in settings.into_iter().flatten().filter(|(key, _)| key == "tls_ca_cert") {
            "ssl_ca_certs".clone_into(key);
        }
    },
};

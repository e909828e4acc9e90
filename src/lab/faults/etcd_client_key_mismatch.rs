//! The client certificate was renewed, and the key in its Secret was left as it was.

use super::Fault;
use crate::lab::spec::{SecretEntry, SecretSpec};

pub(super) static FAULT: Fault = Fault {
    id: "etcd-client-key-mismatch",
    check: "etcd-client-key-mismatch",
    distributions: &["kubeadm"],
    change: |spec| {
        // A name of its own gives it a key of its own.
        if let Some(certificate) = spec.pki.certificates.get("datadog-etcd-client").cloned() {
            spec.pki.certificates.insert("datadog-etcd-client-before".to_owned(), certificate);
        }
        let is_agents =
            |secret: &&mut SecretSpec| secret.namespace == "datadog" && secret.name == "etcd-client";
        for secret in spec.secrets.iter_mut().filter(is_agents) {
            let key = SecretEntry::Key("datadog-etcd-client-before".to_owned());
            secret.entries.insert("tls.key".to_owned(), key);
        }
    },
};

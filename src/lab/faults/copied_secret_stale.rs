//! OpenShift has renewed its certificate for etcd's metrics, and the agents go on with the copy of the one before.

use super::Fault;
use crate::lab::spec::SecretEntry;

pub(super) static FAULT: Fault = Fault {
    id: "copied-secret-stale",
    check: "copied-secret-stale",
    distributions: &["openshift4"],
    change: |spec| {
        const RENEWED: &str = "etcd-metric-client-renewed";
        let Some(before) = spec.pki.certificates.get("datadog-etcd-client").cloned() else { return };
        spec.pki.certificates.insert(RENEWED.to_owned(), before);
        let origins = spec.secrets.iter_mut().filter(|secret| secret.namespace == "openshift-etcd-operator");
        for origin in origins {
            origin.entries = [
                ("tls.crt".to_owned(), SecretEntry::Certificate(RENEWED.to_owned())),
                ("tls.key".to_owned(), SecretEntry::Key(RENEWED.to_owned())),
            ]
            .into();
        }
    },
};

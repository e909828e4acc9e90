//! The sidecar has the application key for an API key.

use super::Fault;
use crate::lab::{
    seed::Seed,
    spec::{SecretEntry, SecretSpec},
};

pub(super) static FAULT: Fault = Fault {
    id: "api-key-swapped",
    check: "api-key-malformed",
    distributions: &["kubeadm"],
    change: |spec| {
        let is_copy = |secret: &&mut SecretSpec| secret.namespace == spec.sidecar.account.namespace;
        for secret in spec.secrets.iter_mut().filter(is_copy) {
            let key = Seed(spec.seed).hex::<20>("application key");
            secret.entries.insert("api-key".to_owned(), SecretEntry::Text(key));
        }
    },
};

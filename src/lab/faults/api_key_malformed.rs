//! The API key was written into its Secret with echo, which adds a line feed.

use super::Fault;
use crate::lab::spec::{SecretEntry, SecretSpec};

pub(super) static FAULT: Fault = Fault {
    id: "api-key-malformed",
    check: "api-key-malformed",
    distributions: &["kubeadm"],
    change: |spec| {
        let is_agents =
            |secret: &&mut SecretSpec| secret.namespace == "datadog" && secret.name == "datadog-secret";
        for secret in spec.secrets.iter_mut().filter(is_agents) {
            if let Some(SecretEntry::Text(key)) = secret.entries.get_mut("api-key") {
                key.push('\n');
            }
        }
    },
};

//! Somebody thought of a token for the Cluster Agent, and thought of too short a one.

use super::Fault;
use crate::lab::spec::SecretEntry;

pub(super) static FAULT: Fault = Fault {
    id: "cluster-agent-token-too-short",
    check: "cluster-agent-token-too-short",
    distributions: &["kubeadm"],
    change: |spec| {
        let token = "correct-horse-battery";
        token.clone_into(&mut spec.cluster_agent.token);
        for secret in &mut spec.secrets {
            if let Some(entry) = secret.entries.get_mut("token") {
                *entry = SecretEntry::Text(token.to_owned());
            }
        }
    },
};

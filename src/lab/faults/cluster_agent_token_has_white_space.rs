//! The token was written into its Secret with echo, which adds a line feed.

use super::Fault;
use crate::lab::spec::SecretEntry;

pub(super) static FAULT: Fault = Fault {
    id: "cluster-agent-token-has-white-space",
    check: "cluster-agent-token-has-white-space",
    distributions: &["kubeadm"],
    change: |spec| {
        for secret in &mut spec.secrets {
            if let Some(SecretEntry::Text(token)) = secret.entries.get_mut("token") {
                token.push('\n');
            }
        }
    },
};

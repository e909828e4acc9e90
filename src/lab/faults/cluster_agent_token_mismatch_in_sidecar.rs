//! The copy of the token in the application's namespace is older than the token: an upgrade of the chart drew a new one.

use super::Fault;
use crate::lab::{seed::Seed, spec::SecretEntry};

pub(super) static FAULT: Fault = Fault {
    id: "cluster-agent-token-mismatch-in-sidecar",
    check: "cluster-agent-token-mismatch",
    distributions: &["kubeadm", "eks"],
    change: |spec| {
        let (namespace, (secret, key)) = (&spec.sidecar.account.namespace, &spec.sidecar.cluster_agent.token);
        let copy = spec.secrets.iter_mut().find(|copy| copy.namespace == *namespace && copy.name == *secret);
        if let Some(copy) = copy {
            let older = Seed(spec.seed).hex::<16>("cluster agent token before the last upgrade");
            copy.entries.insert(key.clone(), SecretEntry::Text(older));
        }
    },
};

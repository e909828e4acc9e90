//! The agents take the Cluster Agent's token from a Secret that an older release left behind.

use super::Fault;
use crate::lab::{
    seed::Seed,
    spec::{SecretEntry, SecretSpec},
};
use std::collections::BTreeMap;

/// The Secret that nobody removed.
const LEFT_BEHIND: &str = "datadog-cluster-agent";

pub(super) static FAULT: Fault = Fault {
    id: "cluster-agent-token-mismatch",
    check: "cluster-agent-token-mismatch",
    distributions: &["kubeadm"],
    change: |spec| {
        let token = Seed(spec.seed).hex::<16>("cluster agent token of an older release");
        spec.secrets.push(SecretSpec {
            namespace: spec.agents.account.namespace.clone(),
            name: LEFT_BEHIND.to_owned(),
            labels: BTreeMap::new(),
            entries: BTreeMap::from([("token".to_owned(), SecretEntry::Text(token))]),
        });
        LEFT_BEHIND.clone_into(&mut spec.agents.cluster_agent.token.0);
    },
};

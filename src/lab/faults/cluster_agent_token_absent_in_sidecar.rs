//! The sidecar names a Secret that exists in the Cluster Agent's namespace, and nobody copied it into the application's.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "cluster-agent-token-absent-in-sidecar",
    check: "cluster-agent-token-mismatch",
    distributions: &["kubeadm", "eks"],
    change: |spec| {
        let namespace = &spec.sidecar.account.namespace;
        spec.secrets.retain(|secret| secret.namespace != *namespace);
    },
};

//! The Cluster Agent's role for the election is bound to an account of a former release.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "leader-election-forbidden",
    check: "leader-election-forbidden",
    distributions: &["kubeadm"],
    change: |spec| {
        let name = "datadog-agent-cluster-agent-main";
        spec.rights.bindings.retain(|binding| binding.name != name);
    },
};

//! The agents' manifest was written by hand, without the token for the Cluster Agent.

use super::Fault;
use crate::lab::edit::Edit;

pub(super) static FAULT: Fault = Fault {
    id: "cluster-agent-token-unset",
    check: "cluster-agent-token-mismatch",
    distributions: &["kubeadm"],
    change: |spec| {
        let variable = "/spec/template/spec/containers/0/env/5";
        spec.edits.push(Edit::new("DaemonSet", "datadog", "datadog-agent", variable, None));
    },
};

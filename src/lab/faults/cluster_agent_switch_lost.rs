//! The switch got lost by which the agents ask the Cluster Agent at all.

use super::Fault;
use crate::lab::edit::Edit;

pub(super) static FAULT: Fault = Fault {
    id: "cluster-agent-switch-lost",
    check: "cluster-agent-not-enabled",
    distributions: &["kubeadm"],
    change: |spec| {
        let variable = "/spec/template/spec/containers/0/env/3";
        spec.edits.push(Edit::new("DaemonSet", "datadog", "datadog-agent", variable, None));
    },
};

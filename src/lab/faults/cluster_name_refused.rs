//! The agents take the cluster's name from a file of their image, and it is not a valid one.

use super::Fault;
use crate::lab::edit::Edit;

pub(super) static FAULT: Fault = Fault {
    id: "cluster-name-refused",
    check: "cluster-name-refused",
    distributions: &["kubeadm"],
    change: |spec| {
        let (namespace, name) = (&spec.agents.account.namespace, &spec.agents.account.name);
        let variable = "/spec/template/spec/containers/0/env/8";
        spec.edits.push(Edit::new("DaemonSet", namespace, name, variable, None));
        spec.say(
            "agents",
            "2026-06-01 00:00:00 UTC | CORE | WARN | (pkg/util/kubernetes/clustername/clustername.go:90 in getClusterName) | \"My_Cluster\" isn\u{2019}t a valid cluster name. It must be dot-separated tokens",
        );
    },
};

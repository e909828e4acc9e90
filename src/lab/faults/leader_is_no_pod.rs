//! An Agent of a former installation still holds the Cluster Agents' lease.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "leader-is-no-pod",
    check: "leader-is-no-pod",
    distributions: &["kubeadm"],
    change: |spec| {
        let lease = "datadog-agent-leader-election";
        let holder = Some(json!("datadog-cluster-agent-7c9f5d8b6-x2kqv"));
        spec.edits.push(Edit::new("Lease", "datadog", lease, "/spec/holderIdentity", holder));
    },
};

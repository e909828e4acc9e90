//! The agents' image is pinned to a release of last year, and the Cluster Agent's is not.

use super::Fault;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "agent-and-cluster-agent-skewed",
    check: "agent-and-cluster-agent-skewed",
    distributions: &["kubeadm"],
    change: |spec| spec.edit_template("/containers/0/image", json!("gcr.io/datadoghq/agent:7.70.0")),
};

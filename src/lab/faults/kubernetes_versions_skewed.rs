//! A worker was upgraded before the control plane was.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "kubernetes-versions-skewed",
    check: "kubernetes-versions-skewed",
    distributions: &["kubeadm"],
    change: |spec| {
        let at = "/status/nodeInfo/kubeletVersion";
        spec.edits.push(Edit::new("Node", "", "worker-1", at, Some(json!("v1.37.1"))));
    },
};

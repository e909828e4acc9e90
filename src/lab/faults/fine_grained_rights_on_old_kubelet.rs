//! The finer rights were switched on before the last node was upgraded.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "fine-grained-rights-on-old-kubelet",
    check: "fine-grained-rights-on-old-kubelet",
    distributions: &["kubeadm"],
    change: |spec| {
        let version = "/status/nodeInfo/kubeletVersion";
        spec.edits.push(Edit::new("Node", "", "worker-1", version, Some(json!("v1.31.14"))));
    },
};

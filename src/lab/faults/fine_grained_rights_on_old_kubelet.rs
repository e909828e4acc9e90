//! The finer rights were switched on in a cluster of a release that does not know them.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "fine-grained-rights-on-old-kubelet",
    check: "fine-grained-rights-on-old-kubelet",
    distributions: &["kubeadm"],
    change: |spec| {
        const RELEASE: &str = "v1.31.14";
        RELEASE.clone_into(&mut spec.version);
        spec.edits.push(Edit::new("Node", "", "*", "/status/nodeInfo/kubeletVersion", Some(json!(RELEASE))));
    },
};

//! The sidecar was written by hand from an example for EC2, where nobody needs the node's name.

use super::Fault;
use crate::lab::edit::Edit;

pub(super) static FAULT: Fault = Fault {
    id: "sidecar-node-name-missing",
    check: "sidecar-node-name-missing",
    distributions: &["kubeadm", "eks"],
    change: |spec| {
        let variable = "/spec/template/spec/containers/1/env/1";
        spec.edits.push(Edit::new("Deployment", "shop", "web", variable, None));
    },
};

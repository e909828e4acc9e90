//! The runners belong to a release of their own, which gives the cluster another name.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "cluster-name-differs",
    check: "cluster-name-differs",
    distributions: &["kubeadm"],
    change: |spec| {
        let (namespace, name) = (&spec.runners.account.namespace, &spec.runners.name);
        let value = "/spec/template/spec/containers/0/env/6/value";
        spec.edits.push(Edit::new("Deployment", namespace, name, value, Some(json!("practice-checks"))));
    },
};

//! The agents' manifest was written by hand, without the API key.

use super::Fault;
use crate::lab::edit::Edit;

pub(super) static FAULT: Fault = Fault {
    id: "api-key-unset",
    check: "api-key-missing",
    distributions: &["kubeadm"],
    change: |spec| {
        let variable = "/spec/template/spec/containers/0/env/7";
        spec.edits.push(Edit::new("DaemonSet", "datadog", "datadog-agent", variable, None));
    },
};

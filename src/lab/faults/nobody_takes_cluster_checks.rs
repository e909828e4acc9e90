//! The runners are to take the checks of endpoints, which are for node agents.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "nobody-takes-cluster-checks",
    check: "cluster-checks-off",
    distributions: &["kubeadm"],
    change: |spec| {
        let value = "/spec/template/spec/containers/0/env/0/value";
        spec.edits.push(Edit::new(
            "Deployment",
            "datadog",
            "datadog-agent-clusterchecks",
            value,
            Some(json!("endpointschecks")),
        ));
    },
};

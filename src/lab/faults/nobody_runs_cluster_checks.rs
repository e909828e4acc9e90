//! The runners were scaled to zero for a night, and nobody scaled them back.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "nobody-runs-cluster-checks",
    check: "nobody-runs-cluster-checks",
    distributions: &["kubeadm"],
    change: |spec| {
        for field in ["spec/replicas", "status/replicas", "status/readyReplicas", "status/updatedReplicas"] {
            let field = format!("/{field}");
            spec.edits.push(Edit::new(
                "Deployment",
                "datadog",
                "datadog-agent-clusterchecks",
                &field,
                Some(json!(0)),
            ));
        }
    },
};

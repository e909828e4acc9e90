//! An upgrade drew a new token, and since then only the runners were started again.

use super::Fault;
use crate::lab::edit::Edit;
use jiff::SignedDuration;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "cluster-agent-token-made-anew",
    check: "cluster-agent-token-made-anew",
    distributions: &["kubeadm"],
    change: |spec| {
        let ago = |minutes| spec.now.saturating_sub(SignedDuration::from_mins(minutes)).unwrap_or(spec.now);
        let changed =
            json!([{"manager": "helm", "operation": "Update", "time": ago(90), "fieldsV1": {"f:data": {}}}]);
        let started = "/status/containerStatuses/0/state/running/startedAt";
        spec.edits.extend([
            Edit::new(
                "Secret",
                "datadog",
                "datadog-agent-cluster-agent",
                "/metadata/managedFields",
                Some(changed),
            ),
            Edit::new("Pod", "datadog", "datadog-agent-clusterchecks-*", started, Some(json!(ago(30)))),
        ]);
    },
};

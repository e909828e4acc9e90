//! The agents are not told to leave the packaged check of the scheduler alone, beside the one that was written.

use super::Fault;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "check-runs-twice",
    check: "check-runs-twice",
    distributions: &["kubeadm"],
    change: |spec| {
        let left_alone = "etcd kube_apiserver_metrics kubernetes_state";
        spec.edit_template("/containers/0/env/2/value", json!(left_alone));
    },
};

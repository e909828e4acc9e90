//! metrics-server is gone, and its `APIService` is not.

use super::Fault;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "aggregated-api-unavailable",
    check: "aggregated-api-unavailable",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.objects.push(json!({
            "apiVersion": "apiregistration.k8s.io/v1",
            "kind": "APIService",
            "metadata": {"name": "v1beta1.metrics.k8s.io"},
            "spec": {"service": {"namespace": "kube-system", "name": "metrics-server"}},
            "status": {"conditions": [{"type": "Available", "status": "False", "reason": "ServiceNotFound"}]},
        }));
    },
};

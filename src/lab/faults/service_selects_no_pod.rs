//! The check of the API servers was moved to a Service of its own, whose selector fits no pod.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "service-selects-no-pod",
    check: "service-selects-no-pod",
    distributions: &["kubeadm"],
    change: |spec| {
        const CHECKS: &str = "ad.datadoghq.com/endpoints.checks";
        let at = format!("/metadata/annotations/{}", CHECKS.replace('/', "~1"));
        spec.edits.push(Edit::new("Service", "default", "kubernetes", &at, None));
        let instance = json!({"prometheus_url": "https://%%host%%:6443/metrics", "bearer_token_auth": true});
        let checks = json!({"kube_apiserver_metrics": {"init_config": {}, "instances": [instance]}});
        spec.objects.push(json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {
                "namespace": "kube-system", "name": "apiserver-metrics", "annotations": {CHECKS: checks.to_string()},
            },
            "spec": {
                "clusterIP": "None",
                "selector": {"k8s-app": "kube-apiserver"},
                "ports": [{"name": "https", "port": 6443, "protocol": "TCP", "targetPort": 6443}],
            },
        }));
    },
};

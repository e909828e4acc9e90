//! The Cluster Agent's admission controller was switched off by hand, and its webhook was left behind.

use super::Fault;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "admission-webhook-unreachable",
    check: "admission-webhook-unreachable",
    distributions: &["kubeadm"],
    change: |spec| {
        let service = json!({"namespace": "datadog", "name": "datadog-agent-cluster-agent-admission-controller", "port": 443});
        spec.objects.push(json!({
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "MutatingWebhookConfiguration",
            "metadata": {"name": "datadog-webhook"},
            "webhooks": [{
                "name": "datadog.webhook.agent.config",
                "clientConfig": {"service": service},
                "failurePolicy": "Ignore",
                "timeoutSeconds": 10,
            }],
        }));
    },
};

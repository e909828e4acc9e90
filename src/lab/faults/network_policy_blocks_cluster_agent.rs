//! The Cluster Agent's policy lets in those of its own namespace, and the sidecar lives in another.

use super::Fault;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "network-policy-blocks-cluster-agent",
    check: "network-policy-blocks-cluster-agent",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.objects.push(json!({
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"namespace": "datadog", "name": "datadog-agent-cluster-agent"},
            "spec": {
                "podSelector": {"matchLabels": {"app": "datadog-agent-cluster-agent"}},
                "policyTypes": ["Ingress"],
                "ingress": [{"from": [{"podSelector": {}}], "ports": [{"port": 5005, "protocol": "TCP"}]}],
            },
        }));
    },
};

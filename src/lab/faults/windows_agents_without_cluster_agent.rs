//! The release for Windows nodes, which are made when they are needed, was not joined to the Cluster Agent of the other.

use super::Fault;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "windows-agents-without-cluster-agent",
    check: "windows-agents-without-cluster-agent",
    distributions: &["kubeadm", "eks"],
    change: |spec| {
        let account = &spec.agents.account;
        let (namespace, name) = (&account.namespace, format!("{}-windows", account.name));
        spec.objects.push(json!({
            "apiVersion": "apps/v1",
            "kind": "DaemonSet",
            "metadata": {"namespace": namespace, "name": name},
            "spec": {
                "selector": {"matchLabels": {"app": name}},
                "template": {
                    "metadata": {"labels": {"app": name}},
                    "spec": {
                        "serviceAccountName": account.name,
                        "nodeSelector": {"kubernetes.io/os": "windows"},
                        "containers": [{
                            "name": "agent",
                            "image": "gcr.io/datadoghq/agent:7.81.1",
                            "env": [
                                {"name": "DD_API_KEY", "valueFrom": {"secretKeyRef": {"name": "datadog-secret", "key": "api-key"}}},
                                {"name": "DD_KUBERNETES_KUBELET_HOST", "valueFrom": {"fieldRef": {"fieldPath": "status.hostIP"}}},
                            ],
                        }],
                    },
                },
            },
            "status": {
                "desiredNumberScheduled": 0,
                "currentNumberScheduled": 0,
                "numberReady": 0,
                "updatedNumberScheduled": 0,
            },
        }));
    },
};

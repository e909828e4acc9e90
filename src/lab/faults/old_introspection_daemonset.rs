//! The operator was updated, and a `DaemonSet` of its former introspection was left behind.

use super::Fault;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "old-introspection-daemonset",
    check: "old-introspection-daemonset",
    distributions: &["kubeadm"],
    change: |spec| {
        let account = spec.agents.account.clone();
        let (name, pods) = (format!("{}-default", account.name), spec.nodes.len());
        let (secret, key) = spec.agents.cluster_agent.token.clone();
        spec.objects.push(json!({
            "apiVersion": "apps/v1",
            "kind": "DaemonSet",
            "metadata": {
                "namespace": account.namespace,
                "name": name,
                "labels": {"agent.datadoghq.com/provider": "default"},
            },
            "spec": {
                "selector": {"matchLabels": {"app": name}},
                "template": {
                    "metadata": {"labels": {"app": name}},
                    "spec": {
                        "serviceAccountName": account.name,
                        "hostNetwork": true,
                        "dnsPolicy": "ClusterFirstWithHostNet",
                        "tolerations": [{"operator": "Exists"}],
                        "containers": [{
                            "name": "agent",
                            "image": "gcr.io/datadoghq/agent:7.81.1",
                            "env": [
                                {"name": "DD_API_KEY", "valueFrom": {"secretKeyRef": {"name": "datadog-secret", "key": "api-key"}}},
                                {"name": "DD_KUBERNETES_KUBELET_HOST", "valueFrom": {"fieldRef": {"fieldPath": "status.hostIP"}}},
                                {"name": "DD_KUBELET_TLS_VERIFY", "value": "false"},
                                {"name": "DD_CLUSTER_AGENT_ENABLED", "value": "true"},
                                {"name": "DD_CLUSTER_AGENT_KUBERNETES_SERVICE_NAME", "value": spec.agents.cluster_agent.service},
                                {"name": "DD_CLUSTER_AGENT_AUTH_TOKEN", "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}},
                            ],
                        }],
                    },
                },
            },
            "status": {
                "desiredNumberScheduled": pods,
                "currentNumberScheduled": pods,
                "numberReady": pods,
                "updatedNumberScheduled": pods,
            },
        }));
    },
};

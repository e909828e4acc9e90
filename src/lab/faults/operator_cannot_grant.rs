//! The operator was updated by its image alone, and its own role is that of an older version.

use super::Fault;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "operator-cannot-grant",
    check: "operator-cannot-grant",
    distributions: &["kubeadm"],
    change: |spec| {
        let namespace = spec.agents.account.namespace.clone();
        spec.groups.push("datadoghq.com/v2alpha1".to_owned());
        spec.objects.push(json!({
            "apiVersion": "datadoghq.com/v2alpha1",
            "kind": "DatadogAgent",
            "metadata": {"namespace": namespace, "name": "datadog"},
            "spec": {"features": {"clusterChecks": {"enabled": true}}},
            "status": {"conditions": [{
                "type": "DatadogAgentReconcileError",
                "status": "True",
                "reason": "DatadogAgent_reconcile_error",
                "message": "clusterroles.rbac.authorization.k8s.io \"datadog-agent\" is forbidden: user \"system:serviceaccount:datadog:datadog-operator\" is attempting to grant RBAC permissions not currently held:",
            }]},
        }));
    },
};

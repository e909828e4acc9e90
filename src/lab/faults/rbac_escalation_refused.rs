//! The operator is older than what it is told to set up.

use super::Fault;
use crate::lab::spec::VoiceSpec;
use serde_json::{Value, json};

pub(super) static FAULT: Fault = Fault {
    id: "rbac-escalation-refused",
    check: "rbac-escalation-refused",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.objects.extend(operator(&spec.agents.account.namespace));
        let label = ("app.kubernetes.io/name", "datadog-operator");
        spec.voices.insert("operator".to_owned(), VoiceSpec::new(label, "manager"));
        spec.say(
            "operator",
            r#"{"level":"ERROR","msg":"Reconciler error","error":"clusterroles.rbac.authorization.k8s.io \"datadog-agent\" is forbidden: user \"system:serviceaccount:datadog:datadog-operator\" is attempting to grant RBAC permissions not currently held"}"#,
        );
    },
};

/// A Deployment and its pod, as the operator's chart names them.
fn operator(namespace: &str) -> [Value; 2] {
    let labels = json!({"app.kubernetes.io/name": "datadog-operator"});
    let container = json!({"name": "manager", "image": "gcr.io/datadoghq/operator:1.29.0"});
    let pod = json!({"serviceAccountName": "datadog-operator", "containers": [container]});
    let mut running = pod.clone();
    running["nodeName"] = json!("worker-1");
    [
        json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"namespace": namespace, "name": "datadog-operator", "labels": labels},
            "spec": {
                "replicas": 1,
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": pod},
            },
            "status": {"availableReplicas": 1, "readyReplicas": 1, "replicas": 1, "updatedReplicas": 1},
        }),
        json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"namespace": namespace, "name": "datadog-operator-7c9d4", "labels": labels},
            "spec": running,
            "status": {
                "phase": "Running",
                "podIP": "10.244.0.30",
                "conditions": [{"type": "Ready", "status": "True"}],
            },
        }),
    ]
}

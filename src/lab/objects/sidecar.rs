//! An application with an Agent in its own pod, in a namespace of its own.

use super::{
    agents::{IMAGE, cluster_agent_variables, identity},
    pod::{PodParts, drawn_address, pod, suffix},
};
use crate::lab::{seed::Seed, spec::LabSpec};
use serde_json::{Value, json};

/// Account, Deployment and pod.
pub(super) fn all(lab: &LabSpec) -> Vec<Value> {
    let spec = &lab.sidecar;
    let seed = Seed(lab.seed);
    let (namespace, name) = (&spec.account.namespace, &spec.account.name);
    let hash = suffix::<9>(seed, "application");
    let labels = json!({"app": name});
    let mut pod_labels = labels.clone();
    pod_labels["pod-template-hash"] = json!(hash);
    let mut variables = vec![
        // Here it runs beside node agents, which is no fault; on Fargate there are none.
        json!({"name": "DD_EKS_FARGATE", "value": "true"}),
        json!({"name": "DD_KUBERNETES_KUBELET_NODENAME", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "spec.nodeName"}}}),
    ];
    variables.extend(cluster_agent_variables(&spec.cluster_agent));
    variables.extend(identity(lab));
    let template = json!({
        "serviceAccountName": name,
        "serviceAccount": name,
        "containers": [
            {
                "name": name,
                "image": "registry.example/shop/web:1.14.0",
                "env": [{"name": "DD_ENV", "value": "practice"}],
            },
            {"name": "datadog-agent", "image": IMAGE, "env": variables},
        ],
    });
    let mut objects = vec![
        json!({
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"namespace": namespace, "name": name},
        }),
        json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"namespace": namespace, "name": name, "labels": labels, "generation": 1},
            "spec": {
                "replicas": 1,
                "selector": {"matchLabels": labels},
                "strategy": {"type": "RollingUpdate"},
                "template": {"metadata": {"labels": labels}, "spec": template},
            },
            "status": {"availableReplicas": 1, "observedGeneration": 1, "readyReplicas": 1, "replicas": 1, "updatedReplicas": 1},
        }),
    ];
    if let Some(node) = lab.node(&spec.node) {
        let replica_set = format!("{name}-{hash}");
        objects.push(pod(PodParts {
            namespace,
            name: &format!("{replica_set}-{}", suffix::<5>(seed, "application pod")),
            labels: pod_labels,
            annotations: Value::Null,
            owner: ("ReplicaSet", &replica_set, "apps/v1"),
            node,
            address: drawn_address(node, seed, "application"),
            started_at: lab.set_up_at(),
            seed,
            spec: template,
        }));
    }
    objects
}

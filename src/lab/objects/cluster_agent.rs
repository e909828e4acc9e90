//! The Datadog Cluster Agent as the chart's objects.

use super::{
    agents::helm_labels,
    pod::{PodParts, pod, suffix},
};
use crate::lab::{seed::Seed, spec::LabSpec};
use serde_json::{Value, json};

/// Account, Deployment, pod, Service and its endpoints.
pub(super) fn all(lab: &LabSpec) -> Vec<Value> {
    let spec = &lab.cluster_agent;
    let seed = Seed(lab.seed);
    let release = &lab.agents.account.name;
    let namespace = &lab.agents.account.namespace;
    let name = &spec.name;
    let (secret, key) = &spec.token_from;
    let mut labels = helm_labels(release);
    labels["app.kubernetes.io/component"] = json!("cluster-agent");
    let pod_labels = json!({
        "app": name,
        "app.kubernetes.io/name": release,
        "app.kubernetes.io/instance": release,
        "app.kubernetes.io/managed-by": "Helm",
        "app.kubernetes.io/component": "cluster-agent",
    });
    let template = json!({
        "serviceAccountName": name,
        "serviceAccount": name,
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "containers": [{
            "name": "cluster-agent",
            "image": "gcr.io/datadoghq/cluster-agent:7.81.1",
            "ports": [
                {"name": "agentport", "containerPort": 5005, "protocol": "TCP"},
                {"name": "agentmetrics", "containerPort": 5000, "protocol": "TCP"},
            ],
            "env": [
                {"name": "DD_CLUSTER_AGENT_KUBERNETES_SERVICE_NAME", "value": name},
                {"name": "DD_CLUSTER_AGENT_AUTH_TOKEN", "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}},
            ],
        }],
    });
    let port = json!([{"name": "agentport", "port": 5005, "protocol": "TCP"}]);
    let mut service_port = port.clone();
    service_port[0]["targetPort"] = json!(5005);
    let mut objects = vec![
        json!({
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"namespace": namespace, "name": name, "labels": helm_labels(release)},
        }),
        json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"namespace": namespace, "name": name, "labels": labels, "generation": 1},
            "spec": {
                "replicas": 1,
                "selector": {"matchLabels": {"app": name}},
                "strategy": {"type": "RollingUpdate"},
                "template": {"metadata": {"name": name, "labels": pod_labels}, "spec": template},
            },
            "status": {"availableReplicas": 1, "observedGeneration": 1, "readyReplicas": 1, "replicas": 1, "updatedReplicas": 1},
        }),
        json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"namespace": namespace, "name": name, "labels": helm_labels(release)},
            "spec": {
                "clusterIP": "10.96.84.31",
                "clusterIPs": ["10.96.84.31"],
                "internalTrafficPolicy": "Cluster",
                "ipFamilies": ["IPv4"],
                "ipFamilyPolicy": "SingleStack",
                "ports": service_port,
                "selector": {"app": name},
                "sessionAffinity": "None",
                "type": "ClusterIP",
            },
            "status": {"loadBalancer": {}},
        }),
        json!({
            "apiVersion": "v1",
            "kind": "Endpoints",
            "metadata": {"namespace": namespace, "name": name, "labels": helm_labels(release)},
            "subsets": [{"addresses": [{"ip": spec.address, "nodeName": spec.node}], "ports": port}],
        }),
    ];
    if let Some(node) = lab.node(&spec.node) {
        let replica_set = format!("{name}-{}", suffix::<9>(seed, "cluster agent"));
        objects.push(pod(PodParts {
            namespace,
            name: &format!("{replica_set}-{}", suffix::<5>(seed, "cluster agent pod")),
            labels: pod_labels,
            annotations: Value::Null,
            owner: ("ReplicaSet", &replica_set, "apps/v1"),
            node,
            address: Some(spec.address),
            started_at: lab.set_up_at(),
            seed,
            spec: template,
        }));
    }
    objects
}

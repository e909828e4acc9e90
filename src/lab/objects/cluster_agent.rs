//! The Datadog Cluster Agent as the chart's objects.

use super::{
    agents::{helm_labels, identity},
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
    let mut variables = vec![
        json!({"name": "DD_CLUSTER_AGENT_KUBERNETES_SERVICE_NAME", "value": name}),
        json!({"name": "DD_CLUSTER_AGENT_AUTH_TOKEN", "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}),
        json!({"name": "DD_POD_NAME", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}}),
        json!({"name": "DD_LEADER_ELECTION", "value": "true"}),
        json!({"name": "DD_LEADER_LEASE_NAME", "value": lease_name(lab)}),
        json!({"name": "DD_CLUSTER_CHECKS_ENABLED", "value": "true"}),
        json!({"name": "DD_EXTRA_CONFIG_PROVIDERS", "value": "kube_endpoints kube_services"}),
        json!({"name": "DD_EXTRA_LISTENERS", "value": "kube_endpoints kube_services"}),
    ];
    variables.extend(identity(lab));
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
            "env": variables,
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
        objects.push(pod(PodParts {
            namespace,
            name: &pod_name(lab),
            labels: pod_labels,
            annotations: Value::Null,
            owner: ("ReplicaSet", &replica_set(lab), "apps/v1"),
            node,
            address: Some(spec.address),
            started_at: lab.set_up_at(),
            seed,
            spec: template,
        }));
    }
    objects
}

fn replica_set(lab: &LabSpec) -> String {
    format!("{}-{}", lab.cluster_agent.name, suffix::<9>(Seed(lab.seed), "cluster agent"))
}

/// The name of its pod, by which it says that it leads.
pub(super) fn pod_name(lab: &LabSpec) -> String {
    format!("{}-{}", replica_set(lab), suffix::<5>(Seed(lab.seed), "cluster agent pod"))
}

/// The lease by which it says so.
pub(super) fn lease_name(lab: &LabSpec) -> String {
    format!("{}-leader-election", lab.agents.account.name)
}

//! The runners of cluster checks as the chart's objects.

use super::{
    agents::{IMAGE, cluster_agent_variables, helm_labels, identity},
    pod::{PodParts, drawn_address, pod, suffix},
};
use crate::lab::{seed::Seed, spec::LabSpec};
use serde_json::{Value, json};

/// Account, Deployment and pod.
pub(super) fn all(lab: &LabSpec) -> Vec<Value> {
    let spec = &lab.runners;
    let seed = Seed(lab.seed);
    let (namespace, name) = (&spec.account.namespace, &spec.name);
    let release = &lab.agents.account.name;
    let mut labels = helm_labels(release);
    labels["app.kubernetes.io/component"] = json!("clusterchecks-agent");
    let pod_labels = json!({
        "app": name,
        "app.kubernetes.io/name": release,
        "app.kubernetes.io/instance": release,
        "app.kubernetes.io/managed-by": "Helm",
        "app.kubernetes.io/component": "clusterchecks-agent",
    });
    let mut variables = vec![
        json!({"name": "DD_EXTRA_CONFIG_PROVIDERS", "value": "clusterchecks"}),
        json!({"name": "DD_CLC_RUNNER_ENABLED", "value": "true"}),
    ];
    variables.extend(cluster_agent_variables(&spec.cluster_agent));
    variables.extend(identity(lab));
    let template = json!({
        "serviceAccountName": spec.account.name,
        "serviceAccount": spec.account.name,
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "containers": [{
            "name": "agent",
            "image": IMAGE,
            "command": ["bash", "-c"],
            "args": ["rm -rf /etc/datadog-agent/conf.d && touch /etc/datadog-agent/datadog.yaml && exec agent run"],
            "env": variables,
            "volumeMounts": [{"name": "config", "mountPath": "/etc/datadog-agent"}],
        }],
        "volumes": [{"name": "config", "emptyDir": {}}],
    });
    let mut objects = vec![
        json!({
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"namespace": namespace, "name": spec.account.name, "labels": helm_labels(release)},
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
    ];
    if let Some(node) = lab.node(&lab.cluster_agent.node) {
        let replica_set = format!("{name}-{}", suffix::<9>(seed, "runners"));
        objects.push(pod(PodParts {
            namespace,
            name: &format!("{replica_set}-{}", suffix::<5>(seed, "runner")),
            labels: pod_labels,
            annotations: Value::Null,
            owner: ("ReplicaSet", &replica_set, "apps/v1"),
            node,
            address: drawn_address(node, seed, "runner"),
            started_at: lab.set_up_at(),
            seed,
            spec: template,
        }));
    }
    objects
}

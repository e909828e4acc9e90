//! Pods of the workloads that the spec gives as plain objects: the add-ons of a new cluster.

use super::pod::{PodParts, drawn_address, pod, suffix};
use crate::lab::{
    seed::Seed,
    spec::{LabSpec, NodeSpec},
};
use serde_json::Value;

/// A pod on every node for each `DaemonSet`, and for each Deployment as many as it wants, over all nodes in turn.
pub(super) fn pods(lab: &LabSpec) -> Vec<Value> {
    let mut pods = Vec::new();
    for workload in &lab.objects {
        match workload["kind"].as_str() {
            Some("DaemonSet") => {
                pods.extend(lab.members().map(|node| pod_of(lab, workload, node, "DaemonSet", "")));
            }
            Some("Deployment") => {
                let wanted = workload["spec"]["replicas"].as_u64().unwrap_or(1);
                for (count, node) in (0..wanted).zip(lab.members().cycle()) {
                    pods.push(pod_of(lab, workload, node, "ReplicaSet", &count.to_string()));
                }
            }
            _ => {}
        }
    }
    pods
}

fn pod_of(lab: &LabSpec, workload: &Value, node: &NodeSpec, owner_kind: &str, count: &str) -> Value {
    let seed = Seed(lab.seed);
    let name = workload["metadata"]["name"].as_str().unwrap_or_default();
    let owner = match owner_kind {
        "ReplicaSet" => format!("{name}-{}", suffix::<9>(seed, name)),
        _ => name.to_owned(),
    };
    let template = &workload["spec"]["template"];
    let purpose = format!("{name} {count} on {}", node.name);
    let address = (!template["spec"]["hostNetwork"].as_bool().unwrap_or_default())
        .then(|| drawn_address(node, seed, &purpose));
    pod(PodParts {
        namespace: workload["metadata"]["namespace"].as_str().unwrap_or_default(),
        name: &format!("{owner}-{}", suffix::<5>(seed, &purpose)),
        labels: template["metadata"]["labels"].clone(),
        annotations: Value::Null,
        owner: (owner_kind, &owner, "apps/v1"),
        node,
        address: address.flatten(),
        started_at: lab.set_up_at(),
        seed,
        spec: template["spec"].clone(),
    })
}

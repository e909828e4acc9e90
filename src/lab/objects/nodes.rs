//! Node objects.

use crate::lab::{
    seed::Seed,
    spec::{LabSpec, NodeSpec},
};
use serde_json::{Value, json};

/// A node whose kubelet reports that all is well.
pub(super) fn node(lab: &LabSpec, spec: &NodeSpec) -> Value {
    let seed = Seed(lab.seed);
    let since = lab.set_up_at();
    let conditions: Vec<Value> = [
        ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
        ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
    ]
    .into_iter()
    .map(|(kind, status, reason, message)| {
        json!({
            "type": kind,
            "status": status,
            "reason": reason,
            "message": message,
            "lastHeartbeatTime": lab.now,
            "lastTransitionTime": since,
        })
    })
    .collect();
    let taints: Vec<Value> = spec
        .taints
        .iter()
        .map(|taint| {
            let mut object = json!({"key": taint.key, "effect": taint.effect});
            if !taint.value.is_empty() {
                object["value"] = json!(taint.value);
            }
            object
        })
        .collect();
    let mut object = json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": spec.name,
            "labels": spec.labels,
            "annotations": {
                "node.alpha.kubernetes.io/ttl": "0",
                "volumes.kubernetes.io/controller-managed-attach-detach": "true",
            },
        },
        "spec": {"podCIDR": spec.pod_cidr, "podCIDRs": [spec.pod_cidr]},
        "status": {
            "addresses": [
                {"type": "InternalIP", "address": spec.address},
                {"type": "Hostname", "address": spec.name},
            ],
            "allocatable": {"cpu": "2", "memory": "3949808Ki", "pods": "110"},
            "capacity": {"cpu": "2", "memory": "4052208Ki", "pods": "110"},
            "conditions": conditions,
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": {
                "architecture": "amd64",
                "bootID": seed.uuid(&format!("boot {}", spec.name)),
                "containerRuntimeVersion": "containerd://2.1.9",
                "kernelVersion": "6.1.0-31-amd64",
                "kubeProxyVersion": "",
                "kubeletVersion": "v1.36.2",
                "machineID": seed.hex::<16>(&format!("machine {}", spec.name)),
                "operatingSystem": "linux",
                "osImage": "Debian GNU/Linux 12 (bookworm)",
                "systemUUID": seed.uuid(&format!("system {}", spec.name)),
            },
        },
    });
    if !taints.is_empty() {
        object["spec"]["taints"] = Value::Array(taints);
    }
    object
}

//! Heapster was installed in 2017 and never removed.

use super::Fault;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "heapster-retired",
    check: "heapster-retired",
    distributions: &["kubeadm"],
    change: |spec| {
        for (name, image) in [
            ("heapster", "gcr.io/google_containers/heapster-amd64:v1.4.0"),
            ("monitoring-influxdb", "gcr.io/google_containers/heapster-influxdb-amd64:v1.3.3"),
        ] {
            spec.objects.push(json!({
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"namespace": "kube-system", "name": name, "labels": {"k8s-app": name}},
                "spec": {
                    "replicas": 1,
                    "selector": {"matchLabels": {"k8s-app": name}},
                    "template": {
                        "metadata": {"labels": {"k8s-app": name}},
                        "spec": {"containers": [{"name": name, "image": image}]},
                    },
                },
                "status": {"replicas": 1, "readyReplicas": 1, "updatedReplicas": 1, "availableReplicas": 1},
            }));
        }
    },
};

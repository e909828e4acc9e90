//! PushProx was installed with the node selector of K3s, which fits no node of another product.

use super::Fault;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "pushprox-selects-nothing",
    check: "pushprox-selects-nothing",
    distributions: &["kubeadm", "rke1"],
    change: |spec| {
        let name = "pushprox-kube-scheduler-client";
        spec.objects
            .retain(|object| object["kind"] != "Pod" || object["metadata"]["labels"]["k8s-app"] != name);
        for slice in spec.objects.iter_mut().filter(|object| object["kind"] == "EndpointSlice") {
            if slice["metadata"]["labels"]["kubernetes.io/service-name"] == "pushprox-kube-scheduler-datadog"
            {
                slice["endpoints"] = json!([]);
            }
        }
        spec.objects.push(json!({
            "apiVersion": "apps/v1",
            "kind": "DaemonSet",
            "metadata": {"namespace": "cattle-monitoring-system", "name": name},
            "spec": {
                "selector": {"matchLabels": {"component": name}},
                "template": {
                    "metadata": {"labels": {"component": name}},
                    "spec": {
                        "nodeSelector": {"node-role.kubernetes.io/master": "true"},
                        "containers": [{"name": name, "image": "rancher/pushprox-client:v0.1.0"}],
                    },
                },
            },
            "status": {
                "desiredNumberScheduled": 0,
                "currentNumberScheduled": 0,
                "numberReady": 0,
                "updatedNumberScheduled": 0,
            },
        }));
    },
};

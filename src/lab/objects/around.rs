//! What stands around the control plane and the agents in every cluster: leases, addresses behind Services, the API's own
//! groups.

use super::{
    agents::helm_labels,
    cluster_agent::{lease_name, pod_name},
};
use crate::{lab::spec::LabSpec, model::component::Component};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// The groups that the API server registers of itself, as far as somebody looks at them.
const GROUPS: [&str; 4] = ["v1.", "v1.apps", "v1.coordination.k8s.io", "v1.rbac.authorization.k8s.io"];

/// All of it.
pub(super) fn all(lab: &LabSpec) -> Vec<Value> {
    let mut objects = Vec::new();
    for group in GROUPS {
        objects.push(json!({
            "apiVersion": "apiregistration.k8s.io/v1",
            "kind": "APIService",
            "metadata": {"name": group, "labels": {"kube-aggregator.kubernetes.io/automanaged": "onstart"}},
            "spec": {"groupPriorityMinimum": 17800, "versionPriority": 15},
            "status": {"conditions": [{"type": "Available", "status": "True", "reason": "Local"}]},
        }));
    }
    for program in ["kube-scheduler", "kube-controller-manager"] {
        let leader = lab.nodes.first().map(|node| node.name.as_str()).unwrap_or_default();
        objects.push(lease(
            lab,
            "kube-system",
            program,
            &format!("{leader}_7b0f2a1c-5d3e-4f60-9a1b-2c3d4e5f6a7b"),
            15,
        ));
    }
    objects.extend(lab.members().map(|node| lease(lab, "kube-node-lease", &node.name, &node.name, 40)));
    let servers = lab.components.iter().filter(|part| part.component == Component::ApiServer);
    let servers: Vec<Value> = servers
        .filter_map(|server| lab.node(&server.node))
        .map(|node| json!({"addresses": [node.address], "conditions": {"ready": true}}))
        .collect();
    objects.push(slice(
        "default",
        "kubernetes",
        &json!({}),
        &servers,
        &json!({"name": "https", "port": 6443, "protocol": "TCP"}),
    ));
    if lab.has_datadog {
        objects.extend(of_cluster_agent(lab));
    }
    objects
}

/// The lease of the Cluster Agent's leader, and the address behind its Service.
fn of_cluster_agent(lab: &LabSpec) -> Vec<Value> {
    let (namespace, spec) = (&lab.agents.account.namespace, &lab.cluster_agent);
    let pod = json!({"kind": "Pod", "namespace": namespace, "name": pod_name(lab)});
    let endpoint = json!({
        "addresses": [spec.address], "conditions": {"ready": true}, "nodeName": spec.node, "targetRef": pod,
    });
    let port = json!({"name": "agentport", "port": 5005, "protocol": "TCP"});
    let labels = helm_labels(&lab.agents.account.name);
    vec![
        lease(lab, namespace, &lease_name(lab), &pod_name(lab), 60),
        slice(namespace, &spec.name, &labels, &[endpoint], &port),
    ]
}

fn lease(lab: &LabSpec, namespace: &str, name: &str, holder: &str, seconds: u32) -> Value {
    let renewed = lab.now.saturating_sub(SignedDuration::from_secs(4)).unwrap_or(lab.now);
    json!({
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {
            "holderIdentity": holder,
            "leaseDurationSeconds": seconds,
            "acquireTime": lab.set_up_at(),
            "renewTime": renewed,
            "leaseTransitions": 1,
        },
    })
}

fn slice(namespace: &str, service: &str, labels: &Value, endpoints: &[Value], port: &Value) -> Value {
    let mut labels = labels.clone();
    labels["kubernetes.io/service-name"] = json!(service);
    json!({
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"namespace": namespace, "name": service, "labels": labels},
        "addressType": "IPv4",
        "endpoints": endpoints,
        "ports": [port],
    })
}

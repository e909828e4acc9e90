//! A practice cluster as RKE1 makes it with Rancher's monitoring: components in containers that are no pods, and beside them
//! the pods of PushProx, by which they are found.

use super::{
    edit::Edit,
    kubeadm::annotate,
    spec::{LabSpec, Shown},
};
use crate::model::component::Component;
use jiff::Timestamp;
use serde_json::{Value, json};

const MONITORING: &str = "cattle-monitoring-system";

/// The components with the name of their relay and their port.
const PARTS: [(Component, &str, u16); 3] = [
    (Component::Etcd, "kube-etcd", 2379),
    (Component::ControllerManager, "kube-controller-manager", 10257),
    (Component::Scheduler, "kube-scheduler", 10259),
];

impl LabSpec {
    /// A healthy cluster of RKE1 with rancher-monitoring, one control-plane node and one worker.
    #[must_use]
    pub fn rke1(now: Timestamp) -> Self {
        let mut spec = Self::kubeadm(now);
        "v1.30.14".clone_into(&mut spec.version);
        for node in &mut spec.nodes {
            let is_control_plane = !node.taints.is_empty();
            node.labels.retain(|key, _| !key.starts_with("node-role.") && !key.ends_with("load-balancers"));
            let roles: &[&str] = if is_control_plane { &["controlplane", "etcd"] } else { &["worker"] };
            for role in roles {
                node.labels.insert(format!("node-role.kubernetes.io/{role}"), "true".to_owned());
            }
            for taint in &mut node.taints {
                "node-role.kubernetes.io/controlplane".clone_into(&mut taint.key);
                "true".clone_into(&mut taint.value);
            }
        }
        for toleration in &mut spec.agents.tolerations {
            toleration.key = Some("node-role.kubernetes.io/controlplane".to_owned());
        }
        for component in &mut spec.components {
            component.shown = Shown::Nothing;
            if matches!(component.component, Component::ControllerManager | Component::Scheduler) {
                component.flags.insert("bind-address".to_owned(), "0.0.0.0".to_owned());
            }
        }
        // Its kubelets know the finer rights to them not yet.
        for rule in spec
            .rights
            .roles
            .iter_mut()
            .filter(|role| role.name == "datadog-agent")
            .flat_map(|role| &mut role.rules)
        {
            if rule.resources.iter().any(|resource| resource == "nodes/pods") {
                rule.resources.push("nodes/proxy".to_owned());
            }
        }
        spec.annotated.clear();
        spec.agents.checks.clear();
        spec.objects.retain(|object| object["metadata"]["name"] != "kubeadm-config");
        spec.objects.push(json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": MONITORING, "labels": {"kubernetes.io/metadata.name": MONITORING}},
        }));
        for (component, relay, port) in PARTS {
            let objects = relayed(&spec, component, relay, port);
            spec.objects.extend(objects);
        }
        let edit = |at: &str, to: Value| Edit::new("Node", "", "*", at, Some(to));
        spec.edits.extend([
            edit("/metadata/annotations/rke.cattle.io~1internal-ip", json!("192.0.2.11")),
            edit("/status/nodeInfo/containerRuntimeVersion", json!("docker://27.5.1")),
            edit("/status/nodeInfo/kubeletVersion", json!("v1.30.14")),
        ]);
        spec
    }
}

/// A relay's pods on the control plane, and the annotated Service in front of them, with its addresses.
fn relayed(spec: &LabSpec, component: Component, relay: &str, port: u16) -> Vec<Value> {
    let label = format!("pushprox-{relay}-client");
    let nodes = spec.members().filter(|node| !node.taints.is_empty());
    let pod = |node: &super::spec::NodeSpec| format!("{label}-{}", node.name);
    let mut objects: Vec<Value> = nodes
        .clone()
        .map(|node| {
            json!({
                "apiVersion": "v1", "kind": "Pod",
                "metadata": {
                    "namespace": MONITORING, "name": pod(node), "labels": {"k8s-app": label},
                    "ownerReferences": [{"apiVersion": "apps/v1", "kind": "DaemonSet", "name": label, "controller": true}],
                },
                "spec": {
                    "nodeName": node.name, "hostNetwork": true,
                    "containers": [{"name": "pushprox-client", "image": "rancher/pushprox-client:v0.1.4-rancher2"}],
                },
                "status": {
                    "phase": "Running", "podIP": node.address, "hostIP": node.address,
                    "conditions": [{"type": "Ready", "status": "True"}],
                },
            })
        })
        .collect();
    let endpoints: Vec<Value> = nodes
        .map(|node| {
            json!({
                "addresses": [node.address], "conditions": {"ready": true}, "nodeName": node.name,
                "targetRef": {"kind": "Pod", "namespace": MONITORING, "name": pod(node)},
            })
        })
        .collect();
    let service = format!("pushprox-{relay}-datadog");
    let mut instance = json!({"prometheus_url": format!("https://%%host%%:{port}/metrics")});
    if component == Component::Etcd {
        for (option, file) in
            [("tls_ca_cert", "ca.crt"), ("tls_cert", "tls.crt"), ("tls_private_key", "tls.key")]
        {
            instance[option] = json!(format!("/etc/etcd-client/{file}"));
        }
    } else {
        instance["bearer_token_auth"] = json!(true);
        instance["tls_verify"] = json!(false);
    }
    let mut front = json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"namespace": MONITORING, "name": service},
        "spec": {
            "clusterIP": "None", "selector": {"k8s-app": label},
            "ports": [{"name": "metrics", "port": port, "protocol": "TCP"}],
        },
    });
    annotate(&mut front, component.profile().agent_check, &instance);
    objects.push(front);
    objects.push(json!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
        "metadata": {
            "namespace": MONITORING, "name": format!("{service}-9q4ts"),
            "labels": {"kubernetes.io/service-name": service},
        },
        "addressType": "IPv4",
        "endpoints": endpoints,
        "ports": [{"name": "metrics", "port": port, "protocol": "TCP"}],
    }));
    objects
}

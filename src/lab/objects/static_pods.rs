//! The mirror pods of the control plane: their command line is the spec's flags, so that what is read and what is served agree.

use super::{
    agents::annotation,
    pod::{PodParts, pod},
};
use crate::{
    lab::{
        seed::Seed,
        spec::{ComponentSpec, LabSpec, NodeSpec, Shown},
    },
    model::component::Component,
};
use serde_json::{Value, json};

/// One mirror pod for each component whose node exists.
pub(super) fn all(spec: &LabSpec) -> impl Iterator<Item = Value> {
    spec.components.iter().filter_map(|component| match component.shown {
        Shown::StaticPod => Some(static_pod(spec, component, spec.node(&component.node)?)),
        Shown::PodIn { namespace, app } => {
            Some(in_own_namespace(spec, component, spec.node(&component.node)?, namespace, app))
        }
        Shown::Nothing => None,
    })
}

/// A static pod as OpenShift's operators make them: in a namespace of its own, with flags that a file holds.
fn in_own_namespace(
    lab: &LabSpec,
    spec: &ComponentSpec,
    node: &NodeSpec,
    namespace: &str,
    app: &str,
) -> Value {
    let program = spec.component.profile().program;
    let seed = Seed(lab.seed);
    let hash = seed.hex::<16>(&format!("{namespace} {}", node.name));
    pod(PodParts {
        namespace,
        name: &format!("{app}-{}", node.name),
        labels: json!({"app": app, "revision": "7"}),
        annotations: json!({"kubernetes.io/config.mirror": hash, "kubernetes.io/config.source": "file"}),
        owner: ("Node", &node.name, "v1"),
        node,
        address: None,
        started_at: lab.set_up_at(),
        seed,
        spec: json!({
            "containers": [{"name": program, "image": spec.image, "command": ["/bin/bash", "-ec"]}],
            "hostNetwork": true,
            "priorityClassName": "system-node-critical",
            "tolerations": [{"operator": "Exists"}],
        }),
    })
}

fn static_pod(lab: &LabSpec, spec: &ComponentSpec, node: &NodeSpec) -> Value {
    let seed = Seed(lab.seed);
    let program = spec.component.profile().program;
    let command: Vec<String> = [program.to_owned()]
        .into_iter()
        .chain(spec.flags.iter().map(|(name, value)| format!("--{name}={value}")))
        .collect();
    let name = format!("{program}-{}", node.name);
    let hash = seed.hex::<16>(&command.join(" "));
    let mut annotations = json!({
        "kubernetes.io/config.hash": hash,
        "kubernetes.io/config.mirror": hash,
        "kubernetes.io/config.seen": lab.set_up_at(),
        "kubernetes.io/config.source": "file",
    });
    match spec.component {
        Component::Etcd => {
            annotations["kubeadm.kubernetes.io/etcd.advertise-client-urls"] =
                json!(spec.flag("advertise-client-urls"));
        }
        Component::ApiServer => {
            annotations["kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint"] =
                json!(format!("{}:6443", node.address));
        }
        _ => {}
    }
    if let Some(check) = lab.annotated.get(&spec.component) {
        let (key, value) = annotation(check, spec.component.profile().agent_check);
        annotations[key] = json!(value);
    }
    // kubeadm names the port of the probes since 1.34, which for etcd is that of the plain metrics listener.
    let port = match spec.component {
        Component::Etcd => 2381,
        other => other.profile().port,
    };
    let (volume, path) = match spec.component {
        Component::Etcd => ("etcd-certs", "/etc/kubernetes/pki/etcd"),
        Component::Scheduler => ("kubeconfig", "/etc/kubernetes/scheduler.conf"),
        _ => ("k8s-certs", "/etc/kubernetes/pki"),
    };
    pod(PodParts {
        namespace: "kube-system",
        name: &name,
        labels: json!({"component": program, "tier": "control-plane"}),
        annotations,
        owner: ("Node", &node.name, "v1"),
        node,
        address: None,
        started_at: lab.set_up_at(),
        seed,
        spec: json!({
            "containers": [{
                "name": program,
                "image": spec.image,
                "imagePullPolicy": "IfNotPresent",
                "command": command,
                "ports": [{"name": "probe-port", "containerPort": port, "hostPort": port, "protocol": "TCP"}],
                "volumeMounts": [{"name": volume, "mountPath": path, "readOnly": true}],
            }],
            "hostNetwork": true,
            "priority": 2_000_001_000,
            "priorityClassName": "system-node-critical",
            "tolerations": [{"effect": "NoExecute", "operator": "Exists"}],
            "volumes": [{"name": volume, "hostPath": {"path": path}}],
        }),
    })
}

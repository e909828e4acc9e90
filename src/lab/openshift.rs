//! A practice cluster as OpenShift 4 makes it: the control plane's pods in namespaces of its own, etcd's metrics behind a CA
//! for metrics alone.

use super::{
    edit::Edit,
    spec::{AgentCheck, LabSpec, SecretEntry, SecretSpec, Shown},
};
use crate::model::component::Component;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A component with its namespace, the label of its pods, the Service in front of them and its port.
type Part = (Component, &'static str, &'static str, &'static str, (&'static str, u16));

/// All of them.
const PARTS: [Part; 4] = [
    (
        Component::ApiServer,
        "openshift-kube-apiserver",
        "openshift-kube-apiserver",
        "apiserver",
        ("https", 6443),
    ),
    (Component::Etcd, "openshift-etcd", "etcd", "etcd", ("etcd-metrics", METRICS)),
    (
        Component::ControllerManager,
        "openshift-kube-controller-manager",
        "kube-controller-manager",
        "kube-controller-manager",
        ("https", 10257),
    ),
    (
        Component::Scheduler,
        "openshift-kube-scheduler",
        "openshift-kube-scheduler",
        "scheduler",
        ("https", 10259),
    ),
];

/// etcd's proxy for metrics.
const METRICS: u16 = 9979;

/// The Secret that its operator keeps, and the name of the copy in the agents' namespace.
const SECRET: &str = "etcd-metric-client";
const MOUNTED_AT: &str = "/etc/etcd-certs";

impl LabSpec {
    /// A healthy cluster of OpenShift 4.20 with one control-plane node and one worker.
    #[must_use]
    pub fn openshift(now: Timestamp) -> Self {
        let mut spec = Self::kubeadm(now);
        "v1.33.4".clone_into(&mut spec.version);
        for group in [
            "config.openshift.io/v1",
            "route.openshift.io/v1",
            "security.openshift.io/v1",
            "project.openshift.io/v1",
        ] {
            spec.groups.push(group.to_owned());
        }
        for node in &mut spec.nodes {
            node.labels.insert("node.openshift.io/os_id".to_owned(), "rhel".to_owned());
            if !node.taints.is_empty() {
                node.labels.insert("node-role.kubernetes.io/master".to_owned(), String::new());
            }
        }
        for component in &mut spec.components {
            let Some((_, namespace, app, ..)) = PARTS.iter().find(|part| part.0 == component.component)
            else {
                continue;
            };
            component.shown = Shown::PodIn { namespace, app };
            match component.component {
                Component::Etcd => {
                    // On every address: a port-forward arrives at the loopback one.
                    let everywhere = format!("https://0.0.0.0:{METRICS}");
                    component.flags.insert("listen-client-urls".to_owned(), everywhere);
                    component.flags.remove("listen-metrics-urls");
                }
                Component::ControllerManager | Component::Scheduler => {
                    component.flags.insert("bind-address".to_owned(), "0.0.0.0".to_owned());
                }
                _ => {}
            }
        }
        spec.objects.retain(|object| object["metadata"]["name"] != "kubeadm-config");
        let objects = services(&spec);
        spec.objects.extend(objects);
        spec.annotated.clear();
        configure(&mut spec);
        spec.edits.push(Edit::new(
            "Node",
            "",
            "*",
            "/status/nodeInfo/kubeletVersion",
            Some(json!("v1.33.4")),
        ));
        spec.edits.push(Edit::new(
            "Node",
            "",
            "*",
            "/status/nodeInfo/osImage",
            Some(json!("Red Hat Enterprise Linux CoreOS 9.6.20250826-1 (Plow)")),
        ));
        spec
    }
}

/// Namespaces, Services and the addresses behind them.
fn services(spec: &LabSpec) -> Vec<Value> {
    let mut objects = Vec::new();
    for (component, namespace, app, service, (port_name, port)) in PARTS {
        objects.push(json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": namespace, "labels": {"kubernetes.io/metadata.name": namespace}},
        }));
        objects.push(json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": {"namespace": namespace, "name": service},
            "spec": {"selector": {"app": app}, "ports": [{"name": port_name, "port": port}]},
        }));
        let of = spec.components.iter().filter(|part| part.component == component);
        let endpoints: Vec<Value> = of
            .filter_map(|part| spec.node(&part.node))
            .map(|node| {
                json!({
                    "addresses": [node.address],
                    "conditions": {"ready": true},
                    "nodeName": node.name,
                    "targetRef": {"kind": "Pod", "namespace": namespace, "name": format!("{app}-{}", node.name)},
                })
            })
            .collect();
        objects.push(json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": {
                "namespace": namespace, "name": format!("{service}-x7k2p"),
                "labels": {"kubernetes.io/service-name": service},
            },
            "addressType": "IPv4",
            "endpoints": endpoints,
            "ports": [{"name": port_name, "port": port, "protocol": "TCP"}],
        }));
    }
    objects
}

/// The agents with the certificate for metrics alone, copied from its operator's namespace.
fn configure(spec: &mut LabSpec) {
    let check = |identifier: &str, port: u16, settings: &[(&str, &str)]| AgentCheck {
        identifier: identifier.to_owned(),
        url: format!("https://%%host%%:{port}/metrics"),
        settings: settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
    };
    let token = [("bearer_token_auth", "true"), ("tls_verify", "false")];
    let certificate = [
        ("tls_verify", "false"),
        ("tls_cert", "/etc/etcd-certs/tls.crt"),
        ("tls_private_key", "/etc/etcd-certs/tls.key"),
    ];
    spec.agents.checks = [
        ("etcd.yaml", check("etcd", METRICS, &certificate)),
        ("kube_controller_manager.yaml", check("kube-controller-manager", 10257, &token)),
        ("kube_scheduler.yaml", check("kube-scheduler", 10259, &token)),
    ]
    .into_iter()
    .map(|(file, check)| (file.to_owned(), check))
    .collect();
    spec.agents.client_certificate = Some((SECRET.to_owned(), MOUNTED_AT.to_owned()));
    spec.secrets.retain(|secret| secret.name != "etcd-client");
    let entries = || {
        BTreeMap::from([
            ("tls.crt".to_owned(), SecretEntry::Certificate("datadog-etcd-client".to_owned())),
            ("tls.key".to_owned(), SecretEntry::Key("datadog-etcd-client".to_owned())),
        ])
    };
    let agents = spec.agents.account.namespace.clone();
    for namespace in ["openshift-etcd-operator", &agents] {
        spec.secrets.push(SecretSpec {
            namespace: namespace.to_owned(),
            name: SECRET.to_owned(),
            labels: BTreeMap::new(),
            entries: entries(),
        });
    }
    spec.objects.push(json!({
        "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "openshift-etcd-operator"},
    }));
}

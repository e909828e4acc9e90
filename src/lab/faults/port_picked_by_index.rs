//! The check of etcd was moved to its Service, which has a port for clients and one for metrics, and names neither.

use super::Fault;
use crate::{
    lab::{edit::Edit, kubeadm::annotate},
    model::component::Component,
};
use serde_json::{Map, Value, json};

pub(super) static FAULT: Fault = Fault {
    id: "port-picked-by-index",
    check: "port-picked-by-index",
    distributions: &["openshift4"],
    change: |spec| {
        let Some(check) = spec.agents.checks.remove("etcd.yaml") else { return };
        let settings = check.settings.iter().map(|(key, value)| (key.clone(), json!(value)));
        let mut instance: Map<String, Value> = settings.collect();
        instance.insert("prometheus_url".to_owned(), json!("https://%%host%%:%%port%%/metrics"));
        let (namespace, service) = ("openshift-etcd", "etcd");
        let clients = json!({"name": "etcd", "port": 2379, "protocol": "TCP"});
        for object in spec.objects.iter_mut().filter(|object| object["metadata"]["namespace"] == namespace) {
            if object["kind"] == "Service" && object["metadata"]["name"] == service {
                annotate(object, Component::Etcd.profile().agent_check, &json!(instance));
            }
        }
        for (kind, name, ports) in
            [("Service", service, "/spec/ports/-"), ("EndpointSlice", "etcd-x7k2p", "/ports/-")]
        {
            spec.edits.push(Edit::new(kind, namespace, name, ports, Some(clients.clone())));
        }
    },
};

//! Which ports are open in the practice cluster, where, and behind which address of this machine each of them really is.

use super::spec::{ComponentSpec, LabSpec};
use crate::model::component::Component;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// What answers at a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// A component of the control plane on its node, TLS as its flags want it.
    Component(Component, String),
    /// etcd's plain listener for metrics.
    EtcdMetrics,
    /// A node's kubelet.
    Kubelet(String),
    /// The Datadog Cluster Agent.
    ClusterAgent,
}

/// Whose network a port belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Netns {
    /// A node's, which pods with `hostNetwork` share.
    Node(String),
    /// A pod's own, by its address.
    Pod(String),
}

/// An open port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Port {
    pub(super) netns: Netns,
    /// The addresses that it is bound to.
    pub(super) hosts: Vec<IpAddr>,
    pub(super) number: u16,
    pub(super) service: Service,
}

/// The open ports and where they really are.
#[derive(Clone, Debug)]
pub(super) struct Network(pub(super) Vec<(Port, SocketAddr)>);

/// The ports that a cluster has, by its components' flags.
pub(super) fn plan(spec: &LabSpec) -> Vec<Port> {
    let mut ports = Vec::new();
    for component in &spec.components {
        let Some(node) = spec.node(&component.node) else { continue };
        let open = |hosts: Vec<IpAddr>, number: u16, service: Service| Port {
            netns: Netns::Node(node.name.clone()),
            hosts,
            number,
            service,
        };
        let service = Service::Component(component.component, node.name.clone());
        if component.component == Component::Etcd {
            ports.extend(
                listeners(component, "listen-client-urls", node.address)
                    .map(|(hosts, port)| open(hosts, port, service.clone())),
            );
            ports.extend(
                listeners(component, "listen-metrics-urls", node.address)
                    .map(|(hosts, port)| open(hosts, port, Service::EtcdMetrics)),
            );
            continue;
        }
        let bound = component.flag("bind-address").and_then(|address| address.parse::<IpAddr>().ok());
        let hosts = match bound {
            Some(address) if !address.is_unspecified() => vec![address],
            _ => vec![LOOPBACK, node.address],
        };
        let number = component.flag("secure-port").and_then(|port| port.parse().ok());
        ports.push(open(hosts, number.unwrap_or(component.component.profile().port), service));
    }
    let kubelets = spec.nodes.iter().filter(|node| node.kubelet.is_listening);
    ports.extend(kubelets.map(|node| Port {
        netns: Netns::Node(node.name.clone()),
        hosts: vec![LOOPBACK, node.address],
        number: Component::Kubelet.profile().port,
        service: Service::Kubelet(node.name.clone()),
    }));
    ports.push(Port {
        netns: Netns::Pod(spec.cluster_agent.address.to_string()),
        hosts: vec![LOOPBACK, spec.cluster_agent.address],
        number: Component::ClusterAgent.profile().port,
        service: Service::ClusterAgent,
    });
    ports
}

/// The addresses of a list of URLs, those with the same port together.
fn listeners(spec: &ComponentSpec, flag: &str, node: IpAddr) -> impl Iterator<Item = (Vec<IpAddr>, u16)> {
    let mut by_port: BTreeMap<u16, Vec<IpAddr>> = BTreeMap::new();
    for url in spec.flag(flag).unwrap_or_default().split(',') {
        let authority = url.split_once("://").map_or(url, |(_, authority)| authority);
        if let Ok(address) = authority.parse::<SocketAddr>() {
            let hosts = if address.ip().is_unspecified() { vec![LOOPBACK, node] } else { vec![address.ip()] };
            by_port.entry(address.port()).or_default().extend(hosts);
        }
    }
    by_port.into_iter().map(|(port, hosts)| (hosts, port))
}

impl Network {
    /// What somebody who stands on a node can dial: every address that is not loopback, and that node's own loopback.
    pub(super) fn routes(&self, node: &str) -> BTreeMap<(String, u16), SocketAddr> {
        let mut routes = BTreeMap::new();
        for (port, really) in &self.0 {
            let here = port.netns == Netns::Node(node.to_owned());
            let hosts = port.hosts.iter().filter(|host| here || !host.is_loopback());
            routes.extend(hosts.map(|host| ((host.to_string(), port.number), *really)));
        }
        routes
    }

    /// Where a connection to a port of a pod's loopback ends, if anything listens there.
    pub(super) fn behind(&self, pod: &Value, number: u16) -> Option<SocketAddr> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let netns = if pod["spec"]["hostNetwork"].as_bool().unwrap_or_default() {
            Netns::Node(text(&pod["spec"]["nodeName"]))
        } else {
            Netns::Pod(text(&pod["status"]["podIP"]))
        };
        self.0
            .iter()
            .find(|(port, _)| {
                port.netns == netns && port.number == number && port.hosts.iter().any(IpAddr::is_loopback)
            })
            .map(|(_, really)| *really)
    }

    /// Where a service really is.
    pub(super) fn of(&self, wanted: impl Fn(&Service) -> bool) -> Option<SocketAddr> {
        self.0.iter().find(|(port, _)| wanted(&port.service)).map(|(_, really)| *really)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_open_where_the_flags_say() {
        let mut spec = LabSpec::kubeadm("2026-06-01T09:00:00Z".parse().unwrap());
        let reach = |spec: &LabSpec| -> Vec<String> {
            let really = SocketAddr::from(([127, 0, 0, 1], 1));
            let network = Network(plan(spec).into_iter().map(|port| (port, really)).collect());
            network.routes("cp-1").into_keys().map(|(host, port)| format!("{host}:{port}")).collect()
        };
        assert_eq!(
            reach(&spec),
            [
                "10.244.0.10:5005",
                "127.0.0.1:2379",
                "127.0.0.1:2381",
                "127.0.0.1:6443",
                "127.0.0.1:10250",
                "127.0.0.1:10257",
                "127.0.0.1:10259",
                "192.0.2.11:2379",
                "192.0.2.11:6443",
                "192.0.2.11:10250",
                "192.0.2.21:10250",
            ]
        );
        for component in &mut spec.components {
            component.flags.insert("bind-address".to_owned(), "0.0.0.0".to_owned());
            component.flags.insert("listen-metrics-urls".to_owned(), "http://0.0.0.0:2381".to_owned());
        }
        spec.nodes[1].kubelet.is_listening = false;
        let open = reach(&spec);
        for expected in ["127.0.0.1:2381", "192.0.2.11:2381", "192.0.2.11:10259"] {
            assert!(open.contains(&expected.to_owned()), "{expected}");
        }
        assert!(!open.contains(&"192.0.2.21:10250".to_owned()));
    }
}

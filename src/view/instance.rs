//! Which copies of each component run, and by which approaches each can be asked.

use super::{View, configured::Origin, exposed, of_node};
use crate::model::{
    component::Component,
    facts::{Node, Pod},
    question::{ApiRoute, Credential, Endpoint, PodRef, Scheme, Vantage},
    snapshot::{NamedEndpoint, Way},
};
use std::collections::BTreeMap;

/// The flags by which etcd is told where to serve metrics.
const LISTENING: [&str; 3] = ["listen-client-urls", "listen-metrics-urls", "listen-client-http-urls"];

/// How many kubelets of nodes outside the control plane are asked.
const KUBELET_SAMPLE: usize = 3;

/// One running copy of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The component.
    pub component: Component,
    /// Where it runs, as people name it: the node, the pod, or the URL that the user named.
    pub name: String,
    /// The node.
    pub node: Option<String>,
    /// The pod.
    pub pod: Option<PodRef>,
    /// The flags that it runs with, where they can be seen.
    pub flags: Option<BTreeMap<String, String>>,
    /// What the agents ask, or would ask by default.
    pub endpoint: Endpoint,
    /// How it can be asked, the best way first; empty where it cannot be asked from here.
    pub approaches: Vec<Approach>,
    /// Why it cannot be asked, where it cannot.
    pub out_of_reach: Option<String>,
    /// Whether a failure to connect is the endpoint's own fault: it was named, or it was asked from its own node.
    pub answerable: bool,
    /// What the user gave for it, where it is a named endpoint; what its node's files say, where that is looked at alone.
    pub named: Option<NamedEndpoint>,
}

/// One way to ask an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approach {
    /// From where.
    pub vantage: Vantage,
    /// The endpoint as it is called from there.
    pub endpoint: Endpoint,
}

/// All instances, sorted by component and name.
pub(super) fn find(view: &View<'_>) -> Vec<Instance> {
    if let Some(node) = &view.node {
        return of_node::find(view, node);
    }
    let named = &view.snapshot.wanted.endpoints;
    let mut instances: Vec<Instance> = named.iter().map(of_named).collect();
    if named.is_empty() {
        for component in
            [Component::ApiServer, Component::Etcd, Component::ControllerManager, Component::Scheduler]
        {
            instances.extend(view.pods.values().filter_map(|pod| of_static_pod(view, component, pod)));
        }
        instances.extend(exposed::find(view, &instances));
        instances.extend(kubelets(view));
        instances.extend(view.pods.values().filter_map(|pod| of_cluster_agent(view, pod)));
    }
    instances.sort_by(|a, b| (a.component, &a.name).cmp(&(b.component, &b.name)));
    instances
}

fn of_named(named: &NamedEndpoint) -> Instance {
    Instance {
        component: named.component,
        name: format!("{}://{}", named.endpoint.scheme.as_str(), named.endpoint.authority()),
        node: None,
        pod: None,
        flags: None,
        endpoint: named.endpoint.clone(),
        approaches: vec![Approach { vantage: Vantage::Direct, endpoint: named.endpoint.clone() }],
        out_of_reach: None,
        answerable: true,
        named: Some(named.clone()),
    }
}

/// A control-plane component that runs as a static pod, known by its container's image and its label.
fn of_static_pod(view: &View<'_>, component: Component, pod: &Pod) -> Option<Instance> {
    let profile = component.profile();
    if pod.namespace != "kube-system" {
        return None;
    }
    let labelled = pod.labels.get("component").is_some_and(|label| label == profile.program);
    let container =
        pod.containers.iter().find(|container| container.short_image() == profile.program).or_else(|| {
            pod.containers.iter().find(|container| labelled && container.name == profile.program)
        })?;
    if !labelled && !pod.annotations.contains_key("kubernetes.io/config.mirror") {
        return None;
    }
    let node = pod.node.as_deref().and_then(|node| view.nodes.get(node).copied());
    let address = pod.address.clone().or_else(|| Some(node?.address("InternalIP")?.to_owned()))?;
    let flags = &container.flags;
    let endpoint = if component == Component::Etcd {
        etcd_endpoint(view, pod, flags, &address)
    } else {
        let port = flags.get("secure-port").and_then(|port| port.parse().ok()).unwrap_or(profile.port);
        let bound = flags.get("bind-address").map_or("", String::as_str);
        let host = if is_loopback(bound) { bound } else { &address };
        https(host, port, profile.path)
    };
    Some(placed(view, component, &endpoint, node, Some(pod), Some(flags.clone())))
}

/// What the agents ask of etcd: what their configuration says, else the metrics URL that the flags open, else
/// the client URL.
fn etcd_endpoint(view: &View<'_>, pod: &Pod, flags: &BTreeMap<String, String>, address: &str) -> Endpoint {
    let profile = Component::Etcd.profile();
    let configured = view
        .agents
        .configurations(Component::Etcd, Some(pod))
        .unwrap_or_default()
        .into_iter()
        .filter(|configured| !matches!(configured.origin, Origin::Packaged))
        .find_map(|configured| configured.instance.url.as_deref()?.replace("%%host%%", address).parse().ok());
    let opened = || {
        flags
            .get("listen-metrics-urls")?
            .split(',')
            .filter_map(|url| url.parse::<Endpoint>().ok())
            .map(|endpoint| Endpoint { path: profile.path.to_owned(), ..endpoint })
            .next()
    };
    configured.or_else(opened).unwrap_or_else(|| https(address, profile.port, profile.path))
}

/// The kubelets of control-plane nodes and of a few others, or all of them.
fn kubelets(view: &View<'_>) -> Vec<Instance> {
    let (control_plane, others): (Vec<&Node>, Vec<&Node>) =
        view.nodes.values().copied().partition(|node| node.is_labelled_control_plane());
    let sample = if view.snapshot.wanted.all_nodes { usize::MAX } else { KUBELET_SAMPLE };
    control_plane
        .into_iter()
        .chain(others.into_iter().take(sample))
        .filter_map(|node| {
            let profile = Component::Kubelet.profile();
            let address = node.address("InternalIP")?;
            let port = node.kubelet_port.unwrap_or(profile.port);
            Some(placed(
                view,
                Component::Kubelet,
                &https(address, port, profile.path),
                Some(node),
                None,
                None,
            ))
        })
        .collect()
}

fn of_cluster_agent(view: &View<'_>, pod: &Pod) -> Option<Instance> {
    let profile = Component::ClusterAgent.profile();
    let is_labelled = ["app.kubernetes.io/component", "agent.datadoghq.com/component"]
        .iter()
        .any(|label| pod.labels.get(*label).is_some_and(|value| value == "cluster-agent"));
    if !is_labelled {
        return None;
    }
    let address = pod.address.as_deref()?;
    let endpoint = https(address, profile.port, profile.path);
    let mut instance = placed(view, Component::ClusterAgent, &endpoint, None, Some(pod), None);
    instance.name.clone_from(&pod.name);
    Some(instance)
}

/// An instance with the approaches that its endpoint and its node allow.
fn placed(
    view: &View<'_>,
    component: Component,
    endpoint: &Endpoint,
    node: Option<&Node>,
    pod: Option<&Pod>,
    flags: Option<BTreeMap<String, String>>,
) -> Instance {
    let here = node.is_some_and(|node| view.is_here(node));
    let node_name = node.map(|node| node.name.clone()).or_else(|| pod?.node.clone());
    let mut instance = Instance {
        component,
        name: node_name.clone().or_else(|| Some(pod?.name.clone())).unwrap_or_default(),
        node: node_name,
        pod: pod.map(|pod| PodRef { namespace: pod.namespace.clone(), name: pod.name.clone() }),
        flags,
        endpoint: endpoint.clone(),
        approaches: Vec::new(),
        out_of_reach: None,
        answerable: here,
        named: None,
    };
    reach(view, &mut instance, here);
    instance
}

/// Finds the ways to an instance, or says why there is none.
pub(super) fn reach(view: &View<'_>, instance: &mut Instance, here: bool) {
    instance.approaches = approaches(view, instance, here);
    if instance.approaches.is_empty() {
        let Instance { endpoint, name, .. } = &*instance;
        let reason = if endpoint.is_loopback() {
            format!("it listens on {} of {name} only, and this is another machine", endpoint.host)
        } else {
            "no way to it is left by the options".to_owned()
        };
        instance.out_of_reach = Some(reason);
    }
}

/// The ways to an instance, the best first.
///
/// From its own node a direct connection is what the agents make. From elsewhere the API server knows the way: it
/// answers for itself and for kubelets, and forwards ports into pods, where loopback is the pod's own. A direct
/// connection from elsewhere says least and comes last.
fn approaches(view: &View<'_>, instance: &Instance, here: bool) -> Vec<Approach> {
    let standard = if here {
        [Way::Direct, Way::PortForward, Way::ApiServer]
    } else {
        [Way::ApiServer, Way::PortForward, Way::Direct]
    };
    let wanted = view.snapshot.wanted.via.as_deref().unwrap_or(&standard);
    wanted
        .iter()
        .filter_map(|way| match (way, instance.component) {
            (Way::ApiServer, Component::ApiServer) => Some(Vantage::ApiServer(ApiRoute::Itself)),
            // What the API server answers in the place of a component that is hidden from everybody.
            (Way::ApiServer, _) if instance.is_lent() => Some(Vantage::ApiServer(ApiRoute::Itself)),
            (Way::PortForward, _) if instance.is_lent() => None,
            (Way::Direct, _) if instance.is_lent() => view.is_inside().then_some(Vantage::Direct),
            (Way::ApiServer, Component::Kubelet) => {
                Some(Vantage::ApiServer(ApiRoute::Node(instance.node.clone()?)))
            }
            // The proxy drops the caller's credentials, so what asks for some can never be read through it.
            (Way::ApiServer, _) => None,
            (Way::PortForward, _) => Some(Vantage::PortForward(forwardable(view, instance)?)),
            // A pod's own address means something inside the cluster; from elsewhere it is anybody's.
            (Way::Direct, Component::ClusterAgent) => view.is_inside().then_some(Vantage::Direct),
            (Way::Direct, _) => (here || !instance.endpoint.is_loopback()).then_some(Vantage::Direct),
        })
        .map(|vantage| Approach { vantage, endpoint: instance.endpoint.clone() })
        .collect()
}

/// A pod whose network holds the instance: its own, or for a kubelet any pod of its node that shares the node's network.
fn forwardable(view: &View<'_>, instance: &Instance) -> Option<PodRef> {
    instance.pod.clone().or_else(|| {
        view.pods
            .values()
            .find(|pod| pod.host_network && pod.node == instance.node && pod.phase == "Running")
            .map(|pod| PodRef { namespace: pod.namespace.clone(), name: pod.name.clone() })
    })
}

impl Instance {
    /// Whether the API server answers in its place, at a path of an API group.
    #[must_use]
    pub fn is_lent(&self) -> bool {
        self.named.is_none() && self.endpoint.path.starts_with("/apis/")
    }

    /// The ports on which it serves metrics by its flags; `None` where these cannot be seen, or leave it to a file.
    #[must_use]
    pub fn ports(&self) -> Option<Vec<u16>> {
        let flags = self.flags.as_ref().filter(|flags| !flags.is_empty())?;
        if self.component != Component::Etcd {
            let port = flags.get("secure-port").and_then(|port| port.parse().ok());
            return Some(vec![port.unwrap_or(self.component.profile().port)]);
        }
        let urls = LISTENING.iter().filter_map(|flag| flags.get(*flag)).flat_map(|urls| urls.split(','));
        let ports: Vec<u16> = urls.filter_map(|url| Some(url.parse::<Endpoint>().ok()?.port)).collect();
        (!ports.is_empty()).then_some(ports)
    }

    /// The credentials, beside none, that this instance is asked with.
    #[must_use]
    pub fn named_credential(&self) -> Option<&Credential> {
        self.named.as_ref().map(|named| &named.credential)
    }
}

fn is_loopback(address: &str) -> bool {
    address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn https(host: &str, port: u16, path: &str) -> Endpoint {
    Endpoint { scheme: Scheme::Https, host: host.to_owned(), port, path: path.to_owned() }
}

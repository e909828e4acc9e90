//! The components that no static pod shows, where the distribution says that they are: behind Services, as programs of nodes,
//! beside somebody else's relays, at paths of the API server.

use super::{Instance, View, instance::reach};
use crate::{
    distributions::{Exposure, Facts, Listener, Reach, detect},
    model::{
        around,
        component::Component,
        facts::{Node, Pod},
        question::{Endpoint, ListSpec, PodRef, Resource, Scheme},
        surroundings::SliceAddress,
    },
};

/// How many pods of somebody's relays are read: one for each control-plane node.
const MAX_RELAYS: u32 = 30;

/// Where the components of a control plane are that no static pod shows.
pub(super) fn find(view: &View<'_>, found: &[Instance]) -> Vec<Instance> {
    let missing = |component: &Component| !found.iter().any(|instance| instance.component == *component);
    exposures(view, missing)
        .into_iter()
        .flat_map(|(component, exposure)| of(view, component, &exposure))
        .collect()
}

/// How the distribution, as far as it is known, exposes these components of the control plane.
fn exposures(view: &View<'_>, wanted: impl Fn(&Component) -> bool) -> Vec<(Component, Exposure)> {
    const CONTROL_PLANE: [Component; 4] =
        [Component::ApiServer, Component::Etcd, Component::ControllerManager, Component::Scheduler];
    let wanted: Vec<Component> = CONTROL_PLANE.into_iter().filter(wanted).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let detection = detect(&Facts::gather(view.snapshot));
    wanted.into_iter().filter_map(|component| Some((component, detection.exposure(component)?))).collect()
}

/// The addresses and pods that have to be listed before these components can be found.
pub fn lists(view: &View<'_>) -> Vec<ListSpec> {
    let is_found = |component: &Component| {
        view.instances.iter().any(|instance| instance.component == *component && instance.pod.is_some())
    };
    exposures(view, |component| !is_found(component))
        .into_iter()
        .filter_map(|(_, exposure)| match exposure {
            Exposure::Endpoints { namespace, service, .. } => {
                Some(around::endpoint_slices(namespace, service))
            }
            Exposure::Relay { namespace, pods, .. } => Some(relays(namespace, pods)),
            _ => None,
        })
        .collect()
}

fn relays(namespace: &str, pods: &str) -> ListSpec {
    ListSpec::all(Resource::Pods, MAX_RELAYS).within(namespace).labelled(pods)
}

fn of(view: &View<'_>, component: Component, exposure: &Exposure) -> Vec<Instance> {
    let minor = view.release().map_or(u16::MAX, |(_, minor)| u16::try_from(minor).unwrap_or(u16::MAX));
    let usable = |listener: &&Listener| listener.minors.holds(minor) && listener.setting.is_none();
    let Some(listener) = exposure.listeners().iter().find(usable) else { return Vec::new() };
    match *exposure {
        // The API server is one to whoever asks it by the way of its kubeconfig, however many there are.
        Exposure::Endpoints { .. } if component == Component::ApiServer => {
            vec![of_api_server(view, component, listener)]
        }
        Exposure::ThroughApi { .. } => vec![of_api_server(view, component, listener)],
        Exposure::Endpoints { namespace, service, .. } => {
            let slices = view.slices_of(namespace, service).unwrap_or_default();
            let addresses = slices.iter().flat_map(|slice| &slice.addresses);
            addresses.map(|address| behind(view, component, listener, namespace, address)).collect()
        }
        Exposure::Relay { namespace, pods, .. } => {
            let listed = view.snapshot.pods(&relays(namespace, pods));
            let pods = listed.value().map(|listed| listed.items.as_slice()).unwrap_or_default();
            pods.iter().filter_map(|pod| beside(view, component, listener, pod)).collect()
        }
        Exposure::HostNetworkPod { image, .. } => {
            let has_image = |pod: &&&Pod| {
                pod.namespace == "kube-system"
                    && pod.containers.iter().any(|container| container.short_image() == image)
            };
            view.pods
                .values()
                .filter(has_image)
                .filter_map(|pod| beside(view, component, listener, pod))
                .collect()
        }
        Exposure::HostProcess { .. } => {
            let nodes = view.control_plane_nodes().unwrap_or_default();
            nodes.into_iter().filter_map(|node| on(view, component, listener, node)).collect()
        }
        Exposure::Pod { .. } | Exposure::Sidecar { .. } | Exposure::Hidden { .. } => Vec::new(),
    }
}

/// What the API server answers, for itself or in the place of a component.
fn of_api_server(view: &View<'_>, component: Component, listener: &Listener) -> Instance {
    let slices = view.slices_of("default", "kubernetes").unwrap_or_default();
    let address = slices.iter().find_map(|slice| Some((slice.addresses.first()?, slice.ports.first())));
    let (host, port) = match address {
        Some((address, port)) => (address.address.clone(), port.map_or(listener.port, |(_, port)| *port)),
        None => ("kubernetes.default.svc".to_owned(), listener.port),
    };
    let endpoint = Endpoint { scheme: Scheme::Https, host, port, path: listener.path.to_owned() };
    placed(view, component, "default/kubernetes", endpoint, None, None)
}

/// A component at an address behind a Service.
fn behind(
    view: &View<'_>,
    component: Component,
    listener: &Listener,
    namespace: &str,
    address: &SliceAddress,
) -> Instance {
    let endpoint = endpoint(listener, &address.address);
    let pod = address.target.as_ref().filter(|(kind, _)| kind == "Pod");
    let pod = pod.map(|(_, name)| PodRef { namespace: namespace.to_owned(), name: name.clone() });
    let name = address.node.as_deref().unwrap_or(&address.address).to_owned();
    placed(view, component, &name, endpoint, address.node.clone(), pod)
}

/// A component on the node of a pod that shares its node's network.
fn beside(view: &View<'_>, component: Component, listener: &Listener, pod: &Pod) -> Option<Instance> {
    let node = pod.node.as_deref();
    let address =
        pod.address.clone().or_else(|| Some(view.nodes.get(node?)?.address("InternalIP")?.to_owned()))?;
    let reference = PodRef { namespace: pod.namespace.clone(), name: pod.name.clone() };
    let name = node.unwrap_or(&pod.name).to_owned();
    let endpoint = endpoint(listener, &address);
    Some(placed(view, component, &name, endpoint, pod.node.clone(), Some(reference)))
}

/// A component that is a program of a node.
fn on(view: &View<'_>, component: Component, listener: &Listener, node: &Node) -> Option<Instance> {
    let endpoint = endpoint(listener, node.address("InternalIP")?);
    Some(placed(view, component, &node.name, endpoint, Some(node.name.clone()), None))
}

fn endpoint(listener: &Listener, address: &str) -> Endpoint {
    let host = match listener.reach {
        Reach::Loopback => "127.0.0.1",
        Reach::Network => address,
    };
    Endpoint {
        scheme: listener.scheme,
        host: host.to_owned(),
        port: listener.port,
        path: listener.path.to_owned(),
    }
}

fn placed(
    view: &View<'_>,
    component: Component,
    name: &str,
    endpoint: Endpoint,
    node: Option<String>,
    pod: Option<PodRef>,
) -> Instance {
    let here = node.as_deref().and_then(|node| view.nodes.get(node)).is_some_and(|node| view.is_here(node));
    let mut instance = Instance {
        component,
        name: name.to_owned(),
        node,
        pod,
        flags: None,
        endpoint,
        approaches: Vec::new(),
        out_of_reach: None,
        answerable: here,
        named: None,
    };
    reach(view, &mut instance, here);
    instance
}

//! Which of a component's listeners are asked, and by whom: the first that can be, and for etcd the one that takes the least
//! power. It knows no distribution and words nothing.

use super::{
    choices::{Audience, ChecksBy, EtcdSource},
    choose::Context,
    parts::ServiceEndpoints,
    vendor,
};
use crate::{
    distributions::{Access, Exposure, Listener, Reach},
    model::component::Component,
};
use std::collections::BTreeSet;

/// Who asks a listener.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Carrier {
    /// The agent beside a container of this image.
    Beside(&'static str),
    /// The agent of the node, on its network.
    OnNode,
    /// The agent beside a pod that only pauses on the component's nodes.
    BesidePause,
    /// Whoever the Cluster Agent sends.
    Cluster(ServiceEndpoints),
}

/// The Service that leads to whatever runs the API server.
const API: ServiceEndpoints =
    ServiceEndpoints { namespace: "default", name: "kubernetes", by_address: false };

/// A listener with the means by which it is asked.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) listener: Listener,
    pub(super) carrier: Carrier,
    pub(super) kind: EtcdSource,
    /// Ports at which other releases serve the same to holders of the same.
    pub(super) others: Vec<u16>,
}

/// Why a listener cannot be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Obstacle {
    /// It is no way that was chosen.
    Unchosen,
    /// It listens only after a setting.
    Setting,
    /// It takes the node's network, which agents everywhere must not have.
    Network,
    /// It takes files of the node that others lack.
    Files,
    /// Its files have another name on every node.
    Names,
    /// Releases of Kubernetes before this minor have it not.
    Release(u16),
}

/// The first listener of an instance that can be asked; for etcd, the one that takes the least power.
pub(super) fn way(
    component: Component,
    exposure: &Exposure,
    instance: &str,
    context: &Context<'_>,
) -> Result<Way, BTreeSet<Obstacle>> {
    let mut obstacles = BTreeSet::new();
    let mut releases = Vec::new();
    // Where no version is known the newest is meant.
    let minor = context.choices.versions.kubernetes.map_or(u16::MAX, |version| version.1);
    let mut ways: Vec<Way> = Vec::new();
    for listener in exposure.listeners() {
        if listener.instance != instance {
            continue;
        }
        if !listener.minors.holds(minor) {
            releases.push(listener.minors.first);
            continue;
        }
        for kind in kinds(component, listener) {
            match try_way(component, exposure, listener, *kind, context) {
                Ok(way) => ways.push(way),
                Err(obstacle) => _ = obstacles.insert(obstacle),
            }
        }
    }
    // Stable: what the table has first stays first among equals.
    ways.sort_by_key(|way| way.kind);
    if obstacles.is_empty()
        && let Some(first) = releases.into_iter().min()
    {
        obstacles.insert(Obstacle::Release(first));
    }
    let mut ways = ways.into_iter();
    let mut best = ways.next().ok_or(obstacles)?;
    // Listeners that differ by their port alone are those of different releases.
    best.others = ways
        .filter(|way| way.kind == best.kind && best.listener.on(way.listener.port) == way.listener)
        .map(|way| way.listener.port)
        .collect();
    Ok(best)
}

/// The sources that a listener can be; anything but etcd has one of no account.
const fn kinds(component: Component, listener: &Listener) -> &'static [EtcdSource] {
    if !matches!(component, Component::Etcd) {
        return &[EtcdSource::Auto];
    }
    match listener.access {
        Access::SecretCertificate(_) => &[EtcdSource::MetricsCertificate],
        Access::Certificate(_) => &[EtcdSource::NodeCertificate, EtcdSource::Secret],
        _ => &[EtcdSource::Metrics],
    }
}

fn try_way(
    component: Component,
    exposure: &Exposure,
    listener: &Listener,
    kind: EtcdSource,
    context: &Context<'_>,
) -> Result<Way, Obstacle> {
    let choices = context.choices;
    let carrier = carrier(component, exposure, listener, kind, context);
    if component == Component::Etcd && choices.etcd != EtcdSource::Auto && choices.etcd != kind {
        return Err(Obstacle::Unchosen);
    }
    if listener.setting.is_some() && !choices.exposed.contains(&component) {
        return Err(Obstacle::Setting);
    }
    let takes_network = carrier == Carrier::OnNode || listener.reach == Reach::Loopback;
    if takes_network && choices.audience != Audience::ControlPlane {
        return Err(Obstacle::Network);
    }
    match (kind, listener.access) {
        (EtcdSource::NodeCertificate, Access::Certificate(files)) => {
            if choices.audience != Audience::ControlPlane {
                return Err(Obstacle::Files);
            }
            if [files.authority, files.certificate, files.key].iter().any(|path| path.contains('{')) {
                return Err(Obstacle::Names);
            }
        }
        // A key to all that the cluster stores is spread over all nodes only where somebody asks for it.
        (EtcdSource::Secret, _) if choices.etcd == EtcdSource::Auto && choices.audience == Audience::All => {
            return Err(Obstacle::Files);
        }
        _ => {}
    }
    Ok(Way { listener: *listener, carrier, kind, others: Vec::new() })
}

fn carrier(
    component: Component,
    exposure: &Exposure,
    listener: &Listener,
    kind: EtcdSource,
    context: &Context<'_>,
) -> Carrier {
    let is_annotated = context.choices.checks_by == ChecksBy::Annotations;
    match *exposure {
        // The agent beside the pod behind the address has the files of that pod's node.
        Exposure::Endpoints { namespace, service, .. } if is_annotated && namespace != API.namespace => {
            let name = vendor::copied(namespace, service).map_or(service, |copy| copy.name);
            let by_address = kind != EtcdSource::NodeCertificate;
            Carrier::Cluster(ServiceEndpoints { namespace, name, by_address })
        }
        // Whoever is sent to an address behind a Service has the files of its own node, and not of that one.
        Exposure::Endpoints { .. } | Exposure::Relay { .. } if kind == EtcdSource::NodeCertificate => {
            Carrier::OnNode
        }
        Exposure::Relay { namespace, service, .. } => {
            Carrier::Cluster(ServiceEndpoints { namespace, name: service, by_address: true })
        }
        Exposure::Endpoints { namespace, service, .. } => {
            let is_api = (namespace, service) == (API.namespace, API.name);
            Carrier::Cluster(ServiceEndpoints { namespace, name: service, by_address: !is_api })
        }
        Exposure::ThroughApi { .. } => Carrier::Cluster(API),
        Exposure::HostNetworkPod { image, .. } | Exposure::Pod { image, .. } => {
            let others = Component::ALL.into_iter().filter(|other| *other != component);
            let is_shared = others.map(|other| (context.table)(other)).any(|other| is_of(&other, image));
            // An image of several containers of the node would have the check run once for each.
            if is_shared || !listener.instance.is_empty() { Carrier::OnNode } else { Carrier::Beside(image) }
        }
        Exposure::HostProcess { beside: Some(image), .. } => Carrier::Beside(image),
        Exposure::HostProcess { beside: None, .. } if is_annotated => {
            // These run together behind one Service; etcd may have nodes of its own.
            if component != Component::Etcd && listener.reach == Reach::Network {
                Carrier::Cluster(API)
            } else {
                Carrier::BesidePause
            }
        }
        _ => Carrier::OnNode,
    }
}

fn is_of(exposure: &Exposure, name: &str) -> bool {
    matches!(*exposure, Exposure::HostNetworkPod { image, .. } | Exposure::Pod { image, .. } if image == name)
}

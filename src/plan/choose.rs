//! How one component is collected: which of its listeners, by whom, with what. A function of the distribution's table and
//! the choices; it matches no distribution by name.

use super::{
    choices::{Audience, Choices, EtcdSource},
    error::PlanError,
    parts::{CheckFile, Instance, Mount, MountSource, NeededService, Outcome, Planned, ServiceEndpoints},
    vendor,
};
use crate::{
    distributions::{Access, Exposure, Identity, Listener, PkiFiles, PkiSecret, Reach, Setting},
    model::{component::Component, question::Scheme},
};
use std::collections::{BTreeMap, BTreeSet};

/// Where the agents' own account finds the CA of the API server.
const SERVICE_ACCOUNT_CA: &str = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";

/// The name that every API server's certificate is for; it need not be for the address behind the Service, which clouds
/// put in front of it.
const API_SERVER_NAME: &str = "kubernetes.default.svc";

/// Below this, files of the node are mounted into agents under the names that they have on the node.
const HOST: &str = "/host";

/// Where a Secret of one's own is mounted.
const OWN_CERTIFICATE: &str = "/etc/datadog-etcd-client";

/// What is known when a component is planned.
pub(super) struct Context<'a> {
    pub(super) identity: &'a Identity,
    pub(super) table: &'a dyn Fn(Component) -> Exposure,
    pub(super) choices: &'a Choices,
    /// The folder that holds etcd's files, where it is another than the table's.
    pub(super) pki: Option<&'a str>,
    /// Whether switches of chart and operator may do what they can.
    pub(super) allows_switch: bool,
}

/// A component's outcome, and what it takes of everything else.
pub(super) struct Chosen {
    pub(super) planned: Planned,
    pub(super) node_file: Option<CheckFile>,
    pub(super) cluster_file: Option<CheckFile>,
    pub(super) mounts: Vec<Mount>,
    pub(super) needs_host_network: bool,
    /// Whether the packaged configuration of its check must be off.
    pub(super) silences: bool,
    pub(super) settings: Vec<Setting>,
    /// A Service that must be made: its place, and the label of the pods behind it.
    pub(super) service: Option<NeededService>,
    /// A Secret that must be copied to where agents are.
    pub(super) copy: Option<PkiSecret>,
}

/// Who asks a listener.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Carrier {
    /// The agent beside a container of this image.
    Beside(&'static str),
    /// The agent of the node, on its network.
    OnNode,
    /// Whoever the Cluster Agent sends.
    Cluster(ServiceEndpoints),
}

/// A listener with the means by which it is asked.
#[derive(Clone)]
struct Way {
    listener: Listener,
    carrier: Carrier,
    kind: EtcdSource,
    /// Ports at which other releases serve the same to holders of the same.
    others: Vec<u16>,
}

/// Why a listener cannot be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Obstacle {
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

/// Plans one component.
///
/// # Errors
/// Where the source of etcd's metrics that was asked for cannot be.
pub(super) fn choose(component: Component, context: &Context<'_>) -> Result<Chosen, PlanError> {
    let exposure = (context.table)(component);
    match component {
        Component::Kubelet | Component::ClusterAgent => return Ok(everywhere(component, &exposure)),
        Component::ApiServer | Component::Etcd | Component::ControllerManager | Component::Scheduler => {}
    }
    if let Exposure::Hidden { reason, instead } = exposure {
        return Ok(left(component, reason.to_owned(), instead.map(str::to_owned), false));
    }
    if context.choices.audience == Audience::Workers {
        let reason = "these agents run on workers alone".to_owned();
        let instead = "the agents on control-plane nodes collect it: --for control-plane".to_owned();
        return Ok(left(component, reason, Some(instead), false));
    }
    if component == Component::Etcd && context.choices.etcd == EtcdSource::Off {
        return Ok(left(component, "--etcd-source off".to_owned(), None, silences(component, &exposure)));
    }
    let mut ways = Vec::new();
    for instance in exposure.listeners().iter().map(|listener| listener.instance).collect::<BTreeSet<_>>() {
        match way(component, &exposure, instance, context) {
            Ok(way) => ways.push(way),
            Err(obstacles) => {
                let (reason, instead) = words(component, &obstacles);
                if component == Component::Etcd && context.choices.etcd != EtcdSource::Auto {
                    let what = format!("etcd's metrics cannot come from there: {reason}");
                    return Err(PlanError::Contradiction { what, instead });
                }
                return Ok(left(component, reason, Some(instead), silences(component, &exposure)));
            }
        }
    }
    Ok(collected(component, &exposure, &ways, context))
}

/// The first listener of an instance that can be asked; for etcd, the one that takes the least power.
fn way(
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
        .map(|way| way.listener)
        .filter(|it| best.listener.on(it.port) == *it)
        .map(|it| it.port)
        .collect();
    best.others.retain(|port| *port != best.listener.port);
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
    match *exposure {
        // Whoever is sent to an address behind a Service has the files of its own node, and not of that one.
        Exposure::Endpoints { .. } | Exposure::Relay { .. } if kind == EtcdSource::NodeCertificate => {
            Carrier::OnNode
        }
        Exposure::Relay { namespace, service, .. } => {
            Carrier::Cluster(ServiceEndpoints { namespace, name: service, by_address: true })
        }
        Exposure::Endpoints { namespace, service, .. } => {
            let is_api = (namespace, service) == ("default", "kubernetes");
            Carrier::Cluster(ServiceEndpoints { namespace, name: service, by_address: !is_api })
        }
        Exposure::ThroughApi { .. } => {
            Carrier::Cluster(ServiceEndpoints { namespace: "default", name: "kubernetes", by_address: false })
        }
        Exposure::HostNetworkPod { image, .. } | Exposure::Pod { image, .. } => {
            let others = Component::ALL.into_iter().filter(|other| *other != component);
            let is_shared = others.map(|other| (context.table)(other)).any(|other| is_of(&other, image));
            // An image of several containers of the node would have the check run once for each.
            if is_shared || !listener.instance.is_empty() { Carrier::OnNode } else { Carrier::Beside(image) }
        }
        Exposure::HostProcess { beside: Some(image), .. } => Carrier::Beside(image),
        _ => Carrier::OnNode,
    }
}

fn is_of(exposure: &Exposure, name: &str) -> bool {
    matches!(*exposure, Exposure::HostNetworkPod { image, .. } | Exposure::Pod { image, .. } if image == name)
}

/// What agents would ask if nobody told them anything, and would get no answer.
fn silences(component: Component, exposure: &Exposure) -> bool {
    matches!(*exposure, Exposure::HostNetworkPod { image, .. } if vendor::has_template(component, image))
}

fn collected(component: Component, exposure: &Exposure, ways: &[Way], context: &Context<'_>) -> Chosen {
    let mut chosen = left(component, String::new(), None, false);
    let is_single = ways.len() == 1;
    let mut instances = Vec::new();
    for way in ways {
        let (instance, mounts) = instance(component, exposure, way, is_single, context);
        if !instances.contains(&instance) {
            instances.push(instance);
        }
        for mount in mounts {
            if !chosen.mounts.contains(&mount) {
                chosen.mounts.push(mount);
            }
        }
        chosen.needs_host_network |= way.carrier == Carrier::OnNode || way.listener.reach == Reach::Loopback;
        chosen.settings.extend(way.listener.setting);
        if let (EtcdSource::MetricsCertificate, Access::SecretCertificate(secret)) =
            (way.kind, way.listener.access)
        {
            chosen.copy = Some(secret);
        }
    }
    let first = &ways[0];
    if let (Exposure::Relay { pods, .. }, Carrier::Cluster(service)) = (exposure, first.carrier) {
        let (label, value) = pods.split_once('=').unwrap_or((pods, ""));
        chosen.service = Some(NeededService {
            namespace: service.namespace,
            name: service.name,
            label,
            value,
            port: first.listener.port,
        });
    }
    let remarks = remarks(component, first, context);
    let versions = context.choices.versions;
    let switch = vendor::switch(exposure, &first.listener).filter(|switch| {
        context.allows_switch && versions.chart >= switch.chart && versions.operator >= switch.operator
    });
    let packaged = matches!(*exposure, Exposure::HostNetworkPod { image, .. }
        if vendor::is_packaged(component, image, &first.listener) && matches!(first.carrier, Carrier::Beside(_)));
    let name = format!("{}.yaml", component.profile().agent_check);
    chosen.silences = !packaged;
    let file = |ad_identifiers, endpoints, instances| CheckFile {
        name,
        ad_identifiers,
        endpoints,
        instances,
        remarks: remarks.clone(),
    };
    let outcome = match first.carrier {
        Carrier::Beside(_) if packaged => Outcome::Packaged { instances },
        Carrier::Beside(image) => {
            chosen.node_file = Some(file(vec![image], None, instances.clone()));
            Outcome::NodeCheck { instances }
        }
        Carrier::OnNode => {
            chosen.node_file = Some(file(Vec::new(), None, instances.clone()));
            Outcome::NodeCheck { instances }
        }
        Carrier::Cluster(_) if let Some(switch) = switch => {
            // What the switch mounts it mounts itself.
            chosen.mounts.clear();
            Outcome::Native { switch, instances }
        }
        Carrier::Cluster(endpoints) => {
            chosen.cluster_file = Some(file(Vec::new(), Some(endpoints), instances.clone()));
            Outcome::ClusterCheck { instances }
        }
    };
    chosen.planned = Planned { component, outcome, remarks };
    chosen
}

/// What a check asks, and the mounts that it takes.
fn instance(
    component: Component,
    exposure: &Exposure,
    way: &Way,
    is_single: bool,
    context: &Context<'_>,
) -> (Instance, Vec<Mount>) {
    let listener = &way.listener;
    let is_tls = listener.scheme == Scheme::Https;
    let host = match way.carrier {
        _ if listener.reach == Reach::Loopback => "127.0.0.1",
        Carrier::OnNode => "127.0.0.1",
        Carrier::Beside(_) | Carrier::Cluster(_) => "%%host%%",
    };
    // The Service's port is not that of the addresses behind it, and only the latter is asked. The API server alone has one
    // port behind its Service, so that there `%%port%%` cannot be mistaken for another one.
    let port = match way.carrier {
        Carrier::Cluster(ServiceEndpoints { namespace: "default", name: "kubernetes", .. }) => {
            "%%port%%".to_owned()
        }
        _ => listener.port.to_string(),
    };
    let url = |port: &str| format!("{}://{host}:{port}{}", listener.scheme.as_str(), listener.path);
    let others: Vec<String> = way.others.iter().map(|port| url(&port.to_string())).collect();
    let mut instance = Instance {
        prometheus_url: others.is_empty().then(|| url(&port)),
        possible_prometheus_urls: if others.is_empty() {
            others
        } else {
            std::iter::once(url(&port)).chain(others).collect()
        },
        bearer_token_auth: is_tls && matches!(listener.access, Access::Account | Access::Resource { .. }),
        tls_verify: is_tls.then_some(false),
        tls_ca_cert: None,
        tls_cert: None,
        tls_private_key: None,
        tls_use_host_header: false,
        extra_headers: listener
            .accept
            .map(|accept| ("accept", accept))
            .into_iter()
            .collect::<BTreeMap<_, _>>(),
        tags: Vec::new(),
    };
    if !is_single {
        instance.tags.push(format!("etcd_instance:{}", listener.instance));
    }
    // Controllers sign their serving certificates themselves; the API server's is signed by the CA that accounts are given.
    if component == Component::ApiServer || matches!(exposure, Exposure::ThroughApi { .. }) {
        instance.tls_verify = is_tls.then_some(true);
        instance.tls_ca_cert = is_tls.then(|| SERVICE_ACCOUNT_CA.to_owned());
        instance.tls_use_host_header = is_tls;
        instance.extra_headers.insert("Host", API_SERVER_NAME);
    }
    let mut mounts = Vec::new();
    match (way.kind, listener.access) {
        (EtcdSource::Secret, _) => {
            mounts.push(Mount {
                name: "etcd-client".to_owned(),
                source: MountSource::Secret(context.choices.keys.etcd.clone()),
                at: OWN_CERTIFICATE.to_owned(),
            });
            let file = |name| Some(format!("{OWN_CERTIFICATE}/{name}"));
            instance.tls_verify = Some(true);
            instance.tls_ca_cert = file("ca.crt");
            instance.tls_cert = file("tls.crt");
            instance.tls_private_key = file("tls.key");
        }
        (_, Access::Certificate(files)) => {
            let [authority, certificate, key] = on_node(&files, context.pki);
            for (name, path) in
                [("etcd-ca", &authority), ("etcd-client-cert", &certificate), ("etcd-client-key", &key)]
            {
                mounts.push(Mount {
                    name: name.to_owned(),
                    source: MountSource::HostFile(path.clone()),
                    at: format!("{HOST}{path}"),
                });
            }
            instance.tls_verify = Some(true);
            instance.tls_ca_cert = Some(format!("{HOST}{authority}"));
            instance.tls_cert = Some(format!("{HOST}{certificate}"));
            instance.tls_private_key = Some(format!("{HOST}{key}"));
        }
        (_, Access::SecretCertificate(secret)) => {
            let at = "/etc/etcd-certs";
            mounts.push(Mount {
                name: "etcd-metrics-client".to_owned(),
                source: MountSource::Secret(secret.name.to_owned()),
                at: at.to_owned(),
            });
            instance.tls_cert = Some(format!("{at}/{}", secret.certificate));
            instance.tls_private_key = Some(format!("{at}/{}", secret.key));
        }
        _ => {}
    }
    (instance, mounts)
}

/// The three files as they are called on the node.
fn on_node(files: &PkiFiles, folder: Option<&str>) -> [String; 3] {
    [files.authority, files.certificate, files.key].map(|path| match folder {
        Some(folder) => {
            let name = path.rsplit('/').next().unwrap_or(path);
            format!("{}/{name}", folder.trim_end_matches('/'))
        }
        None => path.to_owned(),
    })
}

/// Components that are the same everywhere, and that agents collect by themselves.
fn everywhere(component: Component, exposure: &Exposure) -> Chosen {
    let instances = exposure
        .listeners()
        .iter()
        .take(1)
        .map(|listener| Instance {
            prometheus_url: Some(format!(
                "{}://%%host%%:{}{}",
                listener.scheme.as_str(),
                listener.port,
                listener.path
            )),
            possible_prometheus_urls: Vec::new(),
            bearer_token_auth: true,
            tls_verify: None,
            tls_ca_cert: None,
            tls_cert: None,
            tls_private_key: None,
            tls_use_host_header: false,
            extra_headers: BTreeMap::new(),
            tags: Vec::new(),
        })
        .collect();
    let mut chosen = left(component, String::new(), None, false);
    chosen.planned.outcome = if matches!(exposure, Exposure::Sidecar { .. }) {
        Outcome::Sidecar { instances }
    } else {
        Outcome::Packaged { instances }
    };
    chosen
}

fn left(component: Component, reason: String, instead: Option<String>, silences: bool) -> Chosen {
    Chosen {
        planned: Planned { component, outcome: Outcome::Left { reason, instead }, remarks: Vec::new() },
        node_file: None,
        cluster_file: None,
        mounts: Vec::new(),
        needs_host_network: false,
        silences,
        settings: Vec::new(),
        service: None,
        copy: None,
    }
}

/// What stands in the way, and what to do about it.
fn words(component: Component, obstacles: &BTreeSet<Obstacle>) -> (String, String) {
    if let Some(Obstacle::Release(first)) = obstacles.first() {
        let reason = format!("releases of Kubernetes before 1.{first} do not serve it");
        return (reason, "upgrade the cluster, or name its release with --kubernetes-version".to_owned());
    }
    let (reason, instead) = if obstacles.contains(&Obstacle::Network) {
        (
            "it listens on its node's loopback address, and agents everywhere must not share their node's network",
            "split the agents: --for control-plane and --for workers",
        )
    } else if obstacles.contains(&Obstacle::Files) {
        (
            "it takes files that only control-plane nodes have, and agents everywhere must run on workers as well",
            "split the agents: --for control-plane and --for workers",
        )
    } else if obstacles.contains(&Obstacle::Names) {
        (
            "the files that open it have another name on every node",
            "issue one certificate for all of them: ctlmon certs issue, then --etcd-source secret",
        )
    } else if obstacles.contains(&Obstacle::Setting) {
        (
            "it listens on no address that agents reach until it is told to",
            "tell it to, and say so: --exposed",
        )
    } else {
        ("the distribution has no such listener", "leave the choice to ctlmon: --etcd-source auto")
    };
    let mut instead = instead.to_owned();
    if obstacles.contains(&Obstacle::Setting) && !instead.contains("--exposed") {
        instead =
            format!("{instead}; or let it listen on its node's address and say so: --exposed {component}");
    } else if instead.ends_with("--exposed") {
        instead = format!("{instead} {component}");
    }
    (reason.to_owned(), instead)
}

/// What the choice costs or risks.
fn remarks(component: Component, way: &Way, context: &Context<'_>) -> Vec<String> {
    let mut remarks = Vec::new();
    let mut say = |text: &str| remarks.push(text.to_owned());
    if component == Component::Etcd {
        match way.kind {
            EtcdSource::Metrics if way.listener.reach == Reach::Loopback => {
                say(
                    "This listener serves metrics and health alone, without TLS and to programs of the node only: nobody needs a \
                     key to the cluster's store. The vendor's page mounts the folder of etcd's keys instead, which holds the \
                     key of its CA as well.",
                );
            }
            EtcdSource::Metrics => {
                say(
                    "This listener answers everybody who gets a connection: let a firewall or a host endpoint policy keep \
                     others off its port.",
                );
            }
            EtcdSource::NodeCertificate => {
                say(
                    "A client certificate of etcd opens everything that the cluster stores, Secrets included, past the API \
                     server's audit and rights. These three files are mounted one by one and read-only, since the folder that \
                     the vendor's page mounts also holds the key of etcd's CA.",
                );
                say(
                    "A file that is mounted alone stays the old one when it is replaced by another: restart the agents after \
                     certificates were renewed.",
                );
            }
            EtcdSource::Secret => {
                say(
                    "A client certificate of etcd opens everything that the cluster stores. In a Secret it opens it to whoever \
                     reads Secrets or creates pods in this namespace; it cannot be revoked before it expires.",
                );
            }
            EtcdSource::MetricsCertificate => {
                say(
                    "This certificate opens etcd's metrics and nothing else. The platform renews it: the copy in the agents' \
                     namespace must be made again then.",
                );
            }
            EtcdSource::Auto | EtcdSource::Off => {}
        }
    }
    if let Some(setting) = way.listener.setting {
        remarks.push(format!(
            "It listens there once this is set: {} ({}). The port then is open to whoever has a route to the node.",
            setting.text, setting.place
        ));
    }
    if way.carrier == Carrier::OnNode
        && matches!(component, Component::ControllerManager | Component::Scheduler)
    {
        remarks.push(
            "No container of its own image tells agents of it, so that every agent of these nodes asks its own node: one that \
             bears such a role without it, as a node for etcd alone does, has this check failing."
                .to_owned(),
        );
    }
    if matches!(way.kind, EtcdSource::NodeCertificate)
        && context.identity.version.is_none()
        && context.pki.is_none()
    {
        remarks.push(
            "Where the files lie in another folder, name it with --etcd-pki-dir: agents do not start without them.".to_owned(),
        );
    }
    remarks
}

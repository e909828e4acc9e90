//! The instances that a node shows of itself: each is asked on a loopback address, with a certificate that lies there.

use super::{
    Approach, Instance, View,
    on_node::{OnNode, Running},
};
use crate::{
    certs,
    model::{
        component::Component,
        host::FileContent,
        observed::Observed,
        question::{CertificateSource, Credential, Endpoint, Scheme, Vantage},
        snapshot::NamedEndpoint,
    },
};
use std::{collections::BTreeMap, net::IpAddr};

/// What every instance of a node is called by.
const HERE: &str = "this node";

/// Where a component listens by its own words.
struct Bound {
    scheme: Scheme,
    /// Addresses; an empty one is all of them.
    hosts: Vec<String>,
    port: u16,
}

/// The instances of a node.
pub(super) fn find(view: &View<'_>, node: &OnNode<'_>) -> Vec<Instance> {
    let mut instances: Vec<Instance> = node.copies.iter().map(|copy| instance(view, node, copy)).collect();
    let mut counts: BTreeMap<Component, usize> = BTreeMap::new();
    for instance in &instances {
        *counts.entry(instance.component).or_default() += 1;
    }
    for instance in &mut instances {
        if counts.get(&instance.component).is_some_and(|count| *count > 1) {
            instance.name = format!("{HERE}, port {}", instance.endpoint.port);
        }
    }
    instances.sort_by(|a, b| (a.component, &a.name).cmp(&(b.component, &b.name)));
    instances
}

fn instance(view: &View<'_>, node: &OnNode<'_>, copy: &Running<'_>) -> Instance {
    let bound = bound(node, copy);
    let reached = loopback(node, &bound);
    let first = || bound.hosts.first().cloned().unwrap_or_default();
    let endpoint = Endpoint {
        scheme: bound.scheme,
        host: reached.clone().unwrap_or_else(first),
        port: bound.port,
        path: copy.component.profile().path.to_owned(),
    };
    let (credential, authority) = match bound.scheme {
        Scheme::Https => identity(view, node, copy),
        Scheme::Http => (Credential::Nobody, None),
    };
    let out_of_reach = reached.is_none().then(|| {
        format!("it listens on {} only, and nothing but loopback is asked here", bound.hosts.join(" and "))
    });
    let approach = Approach { vantage: Vantage::Direct, endpoint: endpoint.clone() };
    Instance {
        component: copy.component,
        name: HERE.to_owned(),
        node: None,
        pod: None,
        flags: copy.flags().cloned(),
        endpoint: endpoint.clone(),
        approaches: reached.map(|_| approach).into_iter().collect(),
        out_of_reach,
        answerable: true,
        named: Some(NamedEndpoint { component: copy.component, endpoint, credential, authority }),
    }
}

fn bound(node: &OnNode<'_>, copy: &Running<'_>) -> Bound {
    let profile = copy.component.profile();
    let unknown = BTreeMap::new();
    let flags = copy.flags().unwrap_or(&unknown);
    if copy.component != Component::Etcd {
        let configured = || (copy.component == Component::Kubelet).then(|| kubelet_port(node)).flatten();
        let flag = if copy.component == Component::Kubelet { "port" } else { "secure-port" };
        let port = flags.get(flag).and_then(|port| port.parse().ok()).or_else(configured);
        let host = flags.get("bind-address").or_else(|| flags.get("address")).cloned().unwrap_or_default();
        return Bound { scheme: Scheme::Https, hosts: vec![host], port: port.unwrap_or(profile.port) };
    }
    let urls: Vec<Endpoint> = ["listen-client-urls", "listen-client-http-urls"]
        .into_iter()
        .filter_map(|flag| flags.get(flag))
        .flat_map(|urls| urls.split(','))
        .filter_map(|url| url.parse().ok())
        .collect();
    if let Some(chosen) = urls.iter().find(|url| is_reachable(&url.host)).or_else(|| urls.first()) {
        let same = urls.iter().filter(|url| (url.port, url.scheme) == (chosen.port, chosen.scheme));
        let hosts = same.map(|url| url.host.clone()).collect();
        return Bound { scheme: chosen.scheme, hosts, port: chosen.port };
    }
    let managed = || flags.get("client-urls")?.parse::<Endpoint>().ok().map(|url| url.port);
    let port = managed().or_else(|| copy.known.map(|known| known.port)).unwrap_or(profile.port);
    Bound { scheme: Scheme::Https, hosts: vec![String::new()], port }
}

fn kubelet_port(node: &OnNode<'_>) -> Option<u16> {
    node.kubelet_configs().iter().find_map(|path| match node.file(path).value()?.content {
        FileContent::KubeletConfig { port, .. } => port,
        _ => None,
    })
}

/// The loopback address on which it can be asked: as the sockets say, and where these are not known, or nobody listens,
/// as its flags say.
fn loopback(node: &OnNode<'_>, bound: &Bound) -> Option<String> {
    let listening: Vec<String> = node
        .sockets
        .iter()
        .flatten()
        .filter(|socket| socket.port == bound.port)
        .map(|socket| socket.address.to_string())
        .collect();
    let hosts = if listening.is_empty() { &bound.hosts } else { &listening };
    let own =
        |host: &String| host.parse::<IpAddr>().ok().filter(IpAddr::is_loopback).map(|it| it.to_string());
    let any = || hosts.iter().any(|host| is_reachable(host)).then(|| "127.0.0.1".to_owned());
    let mut loopbacks: Vec<String> = hosts.iter().filter_map(own).collect();
    loopbacks.sort_unstable();
    loopbacks.into_iter().next().or_else(any)
}

/// Whether an address to listen on can be reached over loopback: it is one, or all of them.
fn is_reachable(host: &str) -> bool {
    let is_such = |address: IpAddr| address.is_loopback() || address.is_unspecified();
    host.is_empty() || host == "localhost" || host.parse().is_ok_and(is_such)
}

/// The certificate to present, and the CA to verify with: the first pair that is valid now, else the first that could be
/// read, else the first that is there.
fn identity(
    view: &View<'_>,
    node: &OnNode<'_>,
    copy: &Running<'_>,
) -> (Credential, Option<CertificateSource>) {
    let seen = |source: &CertificateSource| view.snapshot.certificates(source);
    let candidates = node.identities(copy);
    let is_valid = |source: &CertificateSource| {
        let leaf = seen(source).value().and_then(|file| file.chain.first());
        leaf.and_then(|leaf| certs::inspect(&leaf.0).ok())
            .is_some_and(|facts| facts.not_before <= view.now() && view.now() <= facts.not_after)
    };
    let is_there = |source: &CertificateSource| !matches!(seen(source), Observed::Absent);
    let chosen = candidates
        .iter()
        .find(|(source, _)| is_valid(source))
        .or_else(|| candidates.iter().find(|(source, _)| seen(source).value().is_some()))
        .or_else(|| candidates.iter().find(|(source, _)| is_there(source)));
    let authority = candidates.iter().filter_map(|(_, authority)| authority.as_ref());
    let authority = (copy.component == Component::Etcd)
        .then(|| authority.clone().find(|source| is_there(source)).cloned())
        .flatten();
    let credential =
        chosen.map_or(Credential::Nobody, |(source, _)| Credential::ClientCertificate(source.clone()));
    (credential, authority)
}

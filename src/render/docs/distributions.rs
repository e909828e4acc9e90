//! docs/distributions.md: how each distribution is recognised, and how it exposes each component.

use super::{
    MARK,
    markdown::{plain, table},
};
use crate::{
    distributions::{
        Access, Clue, Distribution, Exposure, Family, Layer, Listener, Match, Reach, Signal, Weight,
    },
    model::component::Component,
};
use std::fmt::Write as _;

/// The document. The distributions are sorted by id: the order of their table means nothing.
#[must_use]
pub fn document(distributions: &[&Distribution]) -> String {
    let mut sorted = distributions.to_vec();
    sorted.sort_by_key(|distribution| distribution.id);
    let mut out = format!(
        "{MARK}\n\n# Distributions\n\n\
         What `ctlmon detect` can name, by which clues, and how the components are reached there.\n\
         A decisive clue is made by nobody else; two strong ones from different places agree to a certainty; weak ones \
         support and name nothing; what contradicts lowers the certainty.\n\n"
    );
    let rows = sorted.iter().map(|it| {
        [
            format!("[`{0}`](#{0})", it.id),
            plain(it.name),
            family(it.family).to_owned(),
            layer(it.layer).to_owned(),
        ]
    });
    out.push_str(&table(["id", "name", "family", "layer"], rows));
    for distribution in sorted {
        section(&mut out, distribution);
    }
    out
}

fn section(out: &mut String, distribution: &Distribution) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "\n## {}\n\n{}\n", distribution.id, plain(distribution.explain.trim()));
    let _ = writeln!(out, "### Clues of {}\n", distribution.id);
    let clues = distribution.clues.iter().map(|Clue { weight: of, signal: what, source }| {
        [weight(*of).to_owned(), signal(what), plain(source)]
    });
    out.push_str(&table(["weight", "clue", "known from"], clues));
    let _ = writeln!(out, "\n### Components of {}\n", distribution.id);
    let components = Component::ALL.into_iter().map(|component| {
        let (place, listeners) = exposure(&(distribution.exposure)(component, &distribution.identity()));
        [component.to_string(), place, listeners.iter().map(listener).collect::<Vec<_>>().join("; ")]
    });
    out.push_str(&table(["component", "runs as", "listens"], components));
}

const fn family(family: Option<Family>) -> &'static str {
    match family {
        Some(Family::Kubeadm) => "kubeadm",
        None => "none",
    }
}

const fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Base => "base",
        Layer::Method => "method",
        Layer::Product => "product",
        Layer::Edition => "edition",
        Layer::Virtual => "virtual cluster",
    }
}

const fn weight(weight: Weight) -> &'static str {
    match weight {
        Weight::Contradicts => "contradicts",
        Weight::Weak => "weak",
        Weight::Strong => "strong",
        Weight::Decisive => "decisive",
    }
}

fn signal(signal: &Signal) -> String {
    // A key that ends in a slash means all that begin with it.
    let keyed = |what: &str, key: &str, value| match value {
        Match::Any if key.ends_with('/') => format!("{what} `{key}…`"),
        Match::Any => format!("{what} `{key}`"),
        Match::Is(whole) => format!("{what} `{key}={whole}`"),
        value => format!("{what} `{key}` {}", matched(value)),
    };
    let named = |what: &str, name| match name {
        Match::Any => format!("any {what}"),
        name => format!("{what} {}", matched(name)),
    };
    match *signal {
        Signal::NodeLabel(key, value) => keyed("node label", key, value),
        Signal::NodeAnnotation(key, value) => keyed("node annotation", key, value),
        Signal::ProviderId(id) => named("provider id of a node", id),
        Signal::NodeName(name) => named("name of a node", name),
        Signal::ServerVersion(version) => named("version of the API server", version),
        Signal::KubeletVersion(version) => named("version of a kubelet", version),
        Signal::OsImage(image) => named("operating system of a node", image),
        Signal::Runtime(runtime) => named("container runtime of a node", runtime),
        Signal::ApiGroup(group) => named("API group", group),
        Signal::Namespace(name) => named("namespace", name),
        Signal::DaemonSet(name) => named("DaemonSet of kube-system", name),
        Signal::Deployment(name) => named("Deployment of kube-system", name),
        Signal::PodName(name) => named("name of a control-plane pod", name),
        Signal::PodLabel(key, value) => keyed("label of a control-plane pod", key, value),
        Signal::PodAnnotation(key, value) => keyed("annotation of a control-plane pod", key, value),
        Signal::ConfigMap(namespace, name) => format!("ConfigMap `{namespace}/{name}`"),
        Signal::Custom(what, _) => plain(what),
    }
}

fn matched(value: Match) -> String {
    match value {
        Match::Any => "of any value".to_owned(),
        Match::Is("") => "that is empty".to_owned(),
        Match::Is(whole) => format!("`{whole}`"),
        Match::Starts(start) => format!("that begins with `{start}`"),
        Match::Ends(end) => format!("that ends with `{end}`"),
        Match::Contains(part) => format!("that contains `{part}`"),
    }
}

fn exposure(exposure: &Exposure) -> (String, Vec<Listener>) {
    let place = match *exposure {
        Exposure::HostNetworkPod { image, .. } => format!("pod `{image}` on the node's network"),
        Exposure::HostProcess { .. } => "process of the node".to_owned(),
        Exposure::Pod { image, .. } => format!("pod `{image}` with its own address"),
        Exposure::Endpoints { namespace, service, .. } => format!("behind Service `{namespace}/{service}`"),
        Exposure::ThroughApi { .. } => "answered for by the API server".to_owned(),
        Exposure::Relay { namespace, pods, .. } => format!("beside pods `{pods}` in `{namespace}`"),
        Exposure::Sidecar { .. } => "beside every pod, in a sidecar".to_owned(),
        Exposure::Hidden { reason, .. } => format!("out of reach: {}", plain(reason)),
    };
    (place, exposure.listeners().to_vec())
}

fn listener(listener: &Listener) -> String {
    let reach = match listener.reach {
        Reach::Loopback => "on loopback",
        Reach::Network => "on the network",
    };
    let access = match listener.access {
        Access::Everybody => "for everybody".to_owned(),
        Access::Account => "for accounts that may read the path".to_owned(),
        Access::Certificate(files) => format!("for holders of a client certificate of `{}`", files.authority),
        Access::Resource { group, resource } => {
            format!("for accounts that may get `{resource}` of `{group}`")
        }
        Access::SecretCertificate(secret) => {
            format!("for holders of the certificate in Secret `{}/{}`", secret.namespace, secret.name)
        }
        Access::SharedToken => "for holders of its token".to_owned(),
    };
    format!("`{}://…:{}{}` {reach}, {access}", listener.scheme.as_str(), listener.port, listener.path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distributions::ALL;

    #[test]
    fn every_distribution_has_its_clues_and_components_in_any_order_of_the_table() {
        let text = document(ALL);
        for distribution in ALL {
            assert!(text.contains(&format!("\n## {}\n", distribution.id)));
            assert!(text.contains(&format!("\n### Clues of {}\n", distribution.id)));
        }
        let backwards: Vec<&Distribution> = ALL.iter().rev().copied().collect();
        assert_eq!(text, document(&backwards));
    }
}

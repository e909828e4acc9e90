//! docs/distributions.md: how each distribution is recognised, and how it exposes each component.

use super::{
    MARK,
    markdown::{plain, table},
};
use crate::{
    distributions::{
        Access, Clue, Distribution, Exposure, Family, HostSignal, Layer, Listener, Match, Minors, Reach,
        Setting, Signal, Weight,
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
         support and name nothing; what contradicts lowers the certainty.\n\
         Nothing is certain before nodes and version were both read: the nodes may be those of a cluster around this one.\n\n\
         In components' tables, listeners separated by a semicolon are alternatives, the one that needs the least first.\n\n"
    );
    let tables: Vec<String> = sorted.iter().map(|it| components(it)).collect();
    // Of those that expose the same, what the others are built on is where it is written down.
    let home = |table: &String| {
        let same = sorted.iter().zip(&tables).filter(|(_, of)| *of == table).map(|(it, _)| *it);
        same.min_by_key(|it| (it.layer, it.id))
    };
    let homes: Vec<&Distribution> =
        sorted.iter().zip(&tables).map(|(it, of)| home(of).unwrap_or(it)).collect();
    let rows = sorted.iter().zip(&homes).map(|(it, home)| {
        [
            format!("[`{0}`](#{0})", it.id),
            plain(it.name),
            families(it.families),
            layer(it.layer).to_owned(),
            format!("[`{0}`](#components-of-{0})", home.id),
        ]
    });
    out.push_str(&table(["id", "name", "made of", "layer", "components as in"], rows));
    for ((distribution, home), components) in sorted.iter().zip(&homes).zip(&tables) {
        section(&mut out, distribution);
        // Writing to a String cannot fail.
        let _ = if home.id == distribution.id {
            writeln!(out, "\n### Components of {}\n\n{}", distribution.id, components.trim_end())
        } else {
            writeln!(out, "\nComponents are reached as in [`{0}`](#components-of-{0}).", home.id)
        };
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
}

fn components(distribution: &Distribution) -> String {
    let rows = Component::ALL.into_iter().map(|component| {
        let found = (distribution.exposure)(component, &distribution.identity());
        let listeners: Vec<String> = found.listeners().iter().map(listener).collect();
        [component.to_string(), exposure(&found), listeners.join("; ")]
    });
    table(["component", "runs as", "listens"], rows)
}

fn families(families: &[Family]) -> String {
    let names = families.iter().map(|family| match family {
        Family::Kubeadm => "kubeadm",
        Family::K3s => "k3s",
        Family::K0s => "k0s",
        Family::Talos => "Talos",
        Family::Openshift => "OpenShift",
        Family::Eks => "EKS",
        Family::Gke => "GKE",
        Family::Kind => "kind",
    });
    names.collect::<Vec<_>>().join(", ")
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

pub(in crate::render) const fn weight(weight: Weight) -> &'static str {
    match weight {
        Weight::Contradicts => "contradicts",
        Weight::Weak => "weak",
        Weight::Strong => "strong",
        Weight::Decisive => "decisive",
    }
}

pub(in crate::render) fn signal(signal: &Signal) -> String {
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
        Signal::All(parts) => joined(parts, " and "),
        Signal::Any(parts) => joined(parts, " or "),
        Signal::Host(HostSignal::Path(path)) => format!("on the node, `{path}`"),
        Signal::Host(HostSignal::Process(program, Match::Any)) => {
            format!("on the node, a process of `{program}`")
        }
        Signal::Host(HostSignal::Process(program, words)) => {
            format!("on the node, a process of `{program}` whose next words are {}", matched(words))
        }
        Signal::Host(HostSignal::Flag(program, flag, value)) => {
            keyed(&format!("on the node, of `{program}` the flag"), flag, value)
        }
        Signal::Host(HostSignal::ManifestAnnotation(key, value)) => {
            keyed("annotation of a static pod's manifest", key, value)
        }
        Signal::Host(HostSignal::ManifestImage(image)) => named("image of a static pod's manifest", image),
        Signal::Custom(what, _) => plain(what),
    }
}

fn joined(signals: &[Signal], word: &str) -> String {
    signals.iter().map(signal).collect::<Vec<_>>().join(word)
}

fn matched(value: Match) -> String {
    match value {
        Match::Any => "of any value".to_owned(),
        Match::Is("") => "that is empty".to_owned(),
        Match::Is(whole) => format!("`{whole}`"),
        Match::Starts(start) => format!("that begins with `{start}`"),
        Match::Ends(end) => format!("that ends with `{end}`"),
        Match::Contains(part) => format!("that contains `{part}`"),
        Match::Lacks(part) => format!("without `{part}` in it"),
    }
}

fn exposure(exposure: &Exposure) -> String {
    match *exposure {
        Exposure::HostNetworkPod { image, .. } => format!("pod `{image}` on the node's network"),
        Exposure::HostProcess { beside: None, .. } => "process of the node".to_owned(),
        Exposure::HostProcess { beside: Some(image), .. } => {
            format!("process of the node, found beside a container of `{image}`")
        }
        Exposure::Pod { image, .. } => format!("pod `{image}` with its own address"),
        Exposure::Endpoints { namespace, service, port_name, .. } => match port_name {
            "" => format!("behind Service `{namespace}/{service}`"),
            port => format!("behind port `{port}` of Service `{namespace}/{service}`"),
        },
        Exposure::ThroughApi { .. } => "hosted, read through the API server".to_owned(),
        Exposure::Relay { namespace, pods, service, .. } => {
            format!("beside pods `{pods}` of `{namespace}`, behind a Service `{service}` that is to be made")
        }
        Exposure::Sidecar { .. } => "of the pod's own node, read from a sidecar".to_owned(),
        Exposure::Hidden { reason, instead: None } => format!("out of reach: {}", plain(reason)),
        Exposure::Hidden { reason, instead: Some(instead) } => {
            format!("out of reach: {}; instead: {}", plain(reason), plain(instead))
        }
    }
}

fn listener(listener: &Listener) -> String {
    let reach = match listener.reach {
        Reach::Loopback => "on loopback",
        Reach::Network => "on the network",
    };
    let access = match listener.access {
        Access::Everybody => "for everybody".to_owned(),
        Access::Account => "for accounts that may read the path".to_owned(),
        Access::Resource { group, resource } => {
            format!("for accounts that may get `{resource}` of `{group}`")
        }
        Access::Certificate(files) => {
            format!(
                "for holders of a client certificate of `{}` such as `{}`",
                files.authority, files.certificate
            )
        }
        Access::SecretCertificate(secret) => {
            format!("for holders of the certificate in Secret `{}/{}`", secret.namespace, secret.name)
        }
        Access::SharedToken => "for holders of its token".to_owned(),
    };
    let mut text =
        format!("`{}://…:{}{}` {reach}, {access}", listener.scheme.as_str(), listener.port, listener.path);
    if !listener.instance.is_empty() {
        text = format!("{}: {text}", listener.instance);
    }
    if let Some(accept) = listener.accept {
        // Writing to a String cannot fail.
        let _ = write!(text, ", with the header Accept `{accept}`");
    }
    if let Some(Setting { place, text: what }) = listener.setting {
        let _ = write!(text, ", once `{what}` is set in {}", plain(place));
    }
    match listener.minors {
        Minors::ALL => {}
        Minors { first: 0, last } => {
            let _ = write!(text, ", up to Kubernetes 1.{last}");
        }
        Minors { first, .. } => {
            let _ = write!(text, ", from Kubernetes 1.{first} on");
        }
    }
    text
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

//! Which distributions there are, how each is recognised, and how each exposes its components. A distribution is a table
//! row in a file of its own; it names no other one, and nothing here looks at the world.

pub mod detect;
pub mod facts;
pub mod families;
pub mod host;
pub mod kind;
pub mod kubeadm;
pub mod place;
pub mod signal;

pub use detect::{Candidate, Detection, Who, detect};
pub use facts::Facts;
pub use host::{HostFacts, HostSignal};
pub use place::{Place, Placed};
pub use signal::{Match, Signal};

use crate::model::{component::Component, question::Scheme};
use std::collections::BTreeSet;

/// Every distribution that can be named. The order means nothing; a test shuffles it.
pub static ALL: &[&Distribution] = &[&kind::KIND, &kubeadm::KUBEADM];

/// A way of running Kubernetes that fixes how components are exposed.
#[derive(Debug)]
pub struct Distribution {
    /// The id used in options, JSON and documentation: kebab-case, never changed.
    pub id: &'static str,
    /// The name as its makers write it.
    pub name: &'static str,
    /// The family whose signs it shares; `None` for one that stands alone.
    pub family: Option<Family>,
    /// How much of the whole its name explains.
    pub layer: Layer,
    /// What speaks for it and against it.
    pub clues: &'static [Clue],
    /// Its variant and version, asked only of a distribution that is named.
    pub identify: fn(&Facts) -> Identity,
    /// How a component can be reached there.
    pub exposure: fn(Component, &Identity) -> Exposure,
    /// What it is known by, where its control plane runs and how it can be monitored, for people.
    pub explain: &'static str,
}

/// Distributions that share signs because they are made of the same parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// kubeadm set up the control plane, whoever called it.
    Kubeadm,
}

/// How much of a cluster a name explains: signs of a lower layer of the same family are part of a higher one.
///
/// This is what ranks a product above what it is made of without either naming the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// An installer on which products are built. To be certain of it is to say that nothing is built on it here.
    Base,
    /// A way of building clusters that several products use, such as Cluster API.
    Method,
    /// A product.
    Product,
    /// One edition of a product, or a product around another product.
    Edition,
    /// A cluster inside another one, whose nodes carry the signs of the outer one.
    Virtual,
}

/// A signal with a weight.
#[derive(Clone, Copy, Debug)]
pub struct Clue {
    /// What it is worth.
    pub weight: Weight,
    /// What to look for.
    pub signal: Signal,
    /// Where it is known from, for those who doubt it.
    pub source: &'static str,
}

/// What a signal is worth to a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It speaks against it: it can lower the certainty, and never raises it.
    Contradicts,
    /// Others have it too: it supports what is known otherwise and names nothing, however many there are.
    Weak,
    /// Few others have it: it names the distribution as likely; two from different places agree to a certainty.
    Strong,
    /// Nobody else makes it.
    Decisive,
}

/// Which distribution, variant and version, once detected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// The id of the distribution.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What sets this one apart in ways that change its exposure or help to recognise it.
    pub variant: Option<String>,
    /// The version of Kubernetes as the distribution spells it.
    pub version: Option<String>,
}

/// How a distribution lets an agent reach a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// A pod that shares its node's network.
    HostNetworkPod {
        /// The short name of its image, by which agents find its containers.
        image: &'static str,
        /// Where it listens, the place that serves everything first.
        listeners: &'static [Listener],
    },
    /// A program of the node, outside of any pod.
    HostProcess {
        /// Where it listens.
        listeners: &'static [Listener],
    },
    /// A pod with an address of its own.
    Pod {
        /// The short name of its image.
        image: &'static str,
        /// Where it listens.
        listeners: &'static [Listener],
    },
    /// The addresses behind a Service.
    Endpoints {
        /// The Service's namespace.
        namespace: &'static str,
        /// The Service's name.
        service: &'static str,
        /// Where they listen.
        listener: Listener,
    },
    /// It cannot be reached.
    Hidden {
        /// Why not, as a clause.
        reason: &'static str,
    },
}

/// One place where a component serves metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listener {
    /// TLS or not.
    pub scheme: Scheme,
    /// The port.
    pub port: u16,
    /// The path.
    pub path: &'static str,
    /// Who gets a connection.
    pub reach: Reach,
    /// Who gets an answer.
    pub access: Access,
}

/// Who gets a connection to a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Only programs in the network of the same node or pod: it listens on a loopback address.
    Loopback,
    /// Whoever has a route to the address of the node or pod.
    Network,
}

/// Who gets an answer from a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody who gets a connection.
    Everybody,
    /// Accounts with the right to read the path, by their token.
    Account,
    /// Holders of a client certificate of the component's own CA.
    Certificate(PkiFiles),
    /// Holders of a token that the component was given.
    SharedToken,
}

/// Files of the control-plane node that open a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PkiFiles {
    /// The CA of the serving certificate.
    pub authority: &'static str,
    /// A client certificate that the installer leaves there.
    pub certificate: &'static str,
    /// Its private key.
    pub key: &'static str,
}

/// Every path of a node whose presence tells something to one of the distributions, each once.
#[must_use]
pub fn host_paths() -> BTreeSet<&'static str> {
    let clues = ALL.iter().flat_map(|distribution| distribution.clues);
    clues
        .filter_map(|clue| match clue.signal {
            Signal::Host(signal) => signal.path(),
            _ => None,
        })
        .collect()
}

impl Distribution {
    /// The distribution with this id.
    #[must_use]
    pub fn named(id: &str) -> Option<&'static Self> {
        ALL.iter().copied().find(|distribution| distribution.id == id)
    }

    /// Its identity with nothing known beyond its name: what a user means who names it.
    #[must_use]
    pub const fn identity(&self) -> Identity {
        Identity { id: self.id, name: self.name, variant: None, version: None }
    }
}

impl Listener {
    /// The listener that a component has by its own defaults.
    #[must_use]
    pub const fn standard(component: Component, reach: Reach, access: Access) -> Self {
        let profile = component.profile();
        Self { scheme: Scheme::Https, port: profile.port, path: profile.path, reach, access }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_every_distribution_clues_with_sources_and_words() {
        for distribution in ALL {
            assert!(
                distribution.clues.iter().any(|clue| clue.weight >= Weight::Strong),
                "{}",
                distribution.id
            );
            assert!(distribution.clues.iter().all(|clue| !clue.source.is_empty()), "{}", distribution.id);
            assert!(distribution.explain.len() > 100, "{}", distribution.id);
            assert!(
                distribution.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            );
        }
    }

    #[test]
    fn keeps_to_the_sparing_use_of_custom_signals_in_the_long_run() {
        // kubeadm, which everything is built on, is recognised by what is not there, and that no row of data can say.
        let custom = |distribution: &&&Distribution| {
            distribution.clues.iter().filter(|clue| matches!(clue.signal, Signal::Custom(..))).count()
        };
        let others: usize = ALL.iter().filter(|it| it.layer != Layer::Base).map(|it| custom(&it)).sum();
        let clues: usize = ALL.iter().map(|distribution| distribution.clues.len()).sum();
        assert!(others * 10 <= clues, "{others} of {clues}");
    }

    #[test]
    fn says_of_every_component_how_it_can_be_reached() {
        for distribution in ALL {
            for component in Component::ALL {
                match (distribution.exposure)(component, &distribution.identity()) {
                    Exposure::HostNetworkPod { listeners, .. }
                    | Exposure::HostProcess { listeners }
                    | Exposure::Pod { listeners, .. } => assert!(!listeners.is_empty(), "{component}"),
                    Exposure::Endpoints { listener, .. } => assert_ne!(listener.port, 0, "{component}"),
                    Exposure::Hidden { reason } => assert!(!reason.is_empty(), "{component}"),
                }
            }
        }
    }
}

//! Which distributions there are, how each is recognised, and how each exposes its components. A distribution is a table
//! row in a file of its own; it names no other one, and nothing here looks at the world.

pub mod detect;
pub mod exposure;
pub mod facts;
pub mod families;
pub mod kind;
pub mod kubeadm;
pub mod place;
pub mod signal;

pub use detect::{Candidate, Detection, Who, detect};
pub use exposure::{Access, Exposure, Listener, Minors, PkiFiles, PkiSecret, Reach, Setting};
pub use facts::Facts;
pub use place::{Place, Placed};
pub use signal::{Match, Signal};

use crate::model::component::Component;

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
                let exposure = (distribution.exposure)(component, &distribution.identity());
                let is_hidden = matches!(exposure, Exposure::Hidden { .. });
                assert_eq!(exposure.listeners().is_empty(), is_hidden, "{} {component}", distribution.id);
                assert!(exposure.listeners().iter().all(|listener| listener.port != 0), "{component}");
            }
        }
    }
}

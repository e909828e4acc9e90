//! Which distributions there are, how each is recognised, and how each exposes its components. A distribution is a table
//! row in a file of its own; it names no other one, and nothing here looks at the world.

pub mod cluster_api;
pub mod desktop;
pub mod detect;
pub mod eks;
pub mod exposure;
pub mod facts;
pub mod families;
pub mod host;
pub mod hosted;
pub mod hyperscalers;
pub mod k0s;
pub mod k3s;
pub mod kind;
pub mod kops;
pub mod kubeadm;
pub mod kubeadm_based;
pub mod kubespray;
pub mod openshift;
pub mod place;
pub mod rke1;
pub mod rke2;
pub mod signal;
pub mod snaps;
pub mod talos;
pub mod unsourced;
pub mod vcluster;

pub use detect::{Candidate, Detection, Sample, Who, detect};
pub use exposure::{Access, Exposure, Listener, Minors, PkiFiles, PkiSecret, Reach, Setting};
pub use facts::Facts;
pub use host::{HostFacts, HostSignal};
pub use place::{Place, Placed};
pub use signal::{Match, Signal};

use crate::model::component::Component;
use std::collections::BTreeSet;

/// Every distribution that can be named. The order means nothing; a test shuffles it.
pub static ALL: &[&Distribution] = &[
    &eks::EKS,
    &eks::EKS_FARGATE,
    &eks::EKS_AUTO,
    &hosted::OKE,
    &hosted::IKS,
    &hosted::DOKS,
    &hosted::LKE,
    &hosted::VULTR,
    &hosted::SCALEWAY,
    &hosted::OVH,
    &hosted::EXOSCALE,
    &hosted::UPCLOUD,
    &hosted::CIVO,
    &hosted::ACK,
    &hosted::TKE,
    &hosted::CCE,
    &hosted::BAIDU_CCE,
    &hosted::VOLCENGINE,
    &hosted::GARDENER,
    &hosted::KUBERMATIC,
    &hosted::KAMAJI,
    &hosted::TKGI,
    &hosted::CFCR,
    &hyperscalers::GKE,
    &hyperscalers::GKE_AUTOPILOT,
    &hyperscalers::AKS,
    &hyperscalers::AKS_ENGINE,
    &hyperscalers::KUBE_UP,
    &k0s::K0S,
    &k0s::EMBEDDED_CLUSTER,
    &k3s::K3S,
    &k3s::K3D,
    &k3s::RANCHER_DESKTOP,
    &kind::KIND,
    &kops::KOPS,
    &kubeadm::KUBEADM,
    &desktop::MINIKUBE,
    &desktop::DOCKER_DESKTOP,
    &cluster_api::CLUSTER_API,
    &cluster_api::EKS_ANYWHERE,
    &cluster_api::TKG,
    &cluster_api::VKS,
    &cluster_api::KONVOY,
    &kubeadm_based::KURL,
    &kubeadm_based::KUBEONE,
    &cluster_api::GIANTSWARM,
    &kubeadm_based::DECKHOUSE,
    &kubeadm_based::OCNE,
    &kubeadm_based::CONSTELLATION,
    &kubeadm_based::STARLINGX,
    &kubeadm_based::RAFAY_MKS,
    &kubeadm_based::METALK8S,
    &kubeadm_based::KUBEKEY,
    &kubeadm_based::QINGCLOUD_QKE,
    &kubeadm_based::KSYUN_KCE,
    &kubespray::KUBESPRAY,
    &openshift::OPENSHIFT4,
    &openshift::OSD,
    &openshift::ROSA,
    &openshift::ARO,
    &openshift::ROKS,
    &openshift::HYPERSHIFT,
    &openshift::MICROSHIFT,
    &openshift::OPENSHIFT3,
    &rke1::RKE1,
    &rke2::RKE2,
    &rke2::HARVESTER,
    &snaps::MICROK8S,
    &snaps::CANONICAL_KUBERNETES,
    &snaps::CHARMED,
    &talos::TALOS,
    &unsourced::MKE,
    &unsourced::PLATFORM9,
    &unsourced::MAGNUM,
    &unsourced::ICP,
    &unsourced::KUBLR,
    &unsourced::MESOSPHERE_MKE,
    &unsourced::KARBON,
    &unsourced::TYPHOON,
    &unsourced::LOKOMOTIVE,
    &unsourced::KUBEASZ,
    &vcluster::VCLUSTER,
];

/// A way of running Kubernetes that fixes how components are exposed.
#[derive(Debug)]
pub struct Distribution {
    /// The id used in options, JSON and documentation: kebab-case, never changed.
    pub id: &'static str,
    /// The name as its makers write it.
    pub name: &'static str,
    /// The families whose signs it shares; none for one that stands alone.
    pub families: &'static [Family],
    /// How much of the whole its name explains.
    pub layer: Layer,
    /// What speaks for it and against it.
    pub clues: &'static [Clue],
    /// What sets this one apart from others of the name, asked only of a distribution that is named.
    pub variant: fn(&Facts) -> Option<String>,
    /// How a component can be reached there.
    pub exposure: fn(Component, &Identity) -> Exposure,
    /// What it is known by, where its control plane runs and how it can be monitored, for people.
    pub explain: &'static str,
}

/// Distributions that share signs because they are made of the same parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// kubeadm set up the control plane or joined the nodes, whoever called it.
    Kubeadm,
    /// k3s, or what is made of it.
    K3s,
    /// k0s, or what is made of it.
    K0s,
    /// The nodes run Talos.
    Talos,
    /// OpenShift in one of its editions.
    Openshift,
    /// Amazon's builds of Kubernetes.
    Eks,
    /// Google's builds of Kubernetes.
    Gke,
    /// kind, or what is made of it.
    Kind,
}

impl Family {
    /// Whether its signs in something of this layer are to be expected in what is built on that.
    ///
    /// kubeadm and Cluster API are under so many products that two of those explain nothing of each other.
    const fn covers(self, layer: Layer) -> bool {
        !matches!(self, Self::Kubeadm) || matches!(layer, Layer::Base | Layer::Method)
    }
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

impl Clue {
    /// What nobody else makes.
    #[must_use]
    pub const fn decisive(signal: Signal, source: &'static str) -> Self {
        Self { weight: Weight::Decisive, signal, source }
    }

    /// What few others have.
    #[must_use]
    pub const fn strong(signal: Signal, source: &'static str) -> Self {
        Self { weight: Weight::Strong, signal, source }
    }

    /// What others have too.
    #[must_use]
    pub const fn weak(signal: Signal, source: &'static str) -> Self {
        Self { weight: Weight::Weak, signal, source }
    }

    /// What speaks against it.
    #[must_use]
    pub const fn against(signal: Signal, source: &'static str) -> Self {
        Self { weight: Weight::Contradicts, signal, source }
    }
}

/// Every path of a node whose presence tells something to one of the distributions, each once.
#[must_use]
pub fn host_paths() -> BTreeSet<&'static str> {
    ALL.iter().flat_map(|distribution| distribution.clues).flat_map(|clue| paths_of(&clue.signal)).collect()
}

fn paths_of(signal: &Signal) -> Vec<&'static str> {
    match signal {
        Signal::Host(signal) => signal.path().into_iter().collect(),
        Signal::All(parts) | Signal::Any(parts) => parts.iter().flat_map(paths_of).collect(),
        _ => Vec::new(),
    }
}

impl Distribution {
    /// The distribution with this id.
    #[must_use]
    pub fn named(id: &str) -> Option<&'static Self> {
        ALL.iter().copied().find(|distribution| distribution.id == id)
    }

    /// Its identity in this cluster.
    #[must_use]
    pub fn identify(&self, facts: &Facts) -> Identity {
        let (variant, version) = ((self.variant)(facts), facts.kubernetes_version());
        Identity { variant, version, ..self.identity() }
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
                match exposure {
                    Exposure::Hidden { reason, .. } => assert!(reason.len() > 20, "{component}"),
                    _ => assert!(!exposure.listeners().is_empty(), "{} {component}", distribution.id),
                }
            }
        }
    }
}

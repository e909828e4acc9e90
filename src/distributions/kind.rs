//! kind: kubeadm in containers that play nodes.

use super::{Clue, Distribution, Facts, Family, HostSignal, Layer, Match, Signal, Weight, families::kubeadm};
use crate::{
    distributions::signal::on_nodes,
    model::{evidence::Evidence, observed::Gap},
};

/// What kind's provider ids begin with: `kind://<provider>/<cluster>/<node>`.
const PROVIDER_ID: &str = "kind://";

/// kind.
pub static KIND: Distribution = Distribution {
    id: "kind",
    name: "kind",
    families: &[Family::Kubeadm, Family::Kind],
    layer: Layer::Product,
    clues: &[
        Clue {
            weight: Weight::Decisive,
            signal: Signal::ProviderId(Match::Starts(PROVIDER_ID)),
            source: "kind's node provider writes it into the kubelet's configuration; seen on 1.21, absent up to about 1.18",
        },
        Clue {
            weight: Weight::Strong,
            signal: Signal::NodeName(Match::Is("kind-control-plane")),
            source: "the name of the first node of a cluster that was given no name",
        },
        Clue {
            weight: Weight::Strong,
            signal: Signal::NodeName(Match::Starts("kind-worker")),
            source: "the names of its other nodes",
        },
        Clue {
            weight: Weight::Strong,
            signal: Signal::Host(HostSignal::Path("/kind/kubeadm.conf")),
            source: "kind writes the configuration for kubeadm there, in the container that is the node",
        },
        Clue {
            weight: Weight::Weak,
            signal: Signal::DaemonSet(Match::Is("kindnet")),
            source: "kind's network, which minikube uses too",
        },
        Clue {
            weight: Weight::Weak,
            signal: Signal::NodeName(Match::Ends("-control-plane")),
            source: "kind names its nodes <cluster>-control-plane and <cluster>-worker; people do so too",
        },
        Clue {
            weight: Weight::Weak,
            signal: Signal::Namespace(Match::Is("local-path-storage")),
            source: "kind's storage since 1.16; others install the same",
        },
        Clue {
            weight: Weight::Contradicts,
            signal: Signal::NodeAnnotation("vcluster.loft.sh/", Match::Any),
            source: "a virtual cluster shows the nodes of the cluster that it runs in",
        },
        Clue {
            weight: Weight::Contradicts,
            signal: Signal::NodeLabel("vcluster.loft.sh/", Match::Any),
            source: "the same, for nodes that the virtual cluster made up",
        },
        Clue {
            weight: Weight::Contradicts,
            signal: Signal::Custom("provider ids of others", other_provider_ids),
            source: "every node of kind is a container that kind started",
        },
    ],
    variant,
    exposure: kubeadm::exposure,
    explain: "kind runs each node as a container and sets up the control plane in them with kubeadm, so that everything \
              said of kubeadm holds: static pods, loopback for kube-controller-manager and kube-scheduler, a client \
              certificate for etcd, plain metrics of etcd on 127.0.0.1:2381.\n\
              \n\
              It is known by the provider id of its nodes, kind://<provider>/<cluster>/<node>. Old releases had none; of \
              these the default node name tells.\n\
              \n\
              The node's network is that of the container: an agent with hostNetwork is on it, the machine around it is not.",
};

/// Evidence that a node is not kind's, beside nodes that are.
fn other_provider_ids(facts: &Facts) -> Result<Option<Evidence>, Gap> {
    on_nodes(facts, "spec.providerID", false, |node| {
        let id = node.provider_id.as_deref()?;
        (!id.starts_with(PROVIDER_ID)).then(|| format!("provider id {id}, which is not kind's,"))
    })
}

/// The variant is what the containers run in, such as `docker` or `podman`.
fn variant(facts: &Facts) -> Option<String> {
    let nodes = facts.nodes().ok()?;
    let mut ids = nodes.items.iter().filter_map(|node| node.provider_id.as_deref());
    let provider = ids.find_map(|id| id.strip_prefix(PROVIDER_ID)?.split('/').next())?;
    (!provider.is_empty()).then(|| provider.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        distributions::{
            detect::{Detection, detect},
            facts::tests::{nodes, snapshot},
        },
        model::{
            answer::Answer,
            facts::{Node, ServerVersion},
            observed::Observed,
            question::Question,
        },
    };

    fn node(name: &str, provider_id: &str) -> Node {
        let provider_id = Some(provider_id.to_owned()).filter(|id| !id.is_empty());
        Node { name: name.to_owned(), provider_id, ..Node::default() }
    }

    fn of(items: Vec<Node>) -> Detection {
        let version = ServerVersion {
            major: "1".to_owned(),
            minor: "30".to_owned(),
            git_version: "v1.30.0".to_owned(),
            platform: String::new(),
        };
        let version = (Question::Version, Observed::Seen(Answer::Version(version)));
        detect(&Facts::gather(&snapshot([nodes(items, true), version])))
    }

    #[test]
    fn is_certain_by_the_provider_id_of_its_nodes() {
        let detection = of(vec![node("a", "kind://podman/x/a"), node("b", "kind://podman/x/b")]);
        let best = detection.best().unwrap();
        assert!(detection.is_certain() && best.distribution.id == "kind");
        assert_eq!(best.identity.variant.as_deref(), Some("podman"));
        assert_eq!(best.evidence[0].claim, "provider id kind://podman/x/a or alike on 2 of 2 nodes");
    }

    #[test]
    fn is_not_certain_without_the_version_that_would_tell_a_cluster_inside_of_it() {
        let alone = detect(&Facts::gather(&snapshot([nodes(vec![node("a", "kind://docker/x/a")], true)])));
        assert!(!alone.is_certain() && alone.best().is_some());
    }

    #[test]
    fn is_likely_by_the_name_of_its_first_node() {
        let detection = of(vec![node("kind-control-plane", "")]);
        assert!(!detection.is_certain() && detection.best().unwrap().distribution.id == "kind");
    }

    #[test]
    fn is_unknown_by_what_others_have_too() {
        let detection = of(vec![node("prod-control-plane", "")]);
        assert!(detection.best().is_none());
        assert_eq!(detection.hints[0].distribution.id, "kind");
    }

    #[test]
    fn is_not_certain_among_nodes_of_others_or_in_a_virtual_cluster() {
        let mixed = of(vec![node("a", "kind://docker/x/a"), node("b", "aws:///b")]);
        assert!(!mixed.is_certain());
        assert_eq!(
            mixed.contradictions[0].claim,
            "provider id aws:///b, which is not kind's, on 1 of 2 nodes"
        );
        let mut inner = node("a", "kind://docker/x/a");
        inner.annotations.insert("vcluster.loft.sh/original-taints".to_owned(), String::new());
        let inner = of(vec![inner]);
        assert_eq!(inner.best().map(|best| best.distribution.id), Some("vcluster"));
        assert_eq!((inner.place.place, inner.place.certain), (crate::distributions::Place::Virtual, true));
    }
}

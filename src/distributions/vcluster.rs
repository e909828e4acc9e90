//! vcluster: a control plane in a pod of another cluster, whose nodes it shows. What those nodes say is said of the other
//! cluster, so that its signs make every other name doubtful.

use super::{Clue, Distribution, Exposure, Facts, Layer, Match, Signal, signal::on_nodes};
use crate::model::{evidence::Evidence, facts::Node, observed::Gap};

/// vcluster.
pub static VCLUSTER: Distribution = Distribution {
    id: "vcluster",
    name: "vcluster",
    families: &[],
    layer: Layer::Virtual,
    clues: &[
        Clue::decisive(
            Signal::NodeAnnotation("vcluster.loft.sh/", Match::Any),
            "vcluster's translation of nodes, pkg/util/translate/types.go; releases since 2022",
        ),
        Clue::decisive(
            Signal::NodeLabel("vcluster.loft.sh/", Match::Any),
            "vcluster's fake nodes, pkg/controllers/resources/nodes/fake_syncer.go",
        ),
        Clue::strong(
            Signal::Custom("a server and kubelets of different makers", different_makers),
            "certified runs on 1.20 to 1.22, whose nodes bear no mark: a k3s server over GKE's kubelets",
        ),
        Clue::against(
            Signal::Custom("nodes without its marks beside others", some_are_unmarked),
            "it translates every node that it shows in the same way",
        ),
    ],
    variant: |_| None,
    exposure: |_, _| Exposure::Hidden {
        reason: "the control plane is a pod of the cluster around this one",
        instead: Some("run ctlmon against the cluster around it, where the pod is"),
    },
    explain: "vcluster runs an API server with its own storage in a namespace of another cluster and shows that cluster's \
              nodes, with all their labels and provider ids. It is known by its annotations on the nodes; old releases \
              wrote none, and are likely where the API server is of another maker than the kubelets.\n\
              \n\
              Nothing of the control plane can be monitored from inside. Monitor its pod from the cluster around it.",
};

/// Evidence that some nodes bear its marks and others do not.
///
/// # Errors
/// A gap where no node was read.
fn some_are_unmarked(facts: &Facts) -> Result<Option<Evidence>, Gap> {
    let is_marked = |node: &Node| {
        node.labels.keys().chain(node.annotations.keys()).any(|key| key.starts_with("vcluster.loft.sh/"))
    };
    let nodes = &facts.nodes()?.items;
    if nodes.iter().any(is_marked) {
        let claim = || "no mark of the virtual cluster".to_owned();
        on_nodes(facts, "metadata", true, |node| (!is_marked(node)).then(claim))
    } else {
        Ok(None)
    }
}

/// Whose build of Kubernetes a version is, as far as its ending tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Maker {
    /// Kubernetes' own release.
    Upstream,
    /// Somebody whose servers never have kubelets of another maker.
    Own(&'static str),
    /// Somebody else, who may mix.
    Other,
}

/// The endings that tell a maker whose server and kubelets are always of one kind.
const OWN: [(&str, &str); 6] = [
    ("k3s", "k3s"),
    ("k0s", "k0s"),
    ("+rke2r", "rke2"),
    ("-gke.", "gke"),
    ("-eks-", "eks"),
    ("-tke.", "tke"),
];

fn maker(version: &str) -> Maker {
    if let Some((_, maker)) = OWN.iter().find(|(ending, _)| version.contains(ending)) {
        Maker::Own(maker)
    } else if version.contains(['+', '-']) {
        Maker::Other
    } else {
        Maker::Upstream
    }
}

/// Evidence that the server is of another maker than all kubelets.
///
/// # Errors
/// A gap where the version or the nodes are not known.
pub(super) fn different_makers(facts: &Facts) -> Result<Option<Evidence>, Gap> {
    let version = &facts.version()?.git_version;
    let server = maker(version);
    let nodes = &facts.nodes()?.items;
    let mut kubelets = nodes.iter().filter(|node| !node.kubelet_version.is_empty()).peekable();
    let Some(first) = kubelets.peek().copied() else { return Ok(None) };
    let differs = |kubelet: Maker| match (server, kubelet) {
        (Maker::Own(server), Maker::Own(kubelet)) => server != kubelet,
        // Nodes with an image of one's own may run Kubernetes' own kubelet under Amazon's server.
        (Maker::Own(server), Maker::Upstream) => server != "eks",
        (Maker::Upstream, Maker::Own(_)) => true,
        _ => false,
    };
    let claim = || format!("version {version} of the API server over kubelets of {}", first.kubelet_version);
    Ok(kubelets
        .all(|node| differs(maker(&node.kubelet_version)))
        .then(|| Evidence::at_path("/version", claim())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        distributions::facts::tests::{nodes, snapshot},
        model::{
            answer::Answer,
            facts::{Node, ServerVersion},
            observed::Observed,
            question::Question,
        },
    };

    fn check(server: &str, kubelets: &[&str], expected: bool) {
        let version = ServerVersion {
            major: String::new(),
            minor: String::new(),
            git_version: server.to_owned(),
            platform: String::new(),
        };
        let list = kubelets.iter().map(|version| Node {
            name: (*version).to_owned(),
            kubelet_version: (*version).to_owned(),
            ..Node::default()
        });
        let version = (Question::Version, Observed::Seen(Answer::Version(version)));
        let facts = Facts::gather(&snapshot([nodes(list.collect(), true), version]));
        assert_eq!(different_makers(&facts).unwrap().is_some(), expected, "{server} {kubelets:?}");
    }

    #[test]
    fn knows_a_server_over_the_kubelets_of_another() {
        check("v1.22.5+k3s1", &["v1.22.3-gke.1500"], true);
        check("v1.22.5+k3s1", &["v1.22.3"], true);
        check("v1.25.0", &["v1.25.3-eks-0a21954"], true);
        check("v1.25.0-eks-abc", &["v1.25.3-gke.1"], true);
        check("v1.25.0", &[], false);
    }

    #[test]
    fn lets_makers_mix_where_they_do() {
        check("v1.22.5+k3s1", &["v1.22.5+k3s1", "v1.21.5+k3s2"], false);
        check("v1.26.1-tke.3", &["v1.24.4-tke.5"], false);
        check("v1.21.4-r0-CCE21.11.1.B001", &["v1.21.4-r1.0.0"], false);
        check("v1.17.6+d2iq.1", &["v1.17.6"], false);
        check("v1.21.1-12+8e423b6625fc64", &["v1.21.1-12+8e423b6625fc64"], false);
        check("v1.29.0-eks-c417bb3", &["v1.29.0"], false);
        check("v1.22.5+k3s1", &["v1.22.5+k3s1", "v1.22.3"], false);
    }
}

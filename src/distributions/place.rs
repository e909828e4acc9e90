//! Where the control plane runs, decided by what is seen of it and never by the distribution's name: products of one
//! name run it in different places, and what can be monitored hangs on the place.

mod signs;

use super::{Weight, facts::Facts, signal::share, vcluster::different_makers};
use crate::model::{
    component::Component,
    evidence::Evidence,
    facts::Pod,
    observed::{Gap, Why},
};
use signs::{SIGNS, Sign};
use std::{collections::BTreeSet, fmt};

/// Where the control plane runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In static pods on nodes of this cluster.
    StaticPods,
    /// In processes of machines of the same owner, outside of any pod.
    HostProcesses,
    /// At a provider, out of reach.
    Hosted,
    /// At a provider that lets some of it be read through the API server.
    HostedPartial,
    /// In a pod of another cluster.
    Virtual,
    /// Nothing seen tells.
    Unknown,
}

/// A place with what speaks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The place.
    pub place: Place,
    /// Whether the evidence decides it; else it is the likely one.
    pub certain: bool,
    /// What speaks for it, the weightiest first; for an unknown place, what was looked for in vain.
    pub evidence: Vec<Evidence>,
}

/// Finds the place, and says what could not be looked at on the way.
pub(super) fn find(facts: &Facts) -> (Placed, BTreeSet<Gap>) {
    let mut gaps = BTreeSet::new();
    let mut found: Vec<(&Sign, Evidence)> = Vec::new();
    for sign in SIGNS {
        match sign.signal.read(facts) {
            Ok(Some(evidence)) => found.push((sign, evidence)),
            Ok(None) => {}
            Err(gap) => {
                gaps.insert(gap);
            }
        }
    }
    // Of a cluster that shows the nodes of another, their marks tell where the other's control plane runs.
    if found.iter().any(|(sign, _)| sign.place == Place::Virtual) {
        found.retain(|(sign, _)| !sign.by_nodes);
    }
    // Stable: of equal weight the earlier row stays first.
    found.sort_by_key(|(sign, _)| std::cmp::Reverse(sign.weight));
    let place = match found.first() {
        Some((sign, _)) if sign.weight >= Weight::Strong => sign.place,
        _ => return (Placed { place: Place::Unknown, certain: false, evidence: in_vain(facts) }, gaps),
    };
    let deciding = || found.iter().map(|(sign, _)| sign).filter(|sign| sign.weight == Weight::Decisive);
    let places: BTreeSet<Place> = deciding().map(|sign| sign.place).collect();
    // Nodes that may be those of a cluster around this one decide nothing before the version was compared with theirs.
    let is_outer = || !matches!(different_makers(facts), Ok(None));
    let certain = places.len() == 1 && !(deciding().all(|sign| sign.by_nodes) && is_outer());
    let mut evidence: Vec<Evidence> =
        found.into_iter().filter(|(sign, _)| sign.place == place).map(|(_, evidence)| evidence).collect();
    let mut said = BTreeSet::new();
    evidence.retain(|evidence| said.insert(evidence.claim.clone()));
    (Placed { place, certain, evidence }, gaps)
}

/// Whether a pod is the API server's mirror of a static pod, which a kubelet read from a file of its node.
///
/// Source: the kubelet writes both annotations; pods that came from the API server have neither.
#[must_use]
pub fn is_static(pod: &Pod) -> bool {
    pod.annotations.contains_key("kubernetes.io/config.mirror")
        || pod.annotations.get("kubernetes.io/config.source").is_some_and(|source| source == "file")
}

/// Whether a pod runs a component, by the labels of kubeadm and of those before it.
#[must_use]
pub fn runs(pod: &Pod, component: Component) -> bool {
    let program = component.profile().program;
    ["component", "k8s-app"].iter().any(|label| pod.labels.get(*label).is_some_and(|value| value == program))
}

/// Evidence that a component runs as static pods.
///
/// # Errors
/// A gap where none was seen in what was read, and more is there.
pub(super) fn static_pods(facts: &Facts, component: Component) -> Result<Option<Evidence>, Gap> {
    let pods = facts.pods()?;
    let mut found = pods.items.iter().filter(|pod| is_static(pod) && runs(pod, component));
    let Some(first) = found.next() else {
        return if pods.complete { Ok(None) } else { Err(partial_pods()) };
    };
    let count = 1 + found.count();
    let plural = if count == 1 { "" } else { "s" };
    let claim = format!("{count} static pod{plural} of {}", component.profile().program);
    let field = Some("metadata.annotations");
    Ok(Some(Evidence::in_object("Pod", Some(&first.namespace), &first.name, field, claim)))
}

/// What was looked for in vain, where all of it was looked at.
fn in_vain(facts: &Facts) -> Vec<Evidence> {
    const PODS: &str = "/api/v1/namespaces/kube-system/pods";
    let mut evidence = Vec::new();
    if let Ok(pods) = facts.pods()
        && pods.complete
    {
        evidence.push(match pods.items.iter().find(|pod| runs(pod, Component::ApiServer)) {
            Some(pod) => Evidence::in_object(
                "Pod",
                Some(&pod.namespace),
                &pod.name,
                None,
                "kube-apiserver runs in a pod, but not in a static one",
            ),
            None => Evidence::at_path(PODS, "no pod of kube-system is labelled as one of kube-apiserver"),
        });
    }
    if let Ok(nodes) = facts.nodes()
        && facts.has_every_control_plane_node()
    {
        let labelled = nodes.items.iter().filter(|node| node.is_labelled_control_plane()).count();
        let claim = if nodes.items.is_empty() {
            "there is no node".to_owned()
        } else {
            format!("a control-plane label on {}", share(labelled, nodes, "node"))
        };
        evidence.push(Evidence::at_path("/api/v1/nodes", claim));
    }
    evidence
}

/// A gap about the control-plane pods, of which a part was read.
pub(super) fn partial_pods() -> Gap {
    Gap::new("the control-plane pods of kube-system", Why::Partial)
}

impl Place {
    /// The id used in JSON and documentation.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::StaticPods => "static-pods",
            Self::HostProcesses => "host-processes",
            Self::Hosted => "hosted",
            Self::HostedPartial => "hosted-partial",
            Self::Virtual => "virtual",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        distributions::facts::tests::{denied, nodes, snapshot},
        model::{
            answer::{Answer, Listed},
            facts::Node,
            observed::Observed,
            question::Question,
            survey,
        },
    };

    fn pod(program: &str, annotation: &str, label: &str) -> Pod {
        Pod {
            namespace: "kube-system".to_owned(),
            name: format!("{program}-a"),
            labels: [(label.to_owned(), program.to_owned())].into(),
            annotations: [(annotation.to_owned(), "file".to_owned())].into(),
            ..Pod::default()
        }
    }

    fn labelled(label: &str) -> Node {
        let labels = [(label.to_owned(), String::new())].into();
        Node { name: "a".to_owned(), labels, ..Node::default() }
    }

    /// The place in a word, with `!` where it is certain, and the number of pieces of evidence.
    fn check(pods: &[Pod], complete: bool, node: Option<Node>, expected: &str) -> (Placed, BTreeSet<Gap>) {
        let lists = survey::control_plane_pods().into_iter().chain([survey::control_plane_app_pods()]);
        let pods = Listed { items: pods.to_vec(), complete };
        let pods = lists.map(|spec| (Question::List(spec), Observed::Seen(Answer::Pods(pods.clone()))));
        let nodes = node.map(|node| nodes(vec![node], true));
        let (placed, gaps) = find(&Facts::gather(&snapshot(pods.chain(nodes))));
        let certain = if placed.certain { "!" } else { "" };
        assert_eq!(format!("{}{certain} {}", placed.place, placed.evidence.len()), expected);
        (placed, gaps)
    }

    #[test]
    fn is_certain_of_static_pods_that_it_sees() {
        let mirror = |program| pod(program, "kubernetes.io/config.mirror", "component");
        let all = survey::CONTROL_PLANE_PROGRAMS.map(mirror);
        let (placed, _) = check(&all, true, None, "static-pods! 4");
        assert_eq!(placed.evidence[0].claim, "1 static pod of kube-apiserver");
        check(&all[..1], false, None, "static-pods! 1");
        let of_kops = pod("kube-apiserver", "kubernetes.io/config.source", "k8s-app");
        check(&[of_kops], true, None, "static-pods! 1");
    }

    #[test]
    fn takes_neither_a_label_nor_an_ordinary_pod_for_a_static_one() {
        let ordinary = pod("kube-apiserver", "x", "k8s-app");
        let (placed, _) =
            check(&[ordinary], true, Some(labelled("node-role.kubernetes.io/master")), "unknown 2");
        assert_eq!(placed.evidence[0].claim, "kube-apiserver runs in a pod, but not in a static one");
        assert_eq!(placed.evidence[1].claim, "a control-plane label on 1 of 1 node");
        let etcd = pod("etcd", "kubernetes.io/config.mirror", "component");
        check(&[etcd], true, None, "unknown 1");
    }

    #[test]
    fn does_not_take_a_part_for_the_whole_or_a_refusal_for_an_answer() {
        let (_, gaps) = check(&[], false, None, "unknown 0");
        assert!(gaps.contains(&partial_pods()));
        let questions = survey::questions();
        let refused = questions.into_iter().map(|question| (question.clone(), denied(&question)));
        let (placed, gaps) = find(&Facts::gather(&snapshot(refused)));
        assert_eq!((placed.place, placed.evidence.len()), (Place::Unknown, 0));
        assert!(gaps.iter().all(|gap| matches!(gap.why, Why::Denied(_))), "{gaps:?}");
        assert!(gaps.iter().any(|gap| gap.what == "the nodes"));
    }

    #[test]
    fn puts_the_virtual_cluster_before_what_its_nodes_show() {
        let node = labelled("vcluster.loft.sh/fake-node");
        check(&[], true, Some(node.clone()), "virtual! 1");
        let mirror = pod("kube-apiserver", "kubernetes.io/config.mirror", "component");
        check(&[mirror], true, Some(node), "virtual 1");
    }
}

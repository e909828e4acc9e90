//! Signals as data, and how each is read in the facts. Reading gives evidence, nothing, or a gap: a signal that is not in
//! the part of a list that was read is a gap.

use super::{facts::Facts, host::HostSignal};
use crate::model::{
    answer::Listed,
    evidence::{Evidence, Locator},
    facts::{CONTROL_PLANE_LABELS, Named, Node, Pod},
    observed::{Gap, Why},
};
use std::collections::BTreeMap;

/// The longest value that a claim repeats: provider ids and some labels are longer than a line.
const MAX_QUOTED: usize = 60;

/// A form of evidence about a distribution.
///
/// Where a label or an annotation is named, a name that ends in `/` means every key that begins with it.
#[derive(Clone, Copy, Debug)]
pub enum Signal {
    /// A label of a node.
    NodeLabel(&'static str, Match),
    /// An annotation of a node. Values of unknown annotations are not read, so that most can only be matched by [`Match::Any`].
    NodeAnnotation(&'static str, Match),
    /// The provider id of a node.
    ProviderId(Match),
    /// The name of a node.
    NodeName(Match),
    /// The version that the API server gives.
    ServerVersion(Match),
    /// The version that a node's kubelet gives.
    KubeletVersion(Match),
    /// The operating system of a node.
    OsImage(Match),
    /// The container runtime of a node, such as `containerd://2.1.9`.
    Runtime(Match),
    /// An API group, without its version.
    ApiGroup(Match),
    /// A namespace.
    Namespace(Match),
    /// A `DaemonSet` of `kube-system`.
    DaemonSet(Match),
    /// A Deployment of `kube-system`.
    Deployment(Match),
    /// The name of a pod of `kube-system`: those of control planes are asked for, others may have been pasted.
    PodName(Match),
    /// A label of one of these pods.
    PodLabel(&'static str, Match),
    /// An annotation of one of these pods.
    PodAnnotation(&'static str, Match),
    /// A `ConfigMap` by namespace and name; it must be one that detection asks for.
    ConfigMap(&'static str, &'static str),
    /// Several signals, all of which must be there; what is missing of one is missing of all.
    All(&'static [Self]),
    /// Several signals, of which one must be there.
    Any(&'static [Self]),
    /// Something of the node that ctlmon runs on; it says nothing where a cluster is looked at.
    Host(HostSignal),
    /// What no other form can say, with a name for documentation.
    Custom(&'static str, fn(&Facts) -> Result<Option<Evidence>, Gap>),
}

/// The labels by which a node says that it belongs to the control plane.
pub(super) const CONTROL_PLANE_ROLE: &[Signal] = &[
    Signal::NodeLabel(CONTROL_PLANE_LABELS[0], Match::Any),
    Signal::NodeLabel(CONTROL_PLANE_LABELS[1], Match::Any),
    Signal::NodeLabel(CONTROL_PLANE_LABELS[2], Match::Any),
];

/// What a text must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// Anything but nothing at all: an empty provider id is none, an empty label value is one.
    Any,
    /// Exactly this.
    Is(&'static str),
    /// Something that begins with this.
    Starts(&'static str),
    /// Something that ends with this.
    Ends(&'static str),
    /// Something with this in it.
    Contains(&'static str),
    /// Something without this in it.
    Lacks(&'static str),
}

impl Match {
    /// Whether a text is what it must be.
    #[must_use]
    pub fn holds(self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Is(whole) => text == whole,
            Self::Starts(start) => text.starts_with(start),
            Self::Ends(end) => text.ends_with(end),
            Self::Contains(part) => text.contains(part),
            Self::Lacks(part) => !text.contains(part),
        }
    }
}

impl Signal {
    /// Looks for the signal in the facts; `None` where it was looked for and is not there.
    ///
    /// # Errors
    /// A gap where it could not be looked for, or only in a part of the list.
    pub fn read(&self, facts: &Facts) -> Result<Option<Evidence>, Gap> {
        match *self {
            Self::NodeLabel(key, value) => {
                // Lists by label hold every node with that label, even if the list of all nodes was cut off.
                let looked_everywhere =
                    CONTROL_PLANE_LABELS.contains(&key) && facts.has_every_control_plane_node();
                let of = |node: &Node| pair("label", &node.labels, key, value);
                on_nodes(facts, "metadata.labels", looked_everywhere, of)
            }
            Self::NodeAnnotation(key, value) => {
                let of = |node: &Node| pair("annotation", &node.annotations, key, value);
                on_nodes(facts, "metadata.annotations", false, of)
            }
            Self::ProviderId(id) => on_nodes(facts, "spec.providerID", false, |node| {
                text("provider id", node.provider_id.as_deref()?, id)
            }),
            Self::NodeName(name) => {
                on_nodes(facts, "metadata.name", false, |node| text("the name", &node.name, name))
            }
            Self::KubeletVersion(version) => {
                let of = |node: &Node| text("kubelet version", &node.kubelet_version, version);
                on_nodes(facts, "status.nodeInfo.kubeletVersion", false, of)
            }
            Self::OsImage(image) => {
                let of = |node: &Node| text("operating system", &node.os_image, image);
                on_nodes(facts, "status.nodeInfo.osImage", false, of)
            }
            Self::Runtime(runtime) => {
                let of = |node: &Node| text("container runtime", &node.runtime, runtime);
                on_nodes(facts, "status.nodeInfo.containerRuntimeVersion", false, of)
            }
            Self::ServerVersion(version) => {
                let said = text("version", &facts.version()?.git_version, version);
                Ok(said.map(|said| Evidence::at_path("/version", format!("{said} of the API server"))))
            }
            Self::ApiGroup(name) => {
                let mut groups = facts.groups()?.iter().filter_map(|served| Some(served.split_once('/')?.0));
                let found = groups.find(|group| name.holds(group));
                Ok(found.map(|group| Evidence::at_path("/apis", format!("API group {group}"))))
            }
            Self::Namespace(name) => named(facts.namespaces()?, "Namespace", "the namespaces", name),
            Self::DaemonSet(name) => {
                named(facts.daemon_sets()?, "DaemonSet", "the DaemonSets of kube-system", name)
            }
            Self::Deployment(name) => {
                named(facts.deployments()?, "Deployment", "the Deployments of kube-system", name)
            }
            Self::PodName(name) => {
                on_pods(facts.pods()?, "metadata.name", |pod| text("the name", &pod.name, name))
            }
            Self::PodLabel(key, value) => {
                on_pods(facts.pods()?, "metadata.labels", |pod| pair("label", &pod.labels, key, value))
            }
            Self::PodAnnotation(key, value) => on_pods(facts.pods()?, "metadata.annotations", |pod| {
                pair("annotation", &pod.annotations, key, value)
            }),
            Self::ConfigMap(namespace, name) => {
                let found = facts.config_map(namespace, name)?;
                let claim = || format!("ConfigMap {namespace}/{name} exists");
                Ok(found.map(|_| Evidence::in_object("ConfigMap", Some(namespace), name, None, claim())))
            }
            Self::All(signals) => all(signals, facts),
            Self::Any(signals) => any(signals, facts),
            Self::Host(signal) => signal.read(facts),
            Self::Custom(_, look) => look(facts),
        }
    }
}

/// Evidence that everything is there, at the place of the first. One that is certainly missing settles it, whatever else
/// could not be looked at.
fn all(signals: &[Signal], facts: &Facts) -> Result<Option<Evidence>, Gap> {
    let mut together: Option<Evidence> = None;
    let mut gap = None;
    for signal in signals {
        match signal.read(facts) {
            Ok(None) => return Ok(None),
            Err(missing) => gap = gap.or(Some(missing)),
            Ok(Some(found)) => match &mut together {
                Some(evidence) => evidence.claim = format!("{}, and {}", evidence.claim, found.claim),
                None => together = Some(found),
            },
        }
    }
    gap.map_or(Ok(together), Err)
}

/// Evidence that one of them is there: the first that is.
fn any(signals: &[Signal], facts: &Facts) -> Result<Option<Evidence>, Gap> {
    let mut gap = None;
    for signal in signals {
        match signal.read(facts) {
            Ok(None) => {}
            Err(missing) => gap = gap.or(Some(missing)),
            found => return found,
        }
    }
    gap.map_or(Ok(None), Err)
}

/// Evidence about nodes: what `claim` says of each, with the number of nodes of which it says something.
///
/// # Errors
/// A gap where no node was read, or where none of those that were read has it and there are more.
pub(super) fn on_nodes(
    facts: &Facts,
    field: &str,
    looked_everywhere: bool,
    claim: impl Fn(&Node) -> Option<String>,
) -> Result<Option<Evidence>, Gap> {
    let nodes = facts.nodes()?;
    let hits: Vec<(&Node, String)> =
        nodes.items.iter().filter_map(|node| claim(node).map(|said| (node, said))).collect();
    let Some((first, _)) = hits.first() else {
        return absent("the nodes", nodes.complete || looked_everywhere);
    };
    let said = format!("{} on {}", in_common(&hits), share(hits.len(), nodes, "node"));
    Ok(Some(Evidence::in_object("Node", None, &first.name, Some(field), said)))
}

/// Evidence about pods, in the same way.
///
/// # Errors
/// A gap where none of those that were read has it and there are more.
fn on_pods(
    pods: &Listed<Pod>,
    field: &str,
    claim: impl Fn(&Pod) -> Option<String>,
) -> Result<Option<Evidence>, Gap> {
    let hits: Vec<(&Pod, String)> =
        pods.items.iter().filter_map(|pod| claim(pod).map(|said| (pod, said))).collect();
    let Some((first, _)) = hits.first() else {
        return absent("the control-plane pods of kube-system", pods.complete);
    };
    let said = format!("{} on {}", in_common(&hits), share(hits.len(), pods, "control-plane pod"));
    Ok(Some(Evidence::in_object("Pod", Some(&first.namespace), &first.name, Some(field), said)))
}

fn named(list: &Listed<Named>, kind: &'static str, what: &str, name: Match) -> Result<Option<Evidence>, Gap> {
    let Some(found) = list.items.iter().find(|named| name.holds(&named.name)) else {
        return absent(what, list.complete);
    };
    let namespace = Some(found.namespace.as_str()).filter(|namespace| !namespace.is_empty());
    let claim = format!("{kind} {} exists", found.name);
    Ok(Some(Evidence { claim, locator: Evidence::in_object(kind, namespace, &found.name, None, "").locator }))
}

/// Not there, if everything was read; else not known.
fn absent(what: &str, complete: bool) -> Result<Option<Evidence>, Gap> {
    if complete { Ok(None) } else { Err(Gap::new(what, Why::Partial)) }
}

/// "2 of 3 nodes", and where there are more of them than were read "2 of 50 nodes read".
pub(super) fn share<T>(hits: usize, list: &Listed<T>, noun: &str) -> String {
    let all = list.items.len();
    let plural = if all == 1 { "" } else { "s" };
    let read = if list.complete { "" } else { " read" };
    format!("{hits} of {all} {noun}{plural}{read}")
}

/// The claims in one: the same for all, or the first with a hint that the others differ.
fn in_common<T>(hits: &[(T, String)]) -> String {
    let Some((_, first)) = hits.first() else { return String::new() };
    if hits.iter().all(|(_, said)| said == first) { first.clone() } else { format!("{first} or alike") }
}

/// The first key that is meant, with its value, if that is what it must be.
fn pair(noun: &str, of: &BTreeMap<String, String>, key: &str, value: Match) -> Option<String> {
    let is_meant = |name: &str| if key.ends_with('/') { name.starts_with(key) } else { name == key };
    let (name, actual) = of.iter().find(|(name, actual)| is_meant(name) && value.holds(actual))?;
    Some(if actual.is_empty() {
        format!("{noun} {name}")
    } else {
        format!("{noun} {name}={}", quoted(actual))
    })
}

fn text(noun: &str, actual: &str, wanted: Match) -> Option<String> {
    (!actual.is_empty() && wanted.holds(actual)).then(|| format!("{noun} {}", quoted(actual)))
}

fn quoted(value: &str) -> String {
    if value.chars().count() <= MAX_QUOTED {
        return value.to_owned();
    }
    value.chars().take(MAX_QUOTED).chain(['…']).collect()
}

/// The place that a piece of evidence comes from, coarsely: two pieces from one place are one witness.
#[must_use]
pub(super) fn witness(evidence: &Evidence) -> String {
    match &evidence.locator {
        Locator::Object { kind, .. } => (*kind).to_owned(),
        Locator::File(_) => "files of the node".to_owned(),
        Locator::Process { .. } => "processes of the node".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        distributions::facts::tests::{denied, nodes, snapshot},
        model::{
            answer::Answer,
            facts::ServerVersion,
            observed::Observed,
            question::{Question, Resource},
            survey,
        },
    };

    fn node(name: &str, label: &str, provider_id: &str) -> Node {
        Node {
            name: name.to_owned(),
            labels: [(label.to_owned(), "true".to_owned())].into(),
            provider_id: Some(provider_id.to_owned()),
            ..Node::default()
        }
    }

    fn claim(signal: Signal, facts: &Facts) -> Option<String> {
        signal.read(facts).unwrap().map(|evidence| evidence.claim)
    }

    #[test]
    fn counts_the_nodes_that_have_it() {
        let some = vec![
            node("b", "kurl.sh/cluster", "aws:///b"),
            node("a", "x", "aws:///a"),
            node("c", "x", "aws:///c"),
        ];
        let facts = Facts::gather(&snapshot([nodes(some.clone(), true)]));
        let label = Signal::NodeLabel("kurl.sh/cluster", Match::Is("true"));
        assert_eq!(claim(label, &facts).unwrap(), "label kurl.sh/cluster=true on 1 of 3 nodes");
        let by_maker = Signal::NodeLabel("kurl.sh/", Match::Any);
        assert_eq!(claim(by_maker, &facts), claim(label, &facts));
        let id = Signal::ProviderId(Match::Starts("aws://"));
        assert_eq!(claim(id, &facts).unwrap(), "provider id aws:///a or alike on 3 of 3 nodes");
        assert_eq!(claim(Signal::NodeLabel("kurl.sh/cluster", Match::Is("false")), &facts), None);
        let part = Facts::gather(&snapshot([nodes(some, false)]));
        assert_eq!(claim(label, &part).unwrap(), "label kurl.sh/cluster=true on 1 of 3 nodes read");
    }

    #[test]
    fn never_takes_a_part_for_the_whole() {
        let facts = Facts::gather(&snapshot([nodes(vec![node("a", "x", "aws:///a")], false)]));
        for signal in [Signal::ProviderId(Match::Starts("kind://")), Signal::NodeLabel("y", Match::Any)] {
            assert_eq!(signal.read(&facts).unwrap_err(), Gap::new("the nodes", Why::Partial));
        }
    }

    #[test]
    fn says_why_it_could_not_look() {
        let question = Question::List(survey::nodes());
        let facts = Facts::gather(&snapshot([(question.clone(), denied(&question))]));
        let gap = Signal::OsImage(Match::Any).read(&facts).unwrap_err();
        assert_eq!(gap.to_string(), "the nodes: missing permission: list nodes");
        assert!(Signal::ApiGroup(Match::Any).read(&facts).is_err());
        assert!(Signal::DaemonSet(Match::Any).read(&facts).is_err());
        assert!(Signal::PodName(Match::Any).read(&facts).is_err());
        assert!(Signal::ConfigMap("kube-system", "kubeadm-config").read(&facts).is_err());
    }

    #[test]
    fn reads_lists_of_names_versions_and_groups() {
        let listed = |names: &[&str]| {
            let items = names.iter().map(|name| Named {
                namespace: "kube-system".to_owned(),
                name: (*name).to_owned(),
                created: None,
            });
            Observed::Seen(Answer::Names(Listed { items: items.collect(), complete: true }))
        };
        let version = ServerVersion {
            major: "1".to_owned(),
            minor: "30".to_owned(),
            git_version: "v1.30.2+k3s1".to_owned(),
            platform: String::new(),
        };
        let facts = Facts::gather(&snapshot([
            (Question::List(survey::workloads(Resource::DaemonSets)), listed(&["kindnet", "kube-proxy"])),
            (Question::Version, Observed::Seen(Answer::Version(version))),
            (
                Question::ApiGroups,
                Observed::Seen(Answer::ApiGroups(vec!["helm.cattle.io/v1".to_owned(), "v1".to_owned()])),
            ),
        ]));
        assert_eq!(
            claim(Signal::DaemonSet(Match::Is("kindnet")), &facts).unwrap(),
            "DaemonSet kindnet exists"
        );
        assert_eq!(claim(Signal::DaemonSet(Match::Is("aws-node")), &facts), None);
        let said = claim(Signal::ServerVersion(Match::Contains("+k3s")), &facts).unwrap();
        assert_eq!(said, "version v1.30.2+k3s1 of the API server");
        assert_eq!(
            claim(Signal::ApiGroup(Match::Ends("cattle.io")), &facts).unwrap(),
            "API group helm.cattle.io"
        );
        assert_eq!(claim(Signal::ApiGroup(Match::Is("v1")), &facts), None);
    }

    #[test]
    fn cuts_long_values() {
        let facts = Facts::gather(&snapshot([nodes(vec![node("a", "x", &"é".repeat(500))], true)]));
        assert!(claim(Signal::ProviderId(Match::Any), &facts).unwrap().chars().count() < 100);
    }
}

//! What detection knows: a snapshot's answers to the questions of detection, put together. A list that was refused stays
//! refused, and a list of which a part was read stays a part: neither ever becomes "it is not there".

use super::host::HostFacts;
use crate::model::{
    answer::{ConfigMapFacts, Listed},
    facts::{Named, Node, Pod, ServerVersion},
    observed::{Gap, Observed, Why},
    question::{ObjectRef, Resource},
    snapshot::Snapshot,
    survey,
};
use std::collections::BTreeMap;

/// The annotation of nodes that only pretend to be there. Source: kwok.
const SIMULATED: &str = "kwok.x-k8s.io/node";

/// The label of nodes that Fargate makes, one for each pod, with its value.
pub(super) const FARGATE: (&str, &str) = ("eks.amazonaws.com/compute-type", "fargate");

/// What detection knows. Look-ups give the value, or a gap that says why it is missing.
#[derive(Clone, Debug)]
pub struct Facts {
    version: Observed<ServerVersion>,
    groups: Observed<Vec<String>>,
    nodes: Observed<Listed<Node>>,
    every_control_plane_node: bool,
    nodes_off_fargate: Observed<Listed<Node>>,
    control_plane_pods: Observed<Listed<Pod>>,
    pods: Observed<Listed<Pod>>,
    namespaces: Observed<Listed<Named>>,
    daemon_sets: Observed<Listed<Named>>,
    deployments: Observed<Listed<Named>>,
    config_maps: BTreeMap<ObjectRef, Observed<ConfigMapFacts>>,
    host: Option<HostFacts>,
}

impl Facts {
    /// Puts together what a snapshot holds.
    #[must_use]
    pub fn gather(snapshot: &Snapshot) -> Self {
        let longer = snapshot.nodes(&survey::more_nodes());
        let every_node = if longer.value().is_some() { longer } else { snapshot.nodes(&survey::nodes()) };
        let by_label = survey::control_plane_nodes().map(|spec| snapshot.nodes(&spec));
        let everywhere = is_whole(&every_node);
        let every_control_plane_node = everywhere || by_label.iter().all(is_whole);
        let mut nodes =
            merged([every_node].into_iter().chain(by_label), |node| (String::new(), node.name.clone()));
        if let Observed::Seen(nodes) = &mut nodes {
            nodes.items.retain(|node| !node.annotations.contains_key(SIMULATED));
            nodes.complete = everywhere;
        }

        let control_plane = survey::control_plane_pods().map(|spec| snapshot.pods(&spec));
        let apps = snapshot.pods(&survey::control_plane_app_pods());
        // Pasted lists may hold all pods of the namespace; nobody asks an API server for them.
        let pasted = Some(snapshot.pods(&survey::system_pods()));
        let pasted = pasted.filter(|answer| !matches!(answer, Observed::NotAsked));
        let name = |pod: &Pod| (pod.namespace.clone(), pod.name.clone());
        let names = |spec| owned(snapshot.names(&spec));
        Self {
            version: owned(snapshot.version()),
            groups: owned(snapshot.api_groups()),
            nodes,
            every_control_plane_node,
            nodes_off_fargate: owned(snapshot.nodes(&survey::nodes_off_fargate())),
            control_plane_pods: merged(control_plane.iter().cloned(), name),
            pods: merged(control_plane.iter().cloned().chain([apps]).chain(pasted), name),
            namespaces: names(survey::namespaces()),
            daemon_sets: names(survey::workloads(Resource::DaemonSets)),
            deployments: names(survey::workloads(Resource::Deployments)),
            config_maps: survey::config_maps()
                .into_iter()
                .chain([survey::microshift_version()])
                .map(|object| {
                    let seen = owned(snapshot.config_map(&object.namespace, &object.name));
                    (object, seen)
                })
                .collect(),
            host: HostFacts::gather(snapshot),
        }
    }

    /// What the node shows of itself; `None` where no node was looked at from itself.
    #[must_use]
    pub const fn host(&self) -> Option<&HostFacts> {
        self.host.as_ref()
    }

    /// The API server's version.
    ///
    /// # Errors
    /// A gap where it is not known.
    pub fn version(&self) -> Result<&ServerVersion, Gap> {
        self.version.seen("the API server's version")
    }

    /// The version of Kubernetes: the API server's, or where it is not known that of the control-plane nodes' kubelets, and
    /// where there are none that of all kubelets, if they agree.
    #[must_use]
    pub fn kubernetes_version(&self) -> Option<String> {
        if let Ok(version) = self.version() {
            return Some(version.git_version.clone());
        }
        if let Some(host) = self.host() {
            return host.version().map(str::to_owned);
        }
        let nodes = &self.nodes().ok()?.items;
        let has_control_plane = nodes.iter().any(Node::is_labelled_control_plane);
        let mut versions = nodes
            .iter()
            .filter(|node| !has_control_plane || node.is_labelled_control_plane())
            .map(|node| &node.kubelet_version)
            .filter(|version| !version.is_empty());
        let first = versions.next()?;
        versions.all(|version| version == first).then(|| first.clone())
    }

    /// The API groups that are served, as `group/version`.
    ///
    /// # Errors
    /// A gap where they are not known.
    pub fn groups(&self) -> Result<&[String], Gap> {
        self.groups.seen("the API groups").map(Vec::as_slice)
    }

    /// The nodes, each once, sorted by name, without simulated ones; the control-plane nodes are among them even where
    /// the list is not complete.
    ///
    /// # Errors
    /// A gap where no list of nodes was read.
    pub fn nodes(&self) -> Result<&Listed<Node>, Gap> {
        self.nodes.seen("the nodes")
    }

    /// Whether every node that a label marks as a control-plane node was read.
    #[must_use]
    pub const fn has_every_control_plane_node(&self) -> bool {
        self.every_control_plane_node
    }

    /// Whether an API group is known to be served, in whatever version.
    #[must_use]
    pub fn serves(&self, group: &str) -> bool {
        let of_group = |served: &String| served.split_once('/').is_some_and(|(of, _)| of == group);
        self.groups().is_ok_and(|groups| groups.iter().any(of_group))
    }

    /// Whether a node of Fargate was read.
    #[must_use]
    pub fn has_fargate_nodes(&self) -> bool {
        let is_fargate = |node: &Node| node.labels.get(FARGATE.0).is_some_and(|value| value == FARGATE.1);
        self.nodes().is_ok_and(|nodes| nodes.items.iter().any(is_fargate))
    }

    /// A node that is not Fargate's, if there is one.
    ///
    /// # Errors
    /// A gap where it was not asked for, or not answered.
    pub fn nodes_off_fargate(&self) -> Result<&Listed<Node>, Gap> {
        self.nodes_off_fargate.seen("the nodes that are not Fargate's")
    }

    /// The pods of `kube-system` that carry the labels of kubeadm's static pods, by `tier` or by `component`.
    ///
    /// # Errors
    /// A gap where no such list was read.
    pub fn control_plane_pods(&self) -> Result<&Listed<Pod>, Gap> {
        self.control_plane_pods.seen("the control-plane pods of kube-system")
    }

    /// All pods of `kube-system` that were asked for by whichever label, and those that were pasted.
    ///
    /// # Errors
    /// A gap where no such list was read.
    pub fn pods(&self) -> Result<&Listed<Pod>, Gap> {
        self.pods.seen("the control-plane pods of kube-system")
    }

    /// The namespaces.
    ///
    /// # Errors
    /// A gap where they were not read.
    pub fn namespaces(&self) -> Result<&Listed<Named>, Gap> {
        self.namespaces.seen("the namespaces")
    }

    /// The `DaemonSets` of `kube-system`.
    ///
    /// # Errors
    /// A gap where they were not read.
    pub fn daemon_sets(&self) -> Result<&Listed<Named>, Gap> {
        self.daemon_sets.seen("the DaemonSets of kube-system")
    }

    /// The Deployments of `kube-system`.
    ///
    /// # Errors
    /// A gap where they were not read.
    pub fn deployments(&self) -> Result<&Listed<Named>, Gap> {
        self.deployments.seen("the Deployments of kube-system")
    }

    /// A `ConfigMap`; `None` where it was looked for and does not exist.
    ///
    /// # Errors
    /// A gap where it is not known whether it exists, which holds for every one that detection does not ask for.
    pub fn config_map(&self, namespace: &str, name: &str) -> Result<Option<&ConfigMapFacts>, Gap> {
        let found =
            self.config_maps.iter().find(|(object, _)| object.namespace == namespace && object.name == name);
        match found.map(|(_, seen)| seen) {
            Some(Observed::Absent) => Ok(None),
            Some(seen) => seen.seen(&format!("ConfigMap {namespace}/{name}")).map(Some),
            None => Err(Gap::new(format!("ConfigMap {namespace}/{name}"), Why::NotAsked)),
        }
    }
}

impl Facts {
    /// What was refused, or failed, of all that detection asks for: what no clue has missed is missing all the same.
    #[must_use]
    pub fn unread(&self) -> Vec<Gap> {
        fn gap<T>(answer: &Observed<T>, found: Result<impl Sized, Gap>) -> Option<Gap> {
            matches!(answer, Observed::Denied(_) | Observed::Failed(_)).then(|| found.err()).flatten()
        }
        let config_maps = self
            .config_maps
            .iter()
            .filter_map(|(object, seen)| gap(seen, self.config_map(&object.namespace, &object.name)));
        [
            gap(&self.version, self.version()),
            gap(&self.groups, self.groups()),
            gap(&self.nodes, self.nodes()),
            gap(&self.control_plane_pods, self.control_plane_pods()),
            gap(&self.namespaces, self.namespaces()),
            gap(&self.daemon_sets, self.daemon_sets()),
            gap(&self.deployments, self.deployments()),
        ]
        .into_iter()
        .flatten()
        .chain(config_maps)
        .collect()
    }
}

/// A list that was looked for where the API server knows no such resource is an empty list.
fn is_whole<T>(answer: &Observed<&Listed<T>>) -> bool {
    match answer {
        Observed::Seen(list) => list.complete,
        Observed::Absent => true,
        _ => false,
    }
}

/// One list of several, each item once. Seen as soon as one was seen; complete only if all were.
fn merged<'a, T: Clone + 'a>(
    answers: impl Iterator<Item = Observed<&'a Listed<T>>>,
    name: impl Fn(&T) -> (String, String),
) -> Observed<Listed<T>> {
    let mut items = BTreeMap::new();
    let mut complete = true;
    let mut seen = false;
    let mut missing = None;
    for answer in answers {
        complete &= is_whole(&answer);
        match answer {
            Observed::Seen(list) => {
                seen = true;
                items.extend(list.items.iter().map(|item| (name(item), item.clone())));
            }
            Observed::Absent => seen = true,
            Observed::Denied(denial) => missing = Some(Observed::Denied(denial)),
            Observed::Failed(failure) => missing = missing.or(Some(Observed::Failed(failure))),
            Observed::NotAsked => {}
        }
    }
    if seen {
        Observed::Seen(Listed { items: items.into_values().collect(), complete })
    } else {
        missing.unwrap_or(Observed::NotAsked)
    }
}

fn owned<T: Clone>(answer: Observed<&T>) -> Observed<T> {
    answer.map(Clone::clone)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::{
        answer::Answer,
        observed::{Denial, Failure, FailureKind},
        question::{Permission, Question},
        snapshot::{Asked, Wanted},
    };
    use jiff::Timestamp;

    /// A snapshot in which these questions were answered so.
    pub(crate) fn snapshot(answers: impl IntoIterator<Item = (Question, Observed<Answer>)>) -> Snapshot {
        let mut snapshot = Snapshot::empty(Timestamp::UNIX_EPOCH, Wanted::default());
        snapshot.add(answers.into_iter().map(|(question, answer)| Asked { question, answer }));
        snapshot
    }

    /// A refusal.
    pub(crate) fn denied(question: &Question) -> Observed<Answer> {
        let permission = question.permission().unwrap_or_else(|| Permission::path("get", "/"));
        Observed::Denied(Denial { permission, said: "forbidden".to_owned() })
    }

    /// The answer to the question for all nodes.
    pub(crate) fn nodes(items: Vec<Node>, complete: bool) -> (Question, Observed<Answer>) {
        (Question::List(survey::nodes()), Observed::Seen(Answer::Nodes(Listed { items, complete })))
    }

    fn node(name: &str) -> Node {
        Node { name: name.to_owned(), ..Node::default() }
    }

    fn names(facts: &Facts) -> Vec<&str> {
        facts.nodes().unwrap().items.iter().map(|node| node.name.as_str()).collect()
    }

    #[test]
    fn merges_nodes_by_name_and_takes_completeness_from_the_whole_list() {
        let [by_label, ..] = survey::control_plane_nodes();
        let of_label = Listed { items: vec![node("c"), node("a")], complete: true };
        let answers = |complete| {
            let by_label =
                (Question::List(by_label.clone()), Observed::Seen(Answer::Nodes(of_label.clone())));
            snapshot([nodes(vec![node("b"), node("a")], complete), by_label])
        };
        let facts = Facts::gather(&answers(false));
        assert_eq!(names(&facts), ["a", "b", "c"]);
        assert!(!facts.nodes().unwrap().complete, "a complete list by label says nothing of the others");
        assert!(!facts.has_every_control_plane_node(), "the other two labels were not asked for");
        let facts = Facts::gather(&answers(true));
        assert!(facts.nodes().unwrap().complete && facts.has_every_control_plane_node());
    }

    #[test]
    fn knows_every_control_plane_node_from_the_lists_by_label() {
        let empty = || Observed::Seen(Answer::Nodes(Listed { items: Vec::new(), complete: true }));
        let by_label = survey::control_plane_nodes().map(|spec| (Question::List(spec), empty()));
        let facts = Facts::gather(&snapshot([nodes(vec![node("a")], false)].into_iter().chain(by_label)));
        assert!(facts.has_every_control_plane_node() && !facts.nodes().unwrap().complete);
    }

    #[test]
    fn keeps_a_refused_list_refused() {
        let question = Question::List(survey::nodes());
        let facts = Facts::gather(&snapshot([(question.clone(), denied(&question))]));
        assert!(matches!(facts.nodes().unwrap_err().why, Why::Denied(_)));
        assert!(!facts.has_every_control_plane_node());
        assert_eq!(facts.pods().unwrap_err().why, Why::NotAsked);
        assert_eq!(facts.version().unwrap_err().why, Why::NotAsked);
    }

    #[test]
    fn takes_a_list_that_failed_beside_others_for_a_part() {
        let [by_tier, by_component] = survey::control_plane_pods().map(Question::List);
        let facts = Facts::gather(&snapshot([
            (by_tier, Observed::Seen(Answer::Pods(Listed { items: Vec::new(), complete: true }))),
            (by_component, Observed::Failed(Failure::new(FailureKind::Timeout, ""))),
        ]));
        assert!(!facts.control_plane_pods().unwrap().complete);
    }

    #[test]
    fn tells_a_missing_config_map_from_one_nobody_could_look_for() {
        let [object] = survey::config_maps();
        let question = Question::Object(object);
        let look = |answer| Facts::gather(&snapshot([(question.clone(), answer)]));
        assert_eq!(look(Observed::Absent).config_map("kube-system", "kubeadm-config"), Ok(None));
        assert!(look(denied(&question)).config_map("kube-system", "kubeadm-config").is_err());
        assert!(look(Observed::Absent).config_map("kube-system", "another").is_err());
    }

    #[test]
    fn ignores_nodes_that_only_pretend() {
        let mut fake = node("fake");
        fake.annotations.insert(SIMULATED.to_owned(), "fake".to_owned());
        assert_eq!(names(&Facts::gather(&snapshot([nodes(vec![fake, node("real")], true)]))), ["real"]);
    }
}

//! What pasted objects answer: each question takes of every object what it would have been answered. It holds a bounded
//! number of slim facts, whatever was pasted, and does not know in which form that was.

use super::{document::ListSeen, error::PastedError};
use crate::{
    model::{
        answer::{Answer, ConfigMapFacts, Listed},
        facts::{AnnotatedService, Named, Node, Pod, ServerVersion},
        monitors,
        observed::{Denial, Observed},
        question::{ListSpec, ObjectKind, Question, Resource, Shape},
        rights::Binding,
        selector, survey,
        workload::Workload,
    },
    observe::decode::{self, DecodeError},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How many objects are kept for one question: those that come first by namespace and name, so that the order in which
/// they were pasted means nothing. No cluster is supported with more nodes than half of this.
const MAX_KEPT: usize = 10_000;

/// How many kinds that answer nothing an error names.
const MAX_OTHERS: usize = 20;

/// The longest name of such a kind that is repeated.
const MAX_KIND: usize = 60;

/// Namespace and name.
type Name = (String, String);

/// Everything in the inputs that may answer a question.
#[derive(Debug)]
pub(super) struct Collection {
    version: Option<ServerVersion>,
    groups: Option<BTreeSet<String>>,
    /// The groups of `APIServices`, of which there is one for each version that is served.
    services: BTreeSet<String>,
    lists: Vec<Gathered>,
    config_maps: Vec<(Question, Option<ConfigMapFacts>)>,
    kinds: BTreeMap<String, Kind>,
    /// The namespaces in which something lies.
    inhabited: BTreeSet<String>,
    /// The `DaemonSets` that pods belong to.
    owners: BTreeSet<Name>,
    /// Resources that the API server refused to list.
    forbidden: BTreeSet<String>,
    /// Kinds that answer nothing.
    others: BTreeSet<String>,
}

/// What one question about a list takes.
#[derive(Debug)]
struct Gathered {
    spec: ListSpec,
    items: BTreeMap<Name, Item>,
    is_cut: bool,
}

/// What lists showed of one kind.
#[derive(Debug, Default)]
struct Kind {
    /// The namespaces in which there are some; the empty one for what lies in none.
    namespaces: BTreeSet<String>,
    /// The namespaces of which a list was given whole.
    whole: BTreeSet<String>,
    /// Whether a list of all namespaces was given whole.
    is_whole: bool,
}

#[derive(Debug)]
enum Item {
    Node(Node),
    Pod(Pod),
    Workload(Workload),
    Named(Named),
    Binding(Binding),
    /// A Service, with the checks that it configures, if any.
    Service(Option<AnnotatedService>),
}

impl Default for Collection {
    fn default() -> Self {
        let mut collection = Self {
            version: None,
            groups: None,
            services: BTreeSet::new(),
            lists: Vec::new(),
            config_maps: Vec::new(),
            kinds: BTreeMap::new(),
            inhabited: BTreeSet::new(),
            owners: BTreeSet::new(),
            forbidden: BTreeSet::new(),
            others: BTreeSet::new(),
        };
        let questions: BTreeSet<Question> = survey::pasted()
            .into_iter()
            .chain(monitors::questions())
            .chain(monitors::of_heapster())
            .collect();
        for question in questions {
            match question {
                Question::List(spec) => {
                    collection.lists.push(Gathered { spec, items: BTreeMap::new(), is_cut: false });
                }
                Question::Object(ref object) if object.kind == ObjectKind::ConfigMap => {
                    collection.config_maps.push((question, None));
                }
                _ => {}
            }
        }
        collection
    }
}

impl Collection {
    pub(super) fn version(&mut self, version: ServerVersion) {
        // Of two, the greater one: the order of inputs means nothing.
        if self.version.as_ref().is_none_or(|known| known.git_version < version.git_version) {
            self.version = Some(version);
        }
    }

    pub(super) fn groups(&mut self, groups: impl IntoIterator<Item = String>) {
        let known = self.groups.get_or_insert_default();
        known.extend(groups);
        cap(known);
    }

    /// Notes that the API server refused to list a resource.
    pub(super) fn forbidden(&mut self, resource: String) {
        self.forbidden.insert(resource);
        cap(&mut self.forbidden);
    }

    /// Notes something that answers nothing.
    pub(super) fn other(&mut self, kind: &str) {
        if self.others.len() < MAX_OTHERS && kind.len() <= MAX_KIND {
            self.others.insert(kind.chars().filter(|c| !c.is_control()).collect());
        }
    }

    /// Takes of an object what questions want.
    pub(super) fn object(
        &mut self,
        kind: &str,
        value: &Value,
        list: Option<&mut ListSeen>,
    ) -> Result<(), PastedError> {
        let is_asked_for =
            kind == "ConfigMap" || self.lists.iter().any(|list| list.spec.resource.kind() == kind);
        if !is_asked_for {
            match kind {
                "APIService" => self.service(value),
                _ => self.other(kind),
            }
            if let Some(list) = list {
                list.note(kind, "");
            }
            return Ok(());
        }
        let named = decode::named(value)?;
        if let Some(list) = list {
            list.note(kind, &named.namespace);
        }
        if !named.namespace.is_empty() {
            note(&mut self.inhabited, &named.namespace);
        }
        note(&mut self.kinds.entry(kind.to_owned()).or_default().namespaces, &named.namespace);
        if kind == "ConfigMap" {
            return Ok(self.config_map(&named, value)?);
        }
        if kind == "Pod" {
            self.owner(&named, value);
        }
        let labels = labels(kind, value);
        for list in self.lists.iter_mut().filter(|list| list.spec.resource.kind() == kind) {
            if list.wants(&named, &labels) {
                list.keep(&named, Item::of(&list.spec, value)?);
            }
        }
        Ok(())
    }

    /// Notes that a list is over, and whether the API server held nothing back.
    pub(super) fn list_ends(&mut self, of: &str, seen: &ListSeen, is_whole: bool) {
        if !of.is_empty() && seen.items.is_empty() {
            // Also where it is empty: a list without items says that there are none, if it says of what.
            self.kinds.entry(of.to_owned()).or_default().is_whole |= is_whole && !is_namespaced(of);
        }
        if !is_whole {
            return;
        }
        if seen.items.iter().any(|(kind, _)| kind == "APIService") {
            let services = std::mem::take(&mut self.services);
            self.groups(services);
        }
        for (kind, namespace) in &seen.items {
            let Some(known) = self.kinds.get_mut(kind) else { continue };
            note(&mut known.whole, namespace);
            // A list of one namespace alone looks like a list of all, so that two are wanted to believe it.
            let of_kind = seen.items.iter().filter(|(other, _)| other == kind).count();
            known.is_whole |= !is_namespaced(kind) || of_kind > 1;
        }
    }

    fn service(&mut self, value: &Value) {
        let spec = &value["spec"];
        if let (Some(group), Some(version)) =
            (spec["group"].as_str().filter(|it| !it.is_empty()), spec["version"].as_str())
        {
            self.services.insert(format!("{group}/{version}"));
            cap(&mut self.services);
        }
    }

    fn config_map(&mut self, named: &Named, value: &Value) -> Result<(), DecodeError> {
        for (question, answer) in &mut self.config_maps {
            if matches!(question, Question::Object(it) if it.namespace == named.namespace && it.name == named.name)
            {
                *answer = Some(decode::config_map(value)?);
            }
        }
        Ok(())
    }

    fn owner(&mut self, named: &Named, value: &Value) {
        let owners = value["metadata"]["ownerReferences"].as_array().map_or(&[][..], Vec::as_slice);
        for owner in owners.iter().filter(|owner| owner["kind"] == "DaemonSet") {
            if let Some(name) = owner["name"].as_str() {
                self.owners.insert((named.namespace.clone(), name.to_owned()));
                cap(&mut self.owners);
            }
        }
    }

    /// The answers, and the kinds that answer nothing.
    pub(super) fn answers(self) -> (Vec<(Question, Observed<Answer>)>, BTreeSet<String>) {
        let Self { version, groups, lists, config_maps, kinds, inhabited, owners, forbidden, others, .. } =
            self;
        let mut answers = Vec::new();
        answers.extend(version.map(|version| (Question::Version, Observed::Seen(Answer::Version(version)))));
        answers.extend(groups.map(|groups| {
            (Question::ApiGroups, Observed::Seen(Answer::ApiGroups(groups.into_iter().collect())))
        }));
        for list in lists {
            let known = kinds.get(list.spec.resource.kind());
            let derived: Vec<Named> = match (list.spec.resource, list.spec.shape) {
                (Resource::Namespaces, _) => inhabited
                    .iter()
                    .map(|name| Named { namespace: String::new(), name: name.clone(), created: None })
                    .collect(),
                (Resource::DaemonSets, Shape::Names) => owners
                    .iter()
                    .filter(|(namespace, _)| list.spec.namespace.as_ref().is_none_or(|it| it == namespace))
                    .map(|(namespace, name)| Named {
                        namespace: namespace.clone(),
                        name: name.clone(),
                        created: None,
                    })
                    .collect(),
                _ => Vec::new(),
            };
            let question = Question::List(list.spec.clone());
            if let Some(complete) = known.and_then(|kind| kind.speaks_of(&list.spec)) {
                answers.push((question, Observed::Seen(list.answer(complete))));
            } else if forbidden.contains(list.spec.resource.plural()) {
                let permission = question.permission();
                let said = "pasted refusal".to_owned();
                answers.extend(
                    permission.map(|permission| (question, Observed::Denied(Denial { permission, said }))),
                );
            } else if !derived.is_empty() && list.spec.shape == Shape::Names && list.spec.labels.is_none() {
                let names = Listed { items: derived, complete: false };
                answers.push((question, Observed::Seen(Answer::Names(names))));
            }
        }
        let whole =
            |namespace: &str| kinds.get("ConfigMap").is_some_and(|kind| kind.whole.contains(namespace));
        for (question, facts) in config_maps {
            let Question::Object(object) = &question else { continue };
            match facts {
                Some(facts) => answers.push((question, Observed::Seen(Answer::ConfigMap(facts)))),
                None if whole(&object.namespace) => answers.push((question, Observed::Absent)),
                None => {}
            }
        }
        (answers, others)
    }
}

impl Kind {
    /// Whether what was given says anything about a list, and whether it says all.
    fn speaks_of(&self, spec: &ListSpec) -> Option<bool> {
        match &spec.namespace {
            None => Some(self.is_whole),
            Some(namespace) if self.namespaces.contains(namespace) => Some(self.whole.contains(namespace)),
            // No cluster is without anything there: what was given is a part, chosen by somebody.
            Some(_) => None,
        }
    }
}

impl Gathered {
    fn wants(&self, named: &Named, labels: &BTreeMap<String, String>) -> bool {
        let Self { spec, .. } = self;
        let is_meant = |selector: &str| match selector.split_once('=') {
            Some(("metadata.name", name)) => named.name == name,
            Some(("metadata.namespace", namespace)) => named.namespace == namespace,
            _ => false,
        };
        spec.namespace.as_ref().is_none_or(|namespace| named.namespace == *namespace)
            && spec.labels.as_deref().is_none_or(|wanted| selector::matches(wanted, labels))
            && spec.fields.as_deref().is_none_or(is_meant)
    }

    fn keep(&mut self, named: &Named, item: Item) {
        self.items.insert((named.namespace.clone(), named.name.clone()), item);
        if self.items.len() > MAX_KEPT {
            self.items.pop_last();
            self.is_cut = true;
        }
    }

    fn answer(self, complete: bool) -> Answer {
        let complete = complete && !self.is_cut;
        let items = self.items.into_values();
        macro_rules! listed {
            ($kind:ident) => {
                Listed {
                    items: items
                        .filter_map(|item| if let Item::$kind(it) = item { Some(it) } else { None })
                        .collect(),
                    complete,
                }
            };
        }
        match (self.spec.shape, self.spec.resource) {
            (Shape::Specifications, _) => Answer::Workloads(listed!(Workload)),
            (Shape::Whole, Resource::Services) => {
                let Listed { items, complete } = listed!(Service);
                Answer::Services(Listed { items: items.into_iter().flatten().collect(), complete })
            }
            (Shape::Addresses, _) | (Shape::Whole, Resource::Nodes) => Answer::Nodes(listed!(Node)),
            (Shape::Whole, Resource::Pods) => Answer::Pods(listed!(Pod)),
            (Shape::Whole, Resource::DaemonSets | Resource::Deployments) => {
                Answer::Workloads(listed!(Workload))
            }
            (Shape::Whole, Resource::ClusterRoleBindings) => Answer::Bindings(listed!(Binding)),
            // Of what stands around the agents nobody is asked to paste anything.
            (Shape::Names | Shape::Whole, _) => Answer::Names(listed!(Named)),
        }
    }
}

impl Item {
    fn of(spec: &ListSpec, value: &Value) -> Result<Self, DecodeError> {
        match (spec.shape, spec.resource) {
            (Shape::Specifications, _) => decode::specification(value).map(Self::Workload),
            (Shape::Whole, Resource::Services) => decode::service(value).map(Self::Service),
            (Shape::Addresses, _) => decode::address(value).map(Self::Node),
            (Shape::Whole, Resource::Nodes) => decode::node(value).map(Self::Node),
            (Shape::Whole, Resource::Pods) => decode::pod(value).map(Self::Pod),
            (Shape::Whole, Resource::DaemonSets | Resource::Deployments) => {
                decode::workload(value, spec.resource.kind()).map(Self::Workload)
            }
            (Shape::Whole, Resource::ClusterRoleBindings) => decode::binding(value).map(Self::Binding),
            (Shape::Names | Shape::Whole, _) => decode::named(value).map(Self::Named),
        }
    }
}

/// The labels of an object as the API server would have them.
///
/// In the group `extensions`, workloads without labels of their own got those of their pods; manifests of that age rely on it.
fn labels(kind: &str, value: &Value) -> BTreeMap<String, String> {
    let read = |labels: &Value| -> BTreeMap<String, String> {
        let pairs = labels.as_object().into_iter().flatten();
        pairs.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
    };
    let own = read(&value["metadata"]["labels"]);
    let is_old = value["apiVersion"].as_str().is_some_and(|group| group.starts_with("extensions/"));
    if own.is_empty() && is_old && ["DaemonSet", "Deployment"].contains(&kind) {
        return read(&value["spec"]["template"]["metadata"]["labels"]);
    }
    own
}

/// Whether objects of this kind lie in namespaces; what is not known does.
fn is_namespaced(kind: &str) -> bool {
    let known = [Resource::Nodes, Resource::Namespaces, Resource::ClusterRoleBindings];
    !known.iter().any(|resource| resource.kind() == kind && !resource.is_namespaced())
}

fn note(names: &mut BTreeSet<String>, name: &str) {
    if !names.contains(name) {
        names.insert(name.to_owned());
        cap(names);
    }
}

/// Keeps the first ones, so that the order in which they came means nothing.
fn cap<T: Ord>(names: &mut BTreeSet<T>) {
    while names.len() > MAX_KEPT {
        names.pop_last();
    }
}

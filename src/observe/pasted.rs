//! What people paste instead of giving access: the output of kubectl, read into the answers that asking would have given.
//! The form is told by the content and never by a file's name. Nothing here opens a file.

mod forms;

use super::decode::{self, DecodeError};
use crate::{
    model::{
        answer::{Answer, ConfigMapFacts, Listed},
        facts::{Named, Node, Pod, ServerVersion},
        observed::Observed,
        question::{ListSpec, ObjectKind, ObjectRef, Question, Resource, Shape},
        selector,
        snapshot::{Asked, Snapshot, Wanted},
        survey,
    },
    yaml::YamlError,
};
use forms::Form;
use jiff::Timestamp;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// What can be pasted, for error messages and help.
pub const EXPECTED: &str = "the output, as JSON or YAML, of `kubectl get nodes,namespaces`, of `kubectl get \
                            pods,daemonsets,deployments,configmaps -n kube-system`, of `kubectl version`, or of \
                            `kubectl get --raw /apis`; or the text of `kubectl api-versions` or `kubectl version`";

/// Why an input could not be read. Each names the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PastedError {
    /// It is empty.
    Empty(String),
    /// It is not text.
    NotText(String),
    /// It begins as JSON and is none: the line and the column of the first fault.
    NotJson(String, usize, usize),
    /// It looks like YAML and cannot be read.
    NotYaml(String, YamlError),
    /// It is a table for people, which leaves out what tells distributions apart: its first line.
    Table(String, String),
    /// It is the text of `kubectl describe`.
    Description(String),
    /// It is the output of `kubectl version` without a server's version in it.
    NoServer(String),
    /// It is something else: its beginning, or what it is in words.
    Unknown(String, String),
    /// It is an object that is not as it should be.
    Object(String, DecodeError),
    /// All inputs were read, and none holds anything that was asked for: the kinds that they hold.
    Nothing(BTreeSet<String>),
}

/// Reads what was pasted, each input with the name that messages give it.
///
/// A list answers the questions about its kind, in full unless the API server cut it off; one object by itself proves no
/// absence of others. Namespaced kinds answer for `kube-system` only if something of `kube-system` is among them: a list of
/// another namespace looks the same.
///
/// # Errors
/// If an input is not one of the forms that are [`EXPECTED`], or if nothing in any of them was asked for.
pub fn read(inputs: &[(String, Vec<u8>)], taken_at: Timestamp) -> Result<Snapshot, PastedError> {
    let mut pasted = Pasted::default();
    for (name, bytes) in inputs {
        match forms::of(name, bytes)? {
            Form::Objects(documents) => {
                for document in &documents {
                    pasted.document(name, document)?;
                }
            }
            Form::Version(version) => pasted.version = Some(version),
            Form::ApiVersions(versions) => pasted.groups.get_or_insert_default().extend(versions),
        }
    }
    let mut snapshot = Snapshot::empty(taken_at, Wanted::default());
    let answers = survey::pasted().into_iter().filter_map(|question| {
        let answer = pasted.answer(&question)?;
        Some(Asked { question, answer })
    });
    snapshot.add(answers);
    if snapshot.asked.is_empty() { Err(PastedError::Nothing(pasted.others)) } else { Ok(snapshot) }
}

/// Everything in the inputs that may answer a question.
#[derive(Default)]
struct Pasted {
    version: Option<ServerVersion>,
    groups: Option<BTreeSet<String>>,
    nodes: Part<Node>,
    pods: Part<Pod>,
    namespaces: Part<Named>,
    daemon_sets: Part<Named>,
    deployments: Part<Named>,
    config_maps: Part<ConfigMapFacts>,
    /// Kinds that answer nothing.
    others: BTreeSet<String>,
}

/// The objects of one kind, by namespace and name.
struct Part<T> {
    items: BTreeMap<(String, String), T>,
    /// Whether a list was given, and given whole.
    complete: bool,
    given: bool,
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self { items: BTreeMap::new(), complete: false, given: false }
    }
}

impl<T> Part<T> {
    fn add(&mut self, name: Named, item: T) {
        self.given = true;
        self.items.insert((name.namespace, name.name), item);
    }

    /// The items that a list of this namespace would hold, if anything of it was given.
    fn within(&self, namespace: Option<&str>) -> Option<impl Iterator<Item = (&(String, String), &T)>> {
        let is_meant =
            move |((of, _), _): &(&(String, String), &T)| namespace.is_none_or(|namespace| of == namespace);
        let speaks_of_it =
            self.given && (namespace.is_none() || self.items.iter().any(|item| is_meant(&item)));
        speaks_of_it.then(|| self.items.iter().filter(is_meant))
    }
}

impl Pasted {
    fn document(&mut self, input: &str, value: &Value) -> Result<(), PastedError> {
        let broken = |error| PastedError::Object(input.to_owned(), error);
        let kind = value["kind"].as_str().or_else(|| forms::kind_by_shape(value)).unwrap_or_default();
        if let Value::Array(items) = value {
            // Lists as backup tools write them, without their envelope.
            return self.items(input, value, items, true);
        }
        if value.get("gitVersion").is_some() {
            self.version = Some(decode::version(value).map_err(broken)?);
            return Ok(());
        }
        if kind.is_empty() && (value.get("clientVersion").is_some() || value.get("serverVersion").is_some()) {
            let server = value.get("serverVersion").filter(|server| !server.is_null());
            let server = server.ok_or_else(|| PastedError::NoServer(input.to_owned()))?;
            self.version = Some(decode::version(server).map_err(broken)?);
            return Ok(());
        }
        match kind {
            "" => Err(PastedError::Unknown(input.to_owned(), forms::in_words(value))),
            "APIGroupList" | "APIVersions" => {
                self.groups.get_or_insert_default().extend(decode::api_groups(value).map_err(broken)?);
                Ok(())
            }
            _ => match (kind.strip_suffix("List"), value.get("items")) {
                (Some(of), Some(items)) => {
                    let complete = decode::is_complete(value);
                    // Also where it is empty: a list without items says that there are none, if it says of what.
                    if let Some(part) = self.part(of) {
                        part.list(complete);
                    }
                    self.items(input, value, items.as_array().map_or(&[], Vec::as_slice), complete)
                }
                _ => self.object(input, kind, value),
            },
        }
    }

    fn items(
        &mut self,
        input: &str,
        list: &Value,
        items: &[Value],
        complete: bool,
    ) -> Result<(), PastedError> {
        for item in items {
            let told = decode::item_kind(list, item);
            let kind = if told.is_empty() { forms::kind_by_shape(item).unwrap_or_default() } else { &told };
            if kind.is_empty() {
                let what = format!("a list with {} in it", forms::in_words(item));
                return Err(PastedError::Unknown(input.to_owned(), what));
            }
            self.object(input, kind, item)?;
            if let Some(part) = self.part(kind) {
                part.list(complete);
            }
        }
        Ok(())
    }

    fn object(&mut self, input: &str, kind: &str, value: &Value) -> Result<(), PastedError> {
        let broken = |error| PastedError::Object(input.to_owned(), error);
        let named = || decode::named(value).map_err(broken);
        match kind {
            "Node" => self.nodes.add(named()?, decode::node(value).map_err(broken)?),
            "Pod" => self.pods.add(named()?, decode::pod(value).map_err(broken)?),
            "Namespace" => self.namespaces.add(named()?, named()?),
            "DaemonSet" => self.daemon_sets.add(named()?, named()?),
            "Deployment" => self.deployments.add(named()?, named()?),
            "ConfigMap" => self.config_maps.add(named()?, decode::config_map(value).map_err(broken)?),
            _ => drop(self.others.insert(kind.to_owned())),
        }
        Ok(())
    }

    /// The part that holds this kind, if one does.
    fn part(&mut self, kind: &str) -> Option<&mut dyn List> {
        Some(match kind {
            "Node" => &mut self.nodes,
            "Pod" => &mut self.pods,
            "Namespace" => &mut self.namespaces,
            "DaemonSet" => &mut self.daemon_sets,
            "Deployment" => &mut self.deployments,
            "ConfigMap" => &mut self.config_maps,
            _ => return None,
        })
    }

    /// What asking would have answered, as far as the inputs tell.
    fn answer(&self, question: &Question) -> Option<Observed<Answer>> {
        match question {
            Question::Version => self.version.clone().map(Answer::Version).map(Observed::Seen),
            Question::ApiGroups => {
                let groups = self.groups.as_ref()?.iter().cloned().collect();
                Some(Observed::Seen(Answer::ApiGroups(groups)))
            }
            Question::List(spec) => self.list(spec).map(Observed::Seen),
            Question::Object(object) => self.config_map(object),
            _ => None,
        }
    }

    fn list(&self, spec: &ListSpec) -> Option<Answer> {
        let namespace = spec.namespace.as_deref();
        let wanted = spec.labels.as_deref().unwrap_or_default();
        if spec.fields.is_some() {
            return None;
        }
        let names = |part: &Part<Named>| {
            let items = part.within(namespace)?.map(|(_, named)| named.clone()).collect();
            Some(Answer::Names(Listed { items, complete: part.complete }))
        };
        match (spec.resource, spec.shape) {
            (Resource::Nodes, Shape::Whole) => {
                let nodes = self.nodes.within(namespace)?.map(|(_, node)| node);
                let items = nodes.filter(|node| selector::matches(wanted, &node.labels)).cloned().collect();
                Some(Answer::Nodes(Listed { items, complete: self.nodes.complete }))
            }
            (Resource::Pods, Shape::Whole) => {
                let pods = self.pods.within(namespace)?.map(|(_, pod)| pod);
                let items = pods.filter(|pod| selector::matches(wanted, &pod.labels)).cloned().collect();
                Some(Answer::Pods(Listed { items, complete: self.pods.complete }))
            }
            // Labels of these are not kept, so that a selector could not be answered.
            _ if !wanted.is_empty() => None,
            (Resource::Namespaces, Shape::Names) => names(&self.namespaces),
            (Resource::DaemonSets, Shape::Names) => names(&self.daemon_sets),
            (Resource::Deployments, Shape::Names) => names(&self.deployments),
            _ => None,
        }
    }

    fn config_map(&self, object: &ObjectRef) -> Option<Observed<Answer>> {
        if object.kind != ObjectKind::ConfigMap {
            return None;
        }
        let mut of_namespace = self.config_maps.within(Some(&object.namespace))?;
        match of_namespace.find(|((_, name), _)| *name == object.name) {
            Some((_, facts)) => Some(Observed::Seen(Answer::ConfigMap(facts.clone()))),
            None => self.config_maps.complete.then_some(Observed::Absent),
        }
    }
}

/// What a list does to a part, whatever its items are.
trait List {
    /// Notes that a list was given, and whether it was the whole one.
    fn list(&mut self, complete: bool);
}

impl<T> List for Part<T> {
    fn list(&mut self, complete: bool) {
        self.given = true;
        self.complete |= complete;
    }
}

impl PastedError {
    /// What was expected, where that is not said by the error itself.
    #[must_use]
    pub const fn expected(&self) -> Option<&'static str> {
        match self {
            Self::Empty(_) | Self::NotText(_) | Self::Unknown(..) | Self::Nothing(_) => Some(EXPECTED),
            _ => None,
        }
    }
}

impl fmt::Display for PastedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty(input) => write!(f, "{input}: empty"),
            Self::NotText(input) => write!(f, "{input}: not text"),
            Self::NotJson(input, line, column) => {
                write!(f, "{input}: begins as JSON, but is none from line {line}, column {column}")
            }
            Self::NotYaml(input, error) => write!(f, "{input}: {error}"),
            Self::Table(input, first) => write!(
                f,
                "{input}: a table made for people (`{first}`), which leaves out what tells distributions apart; \
                 run the same command with `-o json`"
            ),
            Self::Description(input) => write!(
                f,
                "{input}: the text of `kubectl describe`, which cannot be read back; use `kubectl get` with `-o json`"
            ),
            Self::NoServer(input) => write!(
                f,
                "{input}: the version of kubectl without that of a server; run `kubectl version -o json` where the \
                 cluster can be reached"
            ),
            Self::Unknown(input, what) => write!(f, "{input}: {what}"),
            Self::Object(input, error) => write!(f, "{input}: {error}"),
            Self::Nothing(kinds) if kinds.is_empty() => f.write_str("nothing but empty lists"),
            Self::Nothing(kinds) => {
                let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
                write!(f, "nothing but objects of kind {}", kinds.join(", "))
            }
        }
    }
}

impl std::error::Error for PastedError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotYaml(_, error) => Some(error),
            Self::Object(_, error) => Some(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn paste(inputs: &[&str]) -> Result<Snapshot, PastedError> {
        let inputs: Vec<(String, Vec<u8>)> =
            inputs.iter().map(|text| ("x".to_owned(), text.as_bytes().to_vec())).collect();
        read(&inputs, Timestamp::UNIX_EPOCH)
    }

    fn one(value: &Value) -> Snapshot {
        paste(&[&value.to_string()]).unwrap()
    }

    fn object(kind: &str, namespace: &str, name: &str, labels: &Value) -> Value {
        json!({"kind": kind, "metadata": {"name": name, "namespace": namespace, "labels": labels}})
    }

    fn pod(namespace: &str, name: &str, labels: &Value) -> Value {
        object("Pod", namespace, name, labels)
    }

    fn list(items: &[Value]) -> Value {
        json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": items})
    }

    #[test]
    fn lets_a_list_of_nodes_answer_every_question_about_nodes() {
        let nodes = [
            object("Node", "", "a", &json!({"node-role.kubernetes.io/control-plane": ""})),
            object("Node", "", "b", &Value::Null),
        ];
        let snapshot = one(&list(&nodes));
        let count =
            |spec: &ListSpec| snapshot.nodes(spec).value().map(|list| (list.items.len(), list.complete));
        assert_eq!(count(&survey::nodes()), Some((2, true)));
        assert_eq!(
            survey::control_plane_nodes().map(|spec| count(&spec).unwrap()),
            [(1, true), (0, true), (0, true)]
        );
        assert_eq!(snapshot.asked.len(), 4, "nothing else is answered");
    }

    #[test]
    fn lets_single_objects_prove_no_absence() {
        let snapshot = one(&object("Node", "", "a", &Value::Null));
        assert!(!snapshot.nodes(&survey::nodes()).value().unwrap().complete);
        let two = "kind: Node\nmetadata: {name: a}\n---\nkind: Node\nmetadata: {name: b}\n";
        let snapshot = paste(&[two]).unwrap();
        let nodes = snapshot.nodes(&survey::nodes()).value().copied().cloned().unwrap();
        assert_eq!((nodes.items.len(), nodes.complete), (2, false));
        assert_eq!(*snapshot.answer(&Question::Object(survey::config_maps()[0].clone())), Observed::NotAsked);
        let other = one(&list(&[
            object("Node", "", "a", &Value::Null),
            object("ConfigMap", "kube-system", "x", &Value::Null),
        ]));
        assert_eq!(*other.answer(&Question::Object(survey::config_maps()[0].clone())), Observed::Absent);
        let page = json!({"kind": "NodeList", "metadata": {"continue": "x"}, "items": [{"metadata": {"name": "a"}}]});
        assert!(!one(&page).nodes(&survey::nodes()).value().unwrap().complete);
    }

    #[test]
    fn distributes_pods_over_the_questions_by_their_selectors() {
        let snapshot = one(&list(&[
            pod("kube-system", "etcd-a", &json!({"component": "etcd", "tier": "control-plane"})),
            pod("kube-system", "kube-apiserver-b", &json!({"k8s-app": "kube-apiserver"})),
            pod("kube-system", "coredns", &json!({"k8s-app": "kube-dns"})),
            pod("other", "etcd-c", &json!({"component": "etcd"})),
        ]));
        let names = |spec: &ListSpec| {
            let pods = snapshot.pods(spec).value().copied().cloned().unwrap();
            assert!(pods.complete);
            pods.items.iter().map(|pod| pod.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(survey::control_plane_pods().map(|spec| names(&spec)), [["etcd-a"], ["etcd-a"]]);
        assert_eq!(names(&survey::control_plane_app_pods()), ["kube-apiserver-b"]);
    }

    #[test]
    fn does_not_take_another_namespace_for_kube_system() {
        let elsewhere = list(&[
            pod("default", "x", &Value::Null),
            object("DaemonSet", "default", "x", &Value::Null),
            object("ConfigMap", "default", "x", &Value::Null),
            object("Namespace", "", "default", &Value::Null),
        ]);
        let snapshot = one(&elsewhere);
        assert_eq!(snapshot.asked.len(), 1, "{:?}", snapshot.asked);
        assert!(snapshot.names(&survey::namespaces()).value().is_some());
    }

    #[test]
    fn reads_versions_and_groups_in_every_form() {
        let check = |text: &str, expected: &str| {
            let snapshot = paste(&[text]).unwrap();
            assert_eq!(snapshot.version().value().unwrap().git_version, expected, "{text}");
        };
        check(
            r#"{"clientVersion": {"gitVersion": "v1"}, "serverVersion": {"major": "1", "gitVersion": "v1.36.2"}}"#,
            "v1.36.2",
        );
        check(r#"{"major": "1", "minor": "21", "gitVersion": "v1.21.1"}"#, "v1.21.1");
        check(
            "clientVersion:\n  gitVersion: v1\nserverVersion:\n  gitVersion: v1.30.2+k3s1\n",
            "v1.30.2+k3s1",
        );
        check(
            "Client Version: v1.32.0\nKustomize Version: v5.5.0\nServer Version: v1.32.1-eks-1\n",
            "v1.32.1-eks-1",
        );
        check(
            "Client Version: 4.10.3\nServer Version: 4.10.3\nKubernetes Version: v1.23.3+e419edf\n",
            "v1.23.3+e419edf",
        );
        let old = "Client Version: version.Info{Major:\"1\", Minor:\"20\", GitVersion:\"v1.20.0\"}\n\
                   Server Version: version.Info{Major:\"1\", Minor:\"21+\", GitVersion:\"v1.21.1-gke.2200\", Platform:\"linux/amd64\"}";
        check(old, "v1.21.1-gke.2200");
        let version = paste(&[old]).unwrap().version().value().copied().cloned().unwrap();
        assert_eq!((version.minor.as_str(), version.platform.as_str()), ("21+", "linux/amd64"));

        let groups = json!({"kind": "APIGroupList", "groups": [{"name": "apps", "versions": [{"groupVersion": "apps/v1"}]}]});
        assert_eq!(**one(&groups).api_groups().value().unwrap(), ["apps/v1"]);
        let both = paste(&[&groups.to_string(), "batch/v1\nv1\n"]).unwrap();
        assert_eq!(**both.api_groups().value().unwrap(), ["apps/v1", "batch/v1", "v1"]);
    }

    #[test]
    fn ignores_other_kinds_and_says_so_if_there_is_nothing_else() {
        let mixed = list(&[object("Service", "a", "b", &Value::Null), object("Node", "", "n", &Value::Null)]);
        assert_eq!(one(&mixed).nodes(&survey::nodes()).value().unwrap().items.len(), 1);
        let error = paste(&[&list(&[object("Service", "a", "b", &Value::Null)]).to_string()]).unwrap_err();
        assert_eq!(error, PastedError::Nothing(["Service".to_owned()].into()));
        assert_eq!(error.expected(), Some(EXPECTED));
        assert_eq!(paste(&[&list(&[]).to_string()]).unwrap_err(), PastedError::Nothing(BTreeSet::new()));
        assert!(
            one(&json!({"kind": "NodeList", "items": []})).nodes(&survey::nodes()).value().unwrap().complete
        );
    }

    #[test]
    fn reads_several_documents_of_either_kind() {
        let node = |name: &str| object("Node", "", name, &Value::Null).to_string();
        let count = |text: &str| paste(&[text]).unwrap().nodes(&survey::nodes()).value().unwrap().items.len();
        assert_eq!(count(&format!("{}\n{}", node("a"), node("b"))), 2);
        assert_eq!(count(&format!("[{},{}]", node("a"), node("b"))), 2);
        assert_eq!(count(&format!("---\n{}\n---\n{}\n", node("a"), node("b"))), 2);
    }

    #[test]
    fn names_the_input_what_it_is_and_what_is_expected() {
        let check = |text: &[u8], expected: &str| {
            let error = read(&[("pasted.txt".to_owned(), text.to_vec())], Timestamp::UNIX_EPOCH).unwrap_err();
            let said = error.to_string();
            assert!(said.starts_with("pasted.txt: ") && said.contains(expected), "{said}");
        };
        check(b"", "empty");
        check(b" \n", "empty");
        check(b"\x00\xff", "not text");
        check(b"{\"kind\": ", "begins as JSON");
        check(b"kind: Node\nmetadata: [\n", "not YAML from line");
        check(b"NAME   STATUS   ROLES    AGE   VERSION\na  Ready  <none>  1d  v1.36.2\n", "-o json");
        check(b"NAMESPACE  NAME  READY  STATUS  RESTARTS  AGE\n", "-o json");
        check(b"Name:  a\nRoles:  control-plane\nLabels:  x=y\n", "kubectl describe");
        check(b"Client Version: v1.32.0\n", "without that of a server");
        check(b"{\"clientVersion\": {\"gitVersion\": \"v1\"}}", "without that of a server");
        check(
            b"Error from server (Forbidden): nodes is forbidden",
            "an error of kubectl: `Error from server (Forbidden)",
        );
        check(b"just words", "text of another kind");
        check(b"a: 1\n", "an object without `kind`, whose first field is `a`");
        check(b"{\"metadata\": {\"name\": \"a\"}}", "an object without `kind`");
        check(b"[1, 2]", "a list with a single value in it");
        check(b"{\"kind\": \"Node\", \"metadata\": {}}", "object without a name");
    }

    #[test]
    fn knows_nodes_and_pods_that_lost_their_kind() {
        let node =
            json!({"metadata": {"name": "a"}, "spec": {}, "status": {"nodeInfo": {"kubeletVersion": "v1"}}});
        assert_eq!(one(&node).nodes(&survey::nodes()).value().unwrap().items[0].kubelet_version, "v1");
        let pod = json!({"metadata": {"name": "a", "namespace": "kube-system"}, "spec": {"containers": []}});
        assert!(one(&json!([node, pod])).pods(&survey::control_plane_app_pods()).value().is_some());
    }

    #[test]
    fn reads_what_powershell_writes() {
        let text = object("Node", "", "a", &Value::Null).to_string();
        let wide: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert!(read(&[("x".to_owned(), wide)], Timestamp::UNIX_EPOCH).is_ok());
        assert!(
            read(&[("x".to_owned(), [b"\xEF\xBB\xBF", text.as_bytes()].concat())], Timestamp::UNIX_EPOCH)
                .is_ok()
        );
    }
}

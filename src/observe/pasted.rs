//! What people paste instead of giving access: the output of kubectl, read into the answers that asking would have given.
//! The form is told by the content and never by a file's name. Nothing here opens a file.
//!
//! JSON is read object by object, and of each object only what a question asks for is kept, so that a list of a gigabyte
//! costs time and no memory. Everything else is read whole and has a limit.

mod collection;
mod described;
mod document;
mod error;
mod forms;
mod metered;

pub use error::{EXPECTED, Fault, PastedError};

use crate::{
    model::snapshot::{Asked, Snapshot, Wanted},
    yaml,
};
use collection::Collection;
use document::Objects;
use forms::Form;
use jiff::Timestamp;
use metered::Metered;
use std::io::{self, BufReader, Cursor, Read};

/// How much of an input is looked at to tell its form.
const HEAD_BYTES: u64 = 4096;

/// How large an input may be that is not JSON in UTF-8, in bytes.
pub const MAX_TEXT_BYTES: usize = yaml::MAX_BYTES;

/// Everything that was pasted, one input after the other. Their order means nothing.
#[derive(Debug, Default)]
pub struct Paste {
    collection: Collection,
}

impl Paste {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads one input, which messages give this name.
    ///
    /// # Errors
    /// If it cannot be read, or is not one of the forms that are [`EXPECTED`].
    pub fn add(&mut self, name: &str, mut input: impl Read) -> Result<(), PastedError> {
        self.read(&mut input).map_err(|error| error.of(name))
    }

    fn read(&mut self, input: &mut dyn Read) -> Result<(), PastedError> {
        let mut head = Vec::new();
        input.take(HEAD_BYTES).read_to_end(&mut head).map_err(unreadable)?;
        let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&head);
        let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
        if first.is_some_and(|byte| b"{[".contains(byte)) {
            let skipped = (head.len() - text.len()) as u64;
            let mut whole = Cursor::new(head);
            whole.set_position(skipped);
            return self.json(whole.chain(input));
        }
        let mut bytes = head;
        input.take(MAX_TEXT_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() > MAX_TEXT_BYTES {
            return Err(Fault::TooLarge.into());
        }
        let text = forms::text_of(&bytes).ok_or(Fault::NotText)?;
        drop(bytes);
        self.text(text.trim())
    }

    fn text(&mut self, text: &str) -> Result<(), PastedError> {
        match forms::of(text)? {
            Form::Json => self.json(text.as_bytes()),
            Form::Yaml(documents) => {
                for document in documents {
                    Objects::new(&mut self.collection).value(document)?;
                }
                Ok(())
            }
            Form::Version(version) => {
                self.collection.version(version);
                Ok(())
            }
            Form::ApiVersions(versions) => {
                self.collection.groups(versions);
                Ok(())
            }
            Form::Described(nodes) => {
                for node in &nodes {
                    self.collection.object("Node", node, None)?;
                }
                Ok(())
            }
            Form::Forbidden(resource) => {
                self.collection.forbidden(resource);
                Ok(())
            }
            Form::Nothing(what) => {
                self.collection.other(what);
                Ok(())
            }
        }
    }

    fn json(&mut self, input: impl Read) -> Result<(), PastedError> {
        let meter = metered::Meter::default();
        let reader = BufReader::with_capacity(1 << 16, Metered::new(input, &meter));
        Objects::new(&mut self.collection).metered(&meter).json(reader)
    }

    /// What asking would have answered, as far as the inputs tell.
    ///
    /// A list answers the questions about its kind, in full unless the API server cut it off; one object by itself
    /// proves no absence of others. Namespaced kinds answer for a namespace only if something of it is among them: a
    /// list of another namespace looks the same.
    ///
    /// # Errors
    /// If nothing in any of the inputs was asked for.
    pub fn finish(self, taken_at: Timestamp) -> Result<Snapshot, PastedError> {
        let mut snapshot = Snapshot::empty(taken_at, Wanted::default());
        let (answers, others) = self.collection.answers();
        snapshot.add(answers.into_iter().map(|(question, answer)| Asked { question, answer }));
        if snapshot.asked.is_empty() { Err(PastedError::Nothing(others)) } else { Ok(snapshot) }
    }
}

/// Reads what was pasted and is at hand, each input with the name that messages give it.
///
/// # Errors
/// See [`Paste::add`] and [`Paste::finish`].
pub fn read(inputs: &[(String, Vec<u8>)], taken_at: Timestamp) -> Result<Snapshot, PastedError> {
    let mut paste = Paste::new();
    for (name, bytes) in inputs {
        paste.add(name, bytes.as_slice())?;
    }
    paste.finish(taken_at)
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn unreadable(error: io::Error) -> PastedError {
    Fault::Unreadable(crate::observe::files::reason(&error)).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        observed::Observed,
        question::{ListSpec, Question},
        survey,
    };
    use serde_json::{Value, json};
    use std::collections::BTreeSet;

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
        let answers_system = |question: &Question| {
            matches!(question, Question::List(spec) if spec.namespace.as_deref() == Some(survey::SYSTEM_NAMESPACE))
                || matches!(question, Question::Object(_))
        };
        assert!(!snapshot.asked.iter().any(|asked| answers_system(&asked.question)), "{:?}", snapshot.asked);
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
        check(b"Name:  a\nNamespace:  b\nLabels:  x=y\n", "kubectl describe");
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

    #[test]
    fn waits_for_a_list_to_say_its_kind() {
        // As `jq --sort-keys` writes what the API server sends: items have no kind, and the list's comes after them.
        let text = r#"{"apiVersion":"v1","items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}],
            "kind":"NamespaceList","metadata":{"continue":""}}"#;
        let snapshot = paste(&[text]).unwrap();
        let names = snapshot.names(&survey::namespaces()).value().copied().cloned().unwrap();
        assert_eq!((names.items.len(), names.complete), (2, true));
        let page = text.replace(r#""continue":"""#, r#""continue":"x""#);
        assert!(!paste(&[&page]).unwrap().names(&survey::namespaces()).value().unwrap().complete);
        let unknown = text.replace("NamespaceList", "List");
        let error = paste(&[&unknown]).unwrap_err().to_string();
        assert!(error.contains("a list with an object without `kind`"), "{error}");
    }

    #[test]
    fn takes_the_groups_of_all_api_services_and_not_of_some() {
        let service = |group: &str| json!({"kind": "APIService", "metadata": {"name": "x"}, "spec": {"group": group, "version": "v1"}});
        let services = [service("apps"), service(""), service("x.io")];
        assert_eq!(**one(&list(&services)).api_groups().value().unwrap(), ["apps/v1", "x.io/v1"]);
        assert!(paste(&[&service("apps").to_string()]).is_err(), "one says nothing of others");
    }

    #[test]
    fn takes_a_refusal_for_what_it_is() {
        let said = "nodes is forbidden: User \"u\" cannot list resource \"nodes\" in API group \"\" at the cluster scope";
        let version = r#"{"gitVersion": "v1.30.0"}"#;
        let status = json!({"kind": "Status", "status": "Failure", "reason": "Forbidden", "message": said});
        for text in [format!("Error from server (Forbidden): {said}\n"), status.to_string()] {
            let snapshot = paste(&[&text, version]).unwrap();
            let nodes = snapshot.nodes(&survey::nodes());
            assert!(
                matches!(&nodes, Observed::Denied(denial) if denial.permission.to_string() == "list nodes")
            );
            assert!(snapshot.version().value().is_some());
        }
        let other = json!({"kind": "Status", "status": "Failure", "reason": "NotFound"}).to_string();
        assert!(paste(&[&other]).unwrap_err().to_string().contains("NotFound"));
    }

    #[test]
    fn knows_namespaces_and_daemon_sets_by_what_lies_in_them() {
        let owner = json!([{"kind": "DaemonSet", "name": "kindnet", "controller": true}]);
        let mut cni = pod("kube-system", "kindnet-x", &Value::Null);
        cni["metadata"]["ownerReferences"] = owner;
        let snapshot = one(&list(&[cni, pod("cattle-system", "x", &Value::Null)]));
        let names = |spec| snapshot.names(&spec).value().copied().cloned().unwrap();
        let namespaces = names(survey::namespaces());
        assert_eq!((namespaces.items.len(), namespaces.complete), (2, false));
        let sets = names(survey::workloads(crate::model::question::Resource::DaemonSets));
        assert_eq!((sets.items[0].name.as_str(), sets.complete), ("kindnet", false));
    }

    #[test]
    fn says_in_which_line_a_fault_is() {
        let node = object("Node", "", "a", &Value::Null).to_string();
        let check = |text: &str, expected: &str| {
            let error = paste(&[text]).unwrap_err().to_string();
            assert!(error.starts_with("x: ") && error.contains(expected), "{error}");
        };
        check(&format!("{{\"kind\": \"List\", \"items\": [\n{node},\n{{\"kind\": \"Node\"}}]}}"), "line 3");
        check(&format!("{{\"kind\": \"List\", \"items\": [\n{node},\n"), "ends too early");
        check(&format!("{{\"kind\": \"List\", \"items\": [\n{node}\n{node}]}}"), "is none, at line 3");
        check(&format!("{node}\nand more"), "line 2");
    }

    #[test]
    fn reads_on_whatever_lies_at_the_end_of_a_line() {
        let yaml = "apiVersion: v1\r\nkind: Node\r\nmetadata:\r\n  name: a\r\n";
        assert!(paste(&[yaml]).is_ok());
        assert!(paste(&["apps/v1\r\nv1\r\n"]).is_ok());
        assert!(paste(&["Client Version: v1.30.0\r\nServer Version: v1.30.1\r\n"]).is_ok());
        let json = serde_json::to_string_pretty(&list(&[object("Node", "", "a", &Value::Null)])).unwrap();
        assert!(paste(&[&json.replace('\n', "\r\n")]).is_ok());
    }

    /// A list that goes on until it is dropped or has so many items.
    struct Endless {
        item: Vec<u8>,
        left: usize,
        rest: std::collections::VecDeque<u8>,
    }

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.rest.is_empty() && self.left > 0 {
                self.left -= 1;
                self.rest.extend(&self.item);
            }
            self.rest.read(buffer)
        }
    }

    #[test]
    fn holds_nothing_of_what_nobody_asks_for() {
        let bulk = "x".repeat(1 << 20);
        let item =
            json!({"kind": "Pod", "metadata": {"name": "a", "namespace": "b", "annotations": {"c": bulk}}});
        let endless = |item: String, left| Endless {
            item: item.into_bytes(),
            left,
            rest: b"{\"items\":[".iter().copied().collect(),
        };
        let mut paste = Paste::new();
        let error = paste.add("x", endless(format!("{item},"), 40)).unwrap_err();
        assert!(error.to_string().contains("ends too early"), "more than one object may have: {error}");
        let error = paste.add("x", endless("[],".to_owned(), 100)).unwrap_err();
        assert!(error.to_string().contains("a list in it"), "{error}");
        let error = paste.add("x", endless(format!("{{\"a\":\"{bulk}"), 40)).unwrap_err();
        assert!(error.to_string().contains("begins as JSON"), "{error}");
        let error = paste.add("x", endless(bulk.clone(), 40)).unwrap_err();
        assert!(error.to_string().contains("begins as JSON"), "{error}");
        let words = Endless { item: bulk.into_bytes(), left: 40, rest: b"NAME ".iter().copied().collect() };
        assert!(paste.add("x", words).unwrap_err().to_string().contains("larger than 32 MiB"));
        let one =
            Endless { item: vec![b'y'; 1 << 20], left: 40, rest: b"{\"a\": \"".iter().copied().collect() };
        assert!(paste.add("x", one).unwrap_err().to_string().contains("one object has more than 16 MiB"));
    }
}

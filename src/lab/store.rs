//! The objects of the practice cluster by kind, namespace and name. It answers no requests.

use super::{error::LabError, seed::Seed, spec::LabSpec};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A kind that the API server stores.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) group: &'static str,
    pub(super) version: &'static str,
    pub(super) plural: &'static str,
    /// As objects spell it.
    pub(super) name: &'static str,
    pub(super) namespaced: bool,
    /// What else can be asked under one object's name, with the verb that it takes.
    pub(super) subresources: &'static [(&'static str, &'static str)],
}

/// All kinds.
pub(super) static KINDS: [Kind; 23] = [
    kind("", "configmaps", "ConfigMap", true),
    kind("", "endpoints", "Endpoints", true),
    kind("", "namespaces", "Namespace", false),
    Kind { subresources: &[("proxy", "get")], ..kind("", "nodes", "Node", false) },
    Kind {
        subresources: &[("portforward", "get"), ("proxy", "get"), ("log", "get"), ("exec", "get")],
        ..kind("", "pods", "Pod", true)
    },
    kind("", "secrets", "Secret", true),
    Kind { subresources: &[("token", "create")], ..kind("", "serviceaccounts", "ServiceAccount", true) },
    kind("", "services", "Service", true),
    kind("", "events", "Event", true),
    kind(
        "admissionregistration.k8s.io",
        "mutatingwebhookconfigurations",
        "MutatingWebhookConfiguration",
        false,
    ),
    kind("apiregistration.k8s.io", "apiservices", "APIService", false),
    kind("apps", "daemonsets", "DaemonSet", true),
    kind("apps", "deployments", "Deployment", true),
    Kind { version: "v1alpha1", ..kind("argoproj.io", "applications", "Application", true) },
    kind("certificates.k8s.io", "certificatesigningrequests", "CertificateSigningRequest", false),
    kind("coordination.k8s.io", "leases", "Lease", true),
    Kind { version: "v2alpha1", ..kind("datadoghq.com", "datadogagents", "DatadogAgent", true) },
    kind("discovery.k8s.io", "endpointslices", "EndpointSlice", true),
    kind("networking.k8s.io", "networkpolicies", "NetworkPolicy", true),
    kind("rbac.authorization.k8s.io", "clusterrolebindings", "ClusterRoleBinding", false),
    kind("rbac.authorization.k8s.io", "clusterroles", "ClusterRole", false),
    kind("rbac.authorization.k8s.io", "rolebindings", "RoleBinding", true),
    kind("rbac.authorization.k8s.io", "roles", "Role", true),
];

const fn kind(group: &'static str, plural: &'static str, name: &'static str, namespaced: bool) -> Kind {
    Kind { group, version: "v1", plural, name, namespaced, subresources: &[] }
}

impl Kind {
    /// The group with its version, as `apiVersion` has it.
    pub(super) fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// The kind of this plural in a group.
    pub(super) fn find(group: &str, plural: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.group == group && kind.plural == plural)
    }
}

/// Namespace, empty for cluster scope, and name.
pub(super) type Key = (String, String);

/// All objects.
pub(super) struct Store {
    objects: BTreeMap<(&'static str, &'static str), BTreeMap<Key, Value>>,
    version: usize,
}

impl Store {
    /// Files the objects and completes their metadata as the API server does when they are created.
    pub(super) fn new(spec: &LabSpec, objects: Vec<Value>) -> Result<Self, LabError> {
        /// What a cluster has stored before anything of interest.
        const FIRST_VERSION: usize = 200;
        let mut store = Self { objects: BTreeMap::new(), version: FIRST_VERSION };
        let mut objects = objects;
        for edit in &spec.edits {
            let mut meant = objects.iter_mut().filter(|object| edit.is_about(object)).peekable();
            if meant.peek().is_none() {
                return Err(LabError::NoSuchObject(format!(
                    "{} {}/{}",
                    edit.kind, edit.namespace, edit.name
                )));
            }
            meant.for_each(|object| edit.apply(object));
        }
        for mut object in objects {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let (api_version, kind) = (text(&object["apiVersion"]), text(&object["kind"]));
            let kind = KINDS
                .iter()
                .find(|known| known.name == kind && known.api_version() == api_version)
                .ok_or(LabError::UnknownKind(kind))?;
            let key = (text(&object["metadata"]["namespace"]), text(&object["metadata"]["name"]));
            store.version += 1;
            let metadata = &mut object["metadata"];
            metadata["resourceVersion"] = json!(store.version.to_string());
            metadata["uid"] = json!(uid(Seed(spec.seed), kind.name, &key.0, &key.1));
            if metadata["creationTimestamp"].is_null() {
                metadata["creationTimestamp"] = json!(spec.set_up_at());
            }
            store.objects.entry((kind.group, kind.plural)).or_default().insert(key, object);
        }
        Ok(store)
    }

    /// The version of the whole store, which lists carry.
    pub(super) const fn version(&self) -> usize {
        self.version
    }

    /// All objects of a kind, by namespace and name.
    pub(super) fn of_kind(&self, kind: &Kind) -> impl Iterator<Item = (&Key, &Value)> {
        self.objects.get(&(kind.group, kind.plural)).into_iter().flatten()
    }

    /// One object.
    pub(super) fn get(&self, kind: &Kind, namespace: &str, name: &str) -> Option<&Value> {
        self.objects.get(&(kind.group, kind.plural))?.get(&(namespace.to_owned(), name.to_owned()))
    }

    /// One object of a core kind, by the kind's plural.
    pub(super) fn core(&self, plural: &str, namespace: &str, name: &str) -> Option<&Value> {
        self.get(Kind::find("", plural)?, namespace, name)
    }
}

/// The id that an object has, whether or not it is stored.
pub(super) fn uid(seed: Seed, kind: &str, namespace: &str, name: &str) -> String {
    seed.uuid(&format!("{kind} {namespace}/{name}"))
}

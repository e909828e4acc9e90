//! The Secrets and `ConfigMaps` without which the pods of a workload do not start, and the origins of Secrets that are copies.

use super::View;
use crate::model::{
    agent_role::agent_containers,
    agents::{self, AgentRole},
    observed::Observed,
    question::{ObjectKind, ObjectRef},
    workload::{EnvObject, EnvSource, VolumeSource, Workload},
};

/// An object that a pod needs to start.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The object.
    pub object: ObjectRef,
    /// The entry that it must have, where one is named.
    pub key: Option<String>,
    /// What refers to it: a variable or a volume.
    pub by: String,
}

/// What a workload of Datadog's refers to and does not call optional.
///
/// Of a sidecar only its own variables count, and the Secrets that these name: the rest is the application's.
#[must_use]
pub fn references(role: AgentRole, workload: &Workload) -> Vec<Reference> {
    let namespace = &workload.namespace;
    let mut found: Vec<Reference> = Vec::new();
    for (variable, source) in agent_containers(workload).flat_map(|container| &container.env_from) {
        let (object, key) = match source {
            EnvSource::Secret { name, key } => (agents::secret(namespace, name), key),
            EnvSource::ConfigMap { name, key } if role != AgentRole::Sidecar => {
                (agents::config_map(namespace, name), key)
            }
            _ => continue,
        };
        found.push(Reference { object, key: Some(key.clone()), by: format!("variable {variable}") });
    }
    let objects = env_objects(role, workload).filter(|(_, of)| !of.optional);
    found.extend(objects.map(|(object, _)| Reference { object, key: None, by: "envFrom".to_owned() }));
    let volumes = workload.volumes.iter().filter(|_| role != AgentRole::Sidecar);
    for (volume, source) in volumes {
        let (object, items) = match source {
            VolumeSource::Secret { name, items, optional: false } => (agents::secret(namespace, name), items),
            VolumeSource::ConfigMap { name, items, optional: false } => {
                (agents::config_map(namespace, name), items)
            }
            _ => continue,
        };
        let by = format!("volume {volume}");
        found.push(Reference { object: object.clone(), key: None, by: by.clone() });
        found.extend(items.keys().map(|key| Reference {
            object: object.clone(),
            key: Some(key.clone()),
            by: by.clone(),
        }));
    }
    found.sort();
    found.dedup();
    found
}

/// The objects all of whose entries become variables of a workload's agents, also those without which pods start.
pub fn env_objects(role: AgentRole, workload: &Workload) -> impl Iterator<Item = (ObjectRef, &EnvObject)> {
    agent_containers(workload)
        .flat_map(|container| &container.env_objects)
        .filter(move |object| object.kind == ObjectKind::Secret || role != AgentRole::Sidecar)
        .map(|object| (object.object(&workload.namespace), object))
}

impl View<'_> {
    /// The names of the entries of a Secret or a `ConfigMap`.
    #[must_use]
    pub fn entries(&self, ObjectRef { kind, namespace, name }: &ObjectRef) -> Observed<Vec<String>> {
        match kind {
            ObjectKind::Secret => {
                self.snapshot.secret(namespace, name).map(|facts| facts.entries.keys().cloned().collect())
            }
            _ => self.snapshot.config_map(namespace, name).map(|facts| facts.keys.clone()),
        }
    }
}

/// Secrets that are copied into the agents' namespace by hand, with the namespaces that they may come from.
///
/// Source: Datadog's page on control-plane monitoring and the operator for `etcd-metric-client` (4.14 and later);
/// `OpenShift`'s own pages, which name other namespaces for some releases.
const ORIGINS: [(&str, &[&str]); 2] = [
    ("etcd-metric-client", &["openshift-etcd-operator", "openshift-etcd"]),
    ("kube-etcd-client-certs", &["openshift-monitoring"]),
];

/// The Secrets of which a workload's volumes hold copies: the copy, and where its origin may be.
#[must_use]
pub fn copies(workload: &Workload) -> Vec<(ObjectRef, Vec<ObjectRef>)> {
    let volumes = workload.volumes.values();
    let named = volumes.filter_map(|volume| match volume {
        VolumeSource::Secret { name, .. } => Some(name),
        _ => None,
    });
    named
        .filter_map(|name| {
            let (_, namespaces) = ORIGINS.iter().find(|(known, _)| known == name)?;
            let origins = namespaces.iter().map(|namespace| agents::secret(namespace, name)).collect();
            Some((agents::secret(&workload.namespace, name), origins))
        })
        .collect()
}

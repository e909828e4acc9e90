//! What is known about the tools that may monitor a cluster: the answers of a snapshot, put together.

use crate::model::{
    monitors,
    observed::{Gap, Observed, Why},
    question::{ListSpec, Resource},
    rights::Binding,
    snapshot::Snapshot,
    survey,
    workload::Workload,
};
use std::collections::BTreeMap;

/// What is known about the tools that may monitor a cluster.
#[derive(Debug)]
pub struct Facts<'a> {
    snapshot: &'a Snapshot,
    /// By kind, namespace and name.
    workloads: BTreeMap<(&'a str, &'a str, &'a str), &'a Workload>,
}

impl<'a> Facts<'a> {
    /// Puts together what a snapshot holds.
    #[must_use]
    pub fn gather(snapshot: &'a Snapshot) -> Self {
        let mut workloads = BTreeMap::new();
        let by_name = monitors::HEAPSTER.map(monitors::heapster);
        for spec in monitors::deployments().iter().chain(&by_name).chain([&monitors::daemon_sets()]) {
            if let Observed::Seen(list) = snapshot.workloads(spec) {
                workloads.extend(list.items.iter().map(|workload| {
                    ((workload.kind.as_str(), workload.namespace.as_str(), workload.name.as_str()), workload)
                }));
            }
        }
        Self { snapshot, workloads }
    }

    /// The workloads that were read, each once, sorted.
    pub fn workloads(&self) -> impl Iterator<Item = &'a Workload> + '_ {
        self.workloads.values().copied()
    }

    /// The API groups, as `group/version`; none where they are unknown.
    #[must_use]
    pub fn groups(&self) -> &'a [String] {
        match self.snapshot.api_groups() {
            Observed::Seen(groups) => groups,
            _ => &[],
        }
    }

    /// Whether a namespace is known to exist.
    #[must_use]
    pub fn has_namespace(&self, name: &str) -> bool {
        let namespaces = self.snapshot.names(&survey::namespaces());
        namespaces.value().is_some_and(|list| list.items.iter().any(|named| named.name == name))
    }

    /// The binding of Heapster's account; `None` where there is none of its usual name.
    ///
    /// # Errors
    /// A gap where that is not known.
    pub fn heapster_binding(&self) -> Result<Option<&'a Binding>, Gap> {
        let what = format!("ClusterRoleBinding {}", monitors::HEAPSTER_BINDING);
        let list = *self.snapshot.bindings(&monitors::heapster_binding()).seen(&what)?;
        match list.items.first() {
            Some(binding) => Ok(Some(binding)),
            None if list.complete => Ok(None),
            None => Err(Gap::new(what, Why::Partial)),
        }
    }

    /// What could not be looked at, or only in part: a tool may be there.
    #[must_use]
    pub fn gaps(&self) -> Vec<Gap> {
        let mut gaps = Vec::new();
        for spec in monitors::deployments().iter().chain([&monitors::daemon_sets()]) {
            gaps.extend(self.gap(spec));
        }
        gaps.extend(self.snapshot.api_groups().seen("the API groups").err());
        gaps.sort();
        gaps.dedup();
        gaps
    }

    fn gap(&self, spec: &ListSpec) -> Option<Gap> {
        let what = match spec.resource {
            Resource::DaemonSets => "the DaemonSets, among which node agents would be",
            _ => "the Deployments of monitoring tools",
        };
        match self.snapshot.workloads(spec) {
            Observed::Absent => None,
            seen => match seen.seen(what) {
                Ok(list) if list.complete => None,
                Ok(_) => Some(Gap::new(what, Why::Partial)),
                Err(gap) => Some(gap),
            },
        }
    }
}

//! What stands around the agents, as judges ask for it: an answer, or a gap that says which right was missing.

use super::View;
use crate::model::{
    answer::Answer,
    around,
    facts::Pod,
    observed::{Gap, Observed, Why},
    question::{AccessSpec, Question},
    surroundings::{EndpointSlice, Event, Lease, Namespace},
    workload::Workload,
};
use jiff::Timestamp;

impl<'a> View<'a> {
    /// Whether the API server says that somebody may do something.
    ///
    /// # Errors
    /// A gap where it was not asked, or would not say.
    pub fn may(&self, spec: &AccessSpec) -> Result<bool, Gap> {
        let what = format!("whether {} may {}", spec.who, spec.action);
        self.snapshot.access(spec).seen(&what).map(|answer| answer.allowed)
    }

    /// The warnings about a workload, about its pods, and about what makes these.
    ///
    /// # Errors
    /// A gap where the events of its namespace could not be read.
    pub fn warnings_about(&self, workload: &Workload) -> Result<Vec<&'a Event>, Gap> {
        let what = format!("the events of namespace {}", workload.namespace);
        let listed = self.snapshot.events(&around::warnings(&workload.namespace));
        let listed: &'a _ = listed.seen(&what)?.to_owned();
        let is_its = |event: &&Event| match event.kind.as_str() {
            "Pod" | "ReplicaSet" => {
                event.name.strip_prefix(&workload.name).is_some_and(|rest| rest.starts_with('-'))
            }
            kind => kind == workload.kind && event.name == workload.name,
        };
        Ok(listed.items.iter().filter(is_its).collect())
    }

    /// The pods of a workload that were read; of node agents those on control-plane nodes.
    #[must_use]
    pub fn pods_of(&self, workload: &Workload) -> Vec<&'a Pod> {
        let is_its = |pod: &&Pod| {
            pod.namespace == workload.namespace
                && !workload.selector.is_empty()
                && workload.selector.iter().all(|(key, value)| pod.labels.get(key) == Some(value))
        };
        self.pods.values().copied().filter(is_its).collect()
    }

    /// A lease; `None` where it does not exist.
    ///
    /// # Errors
    /// A gap where the leases of its namespace could not be read, or not all of them.
    pub fn lease(&self, namespace: &str, name: &str) -> Result<Option<&'a Lease>, Gap> {
        let what = format!("the leases of namespace {namespace}");
        let own = self.snapshot.leases(&around::node_lease(name));
        let listed = match own.value().filter(|_| namespace == around::NODE_LEASES) {
            Some(listed) => *listed,
            None if namespace == around::NODE_LEASES => own.seen(&what)?,
            None => {
                let all = self.snapshot.leases(&around::leases(namespace));
                all.seen(&what)?.to_owned()
            }
        };
        let found = listed.items.iter().find(|lease| lease.name == name);
        if found.is_none() && !listed.complete {
            return Err(Gap::new(what, Why::Partial));
        }
        Ok(found)
    }

    /// The leases of a namespace that were read.
    ///
    /// # Errors
    /// A gap where they could not be read.
    pub fn leases_of(&self, namespace: &str) -> Result<&'a [Lease], Gap> {
        let listed = self.snapshot.leases(&around::leases(namespace));
        let listed: &'a _ = listed.seen(&format!("the leases of namespace {namespace}"))?.to_owned();
        Ok(listed.items.as_slice())
    }

    /// The addresses behind a Service.
    ///
    /// # Errors
    /// A gap where they could not be read.
    pub fn slices_of(&self, namespace: &str, service: &str) -> Result<&'a [EndpointSlice], Gap> {
        let listed = self.snapshot.endpoint_slices(&around::endpoint_slices(namespace, service));
        let listed: &'a _ =
            listed.seen(&format!("the addresses behind Service {namespace}/{service}"))?.to_owned();
        Ok(listed.items.as_slice())
    }

    /// A namespace that agents are in.
    ///
    /// # Errors
    /// A gap where it could not be read.
    pub fn namespace(&self, name: &str) -> Result<&'a Namespace, Gap> {
        let found = self.snapshot.namespace(name);
        Ok(found.seen(&format!("namespace {name}"))?.to_owned())
    }

    /// The release of Kubernetes, major and minor.
    ///
    /// # Errors
    /// A gap where the API server did not tell it.
    pub fn release(&self) -> Result<(u32, u32), Gap> {
        let version = self.snapshot.version();
        let version = version.seen("the API server's version")?;
        release_of(&version.git_version)
            .ok_or_else(|| Gap::new("the API server's version", Why::Failed("it is no version".to_owned())))
    }

    /// The latest time at which any other lease that was read was renewed: the cluster's own clock is no earlier, whatever
    /// the clock of the machine that looked says.
    #[must_use]
    pub fn newest_renewal_beside(&self, lease: &Lease) -> Option<(Timestamp, &'a Lease)> {
        let leases = self.snapshot.asked.iter().filter_map(|asked| match &asked.answer {
            Observed::Seen(Answer::Leases(listed)) => Some(&listed.items),
            _ => None,
        });
        let others = leases.flatten().filter(|other| *other != lease);
        others.filter_map(|other| Some((other.renewed?, other))).max_by_key(|(renewed, _)| *renewed)
    }

    /// Whether a question of this run was asked at all.
    #[must_use]
    pub fn was_asked(&self, question: &Question) -> bool {
        self.snapshot.has(question)
    }
}

/// Major and minor of a version such as `v1.36.2` or `7.81.1-full`.
#[must_use]
pub fn release_of(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim_start_matches('v').split(['.', '+', '-']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Major and minor of an image's tag; `None` where it names no release.
#[must_use]
pub fn tag_of(image: &str) -> Option<(u32, u32)> {
    let (_, tag) = image.split('@').next()?.rsplit_once(':')?;
    release_of(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read_out_of_versions_and_tags() {
        assert_eq!(release_of("v1.36.2"), Some((1, 36)));
        assert_eq!(release_of("v1.31.2-eks-7f9249a"), Some((1, 31)));
        assert_eq!(release_of("7"), None);
        assert_eq!(tag_of("gcr.io/datadoghq/agent:7.81.1-jmx@sha256:0"), Some((7, 81)));
        assert_eq!(tag_of("registry:5000/agent"), None);
        assert_eq!(tag_of("agent:latest"), None);
    }
}

//! Whether a variable that nobody wrote out is not set at all: it may come from an object, and files can hold what variables do.

use super::View;
use crate::model::{
    agent_role::agent_containers,
    observed::{Gap, Observed, Why},
    workload::{EnvObject, VolumeSource, Workload, WorkloadContainer},
};

/// The configuration files of an Agent and of a Cluster Agent.
const FILES: [&str; 2] = ["datadog.yaml", "datadog-cluster.yaml"];

impl View<'_> {
    /// That a variable which no agent's container of a workload names has no value from elsewhere either.
    ///
    /// # Errors
    /// A gap where it may have one.
    pub fn surely_unset(&self, workload: &Workload, variable: &str) -> Result<(), Gap> {
        let in_container = |container: &WorkloadContainer| {
            let mut objects = container.env_objects.iter();
            objects.find_map(|object| self.in_object(workload, object, variable)).or_else(|| {
                own_file(workload, container).map(|path| format!("it may stand in {path}, which is not read"))
            })
        };
        agent_containers(workload).find_map(in_container).map_or(Ok(()), |why| {
            let Workload { namespace, name, .. } = workload;
            let what = format!("{variable} of {} {namespace}/{name}", workload.kind_name());
            Err(Gap::new(what, Why::OutOfReach(why)))
        })
    }

    /// Why a variable may be one of those that all entries of an object become; `None` where it is not.
    fn in_object(&self, workload: &Workload, object: &EnvObject, variable: &str) -> Option<String> {
        let (namespace, name) = (&workload.namespace, &object.name);
        let key = variable.strip_prefix(object.prefix.as_str())?;
        let has_it = if object.is_secret {
            self.snapshot.secret(namespace, name).map(|facts| facts.entries.contains_key(key))
        } else {
            self.snapshot.config_map(namespace, name).map(|facts| facts.keys.iter().any(|one| one == key))
        };
        let kind = if object.is_secret { "Secret" } else { "ConfigMap" };
        match has_it {
            Observed::Seen(true) => Some(format!("it comes from {kind} {namespace}/{name}")),
            // What does not exist sets nothing, whatever else comes of that.
            Observed::Seen(false) | Observed::Absent => None,
            _ => Some(format!("it may come from {kind} {namespace}/{name}, which was not read")),
        }
    }
}

/// Where a configuration file of a container's own is mounted, from an object or the node.
pub(super) fn own_file<'a>(workload: &Workload, container: &'a WorkloadContainer) -> Option<&'a str> {
    let mut paths = container.mounts.iter().filter(|mount| {
        !matches!(workload.volumes.get(&mount.volume), Some(VolumeSource::EmptyDir))
            && mount.path.rsplit('/').next().is_some_and(|name| FILES.contains(&name))
    });
    paths.next().map(|mount| mount.path.as_str())
}

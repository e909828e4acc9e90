//! Whether a variable that nobody wrote out is not set at all: it may come from an object, and files can hold what variables do.

use super::View;
use crate::model::{
    agent_role::agent_containers,
    observed::{Gap, Observed, Why},
    workload::{EnvObject, VolumeSource, Workload, WorkloadContainer},
};

/// The configuration files of an Agent and of a Cluster Agent.
const FILES: [&str; 2] = ["datadog.yaml", "datadog-cluster.yaml"];

/// Where a variable has its value from that no container names.
enum Place {
    /// An object that has an entry of this name.
    Object(String),
    /// Perhaps here; the words say why that is not known.
    Perhaps(String),
}

impl View<'_> {
    /// The object that gives a workload's agents a variable which none of their containers names; `None` where it is not set
    /// at all.
    ///
    /// # Errors
    /// A gap where that is not known.
    pub fn given(&self, workload: &Workload, variable: &str) -> Result<Option<String>, Gap> {
        let in_container = |container: &WorkloadContainer| {
            let mut objects = container.env_objects.iter();
            objects.find_map(|object| self.in_object(workload, object, variable)).or_else(|| {
                let path = own_file(workload, container)?;
                Some(Place::Perhaps(format!("it may stand in {path}, which is not read")))
            })
        };
        match agent_containers(workload).find_map(in_container) {
            None => Ok(None),
            Some(Place::Object(object)) => Ok(Some(object)),
            Some(Place::Perhaps(why)) => Err(gap(workload, variable, why)),
        }
    }

    /// That a variable which no agent's container of a workload names has no value from elsewhere either.
    ///
    /// # Errors
    /// A gap where it has one, which is not read, or may have one.
    pub fn surely_unset(&self, workload: &Workload, variable: &str) -> Result<(), Gap> {
        match self.given(workload, variable)? {
            None => Ok(()),
            Some(object) => {
                Err(gap(workload, variable, format!("it comes from {object}, whose values are not read")))
            }
        }
    }

    /// Whether a variable is one of those that all entries of an object become.
    fn in_object(&self, workload: &Workload, object: &EnvObject, variable: &str) -> Option<Place> {
        let (namespace, name) = (&workload.namespace, &object.name);
        let key = variable.strip_prefix(object.prefix.as_str())?;
        let (kind, has_it) = if object.is_secret {
            let facts = self.snapshot.secret(namespace, name);
            ("Secret", facts.map(|facts| facts.entries.contains_key(key)))
        } else {
            let facts = self.snapshot.config_map(namespace, name);
            ("ConfigMap", facts.map(|facts| facts.keys.iter().any(|one| one == key)))
        };
        let place = format!("{kind} {namespace}/{name}");
        match has_it {
            Observed::Seen(true) => Some(Place::Object(place)),
            // What does not exist sets nothing, whatever else comes of that.
            Observed::Seen(false) | Observed::Absent => None,
            _ => Some(Place::Perhaps(format!("it may come from {place}, which was not read"))),
        }
    }
}

fn gap(workload: &Workload, variable: &str, why: String) -> Gap {
    let Workload { namespace, name, .. } = workload;
    Gap::new(format!("{variable} of {} {namespace}/{name}", workload.kind_name()), Why::OutOfReach(why))
}

/// Where a configuration file of a container's own is mounted, from an object or the node.
pub(super) fn own_file<'a>(workload: &Workload, container: &'a WorkloadContainer) -> Option<&'a str> {
    let mut paths = container.mounts.iter().filter(|mount| {
        !matches!(workload.volumes.get(&mount.volume), Some(VolumeSource::EmptyDir))
            && mount.path.rsplit('/').next().is_some_and(|name| FILES.contains(&name))
    });
    paths.next().map(|mount| mount.path.as_str())
}

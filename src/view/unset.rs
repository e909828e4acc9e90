//! Whether a variable that nobody wrote out is not set at all: it may come from an object, and files can hold what variables do.

use super::View;
use crate::model::{
    agent_role::agent_containers,
    agents::TOKEN_VARIABLE,
    observed::{Gap, Observed, Why},
    question::ObjectRef,
    workload::{VolumeSource, Workload, WorkloadContainer},
};

/// Where an Agent and a Cluster Agent look for their files.
const FOLDER: &str = "/etc/datadog-agent";

/// Their configuration files.
const FILES: [&str; 2] = ["datadog.yaml", "datadog-cluster.yaml"];

/// The file that they have their token from where no variable names it.
const TOKEN_FILE: &str = "cluster_agent.auth_token";

impl View<'_> {
    /// The object that gives a workload's agents a variable which none of their containers names; `None` where it is not set
    /// at all, or where a container names it, which goes before all else.
    ///
    /// # Errors
    /// A gap where that is not known.
    pub fn given(&self, workload: &Workload, variable: &str) -> Result<Option<ObjectRef>, Gap> {
        if agent_containers(workload).any(|container| container.env.contains_key(variable)) {
            return Ok(None);
        }
        let mut unread = None;
        for object in agent_containers(workload).flat_map(|container| &container.env_objects) {
            let Some(key) = variable.strip_prefix(object.prefix.as_str()) else { continue };
            let place = object.object(&workload.namespace);
            match self.entries(&place) {
                Observed::Seen(entries) if entries.iter().any(|entry| entry == key) => {
                    return Ok(Some(place));
                }
                // What does not exist sets nothing, whatever else comes of that.
                Observed::Seen(_) | Observed::Absent => {}
                other => unread = unread.or_else(|| other.seen(&place.to_string()).err()),
            }
        }
        let files: &[&str] =
            if variable == TOKEN_VARIABLE { &[FILES[0], FILES[1], TOKEN_FILE] } else { &FILES };
        let mounted = agent_containers(workload).find_map(|container| mounted(workload, container, files));
        match (unread, mounted) {
            (Some(gap), _) => Err(gap),
            (None, Some(path)) => {
                Err(gap(workload, variable, format!("it may stand in {path}, which is not read")))
            }
            (None, None) => Ok(None),
        }
    }

    /// That a variable which no agent's container of a workload names has no value from elsewhere either.
    ///
    /// # Errors
    /// A gap where it has one, which is not read, or may have one.
    pub fn surely_unset(&self, workload: &Workload, variable: &str) -> Result<(), Gap> {
        self.given(workload, variable)?.map_or(Ok(()), |object| {
            let why = format!("it comes from {object}, whose values are not read");
            Err(gap(workload, variable, why))
        })
    }
}

fn gap(workload: &Workload, variable: &str, why: String) -> Gap {
    let Workload { namespace, name, .. } = workload;
    Gap::new(format!("{variable} of {} {namespace}/{name}", workload.kind_name()), Why::OutOfReach(why))
}

/// Where a configuration file of a container's own is mounted, from an object or the node.
pub(super) fn own_file<'a>(workload: &Workload, container: &'a WorkloadContainer) -> Option<&'a str> {
    mounted(workload, container, &FILES)
}

/// Where one of these files is mounted, or the whole folder that they are looked for in.
fn mounted<'a>(workload: &Workload, container: &'a WorkloadContainer, files: &[&str]) -> Option<&'a str> {
    let mut paths = container.mounts.iter().filter(|mount| {
        let path = mount.path.trim_end_matches('/');
        let is_meant = path == FOLDER || path.rsplit('/').next().is_some_and(|name| files.contains(&name));
        is_meant && !matches!(workload.volumes.get(&mount.volume), Some(VolumeSource::EmptyDir))
    });
    paths.next().map(|mount| mount.path.as_str())
}

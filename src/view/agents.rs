//! Datadog's own workloads, and how their configuration makes them ask each component.

use crate::model::{
    agents,
    answer::{Answer, ConfigMapFacts},
    check_config::{CheckConfig, CheckInstance},
    component::Component,
    observed::{Gap, Observed, Why},
    question::ObjectRef,
    snapshot::Snapshot,
    workload::{VolumeSource, Workload, WorkloadContainer},
};
use std::collections::BTreeSet;

/// The agents' workloads, out of all `DaemonSets` that were read, or those of the namespace that was named.
#[derive(Debug)]
pub struct Agents<'a> {
    pub(super) snapshot: &'a Snapshot,
    /// The `DaemonSets` whose pods are Datadog Agents, or why they are not known.
    pub workloads: Result<Vec<&'a Workload>, Gap>,
    /// Whether the list of `DaemonSets` was whole.
    pub complete: bool,
    /// The namespaces of other agents, where only those of one namespace are looked at.
    pub elsewhere: BTreeSet<&'a str>,
}

/// How the agents are configured to ask a component.
#[derive(Debug)]
pub struct Configured<'a> {
    /// The instance of the check.
    pub instance: CheckInstance,
    /// Where it is written.
    pub origin: Origin,
    /// The workload whose agents run it.
    pub workload: &'a Workload,
}

/// Where a check's configuration is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In an entry of a `ConfigMap` that is mounted into the agents.
    ConfigMap {
        /// The `ConfigMap`.
        object: ObjectRef,
        /// Its entry.
        key: String,
    },
    /// Nowhere: the configuration that the Agent's package brings along.
    Packaged,
}

impl<'a> Agents<'a> {
    pub(super) fn new(snapshot: &'a Snapshot) -> Self {
        let listed = snapshot.workloads(&agents::daemon_sets());
        let complete = listed.value().is_some_and(|listed| listed.complete);
        let is_meant = |workload: &Workload| {
            let namespace = snapshot.wanted.namespace.as_ref();
            namespace.is_none_or(|namespace| *namespace == workload.namespace)
        };
        let mut elsewhere = BTreeSet::new();
        let workloads = listed.seen("the DaemonSets, among which the agents' own would be").map(|listed| {
            let agents = listed.items.iter().filter(|workload| is_agent(workload));
            let (meant, others): (Vec<_>, Vec<_>) = agents.partition(|workload| is_meant(workload));
            elsewhere.extend(others.iter().map(|workload| workload.namespace.as_str()));
            meant
        });
        Self { snapshot, workloads, complete, elsewhere }
    }

    /// Whether it is known that no agents are installed.
    #[must_use]
    pub fn are_absent(&self) -> bool {
        self.complete && self.workloads.as_ref().is_ok_and(Vec::is_empty)
    }

    /// The `ConfigMap`s that a workload's pods mount, in which check configurations may stand.
    #[must_use]
    pub fn config_maps_of(&self, workload: &Workload) -> BTreeSet<ObjectRef> {
        workload
            .volumes
            .values()
            .filter_map(|volume| match volume {
                VolumeSource::ConfigMap { name, .. } => Some(agents::config_map(&workload.namespace, name)),
                VolumeSource::Secret { .. }
                | VolumeSource::HostPath(_)
                | VolumeSource::EmptyDir
                | VolumeSource::Other => None,
            })
            .collect()
    }

    /// How the agents ask a component.
    ///
    /// # Errors
    /// A gap where the agents, or a `ConfigMap` that could hold the configuration, could not be read.
    pub fn configured(&self, component: Component) -> Result<Configured<'a>, Gap> {
        let workloads = self.workloads.as_ref().map_err(Clone::clone)?;
        let Some(first) = workloads.first() else {
            let why = if self.complete {
                Why::Failed(match &self.snapshot.wanted.namespace {
                    Some(namespace) => format!("no Datadog Agent DaemonSet exists in namespace {namespace}"),
                    None => "no Datadog Agent DaemonSet exists".to_owned(),
                })
            } else {
                Why::Partial
            };
            return Err(Gap::new("the agents' configuration", why));
        };
        let mut gap = None;
        for workload in workloads {
            for (object, facts) in self.config_maps(workload) {
                match facts {
                    Ok(facts) => {
                        if let Some((key, config)) = check_in(facts, component) {
                            return Ok(Configured {
                                instance: config.instances.first().cloned().unwrap_or_default(),
                                origin: Origin::ConfigMap { object, key },
                                workload,
                            });
                        }
                    }
                    Err(missing) => gap = gap.or(Some(missing)),
                }
            }
        }
        match gap {
            Some(gap) => Err(gap),
            None => {
                Ok(Configured { instance: packaged(component), origin: Origin::Packaged, workload: first })
            }
        }
    }

    fn config_maps(
        &self,
        workload: &'a Workload,
    ) -> impl Iterator<Item = (ObjectRef, Result<&'a ConfigMapFacts, Gap>)> {
        workload.volumes.values().filter_map(|volume| {
            let VolumeSource::ConfigMap { name, .. } = volume else { return None };
            let object = agents::config_map(&workload.namespace, name);
            let facts = match self.snapshot.answer(&crate::model::question::Question::Object(object.clone()))
            {
                Observed::Seen(Answer::ConfigMap(facts)) => Ok(facts),
                // A ConfigMap that does not exist configures nothing; that the pods cannot start without it
                // is another check's finding.
                Observed::Absent => return None,
                other => match other.seen(&format!("ConfigMap {}/{name}", workload.namespace)) {
                    Err(gap) => Err(gap),
                    Ok(_) => return None,
                },
            };
            Some((object, facts))
        })
    }
}

/// The entry that configures a component's check; checks are kept by their names, which are their files'.
fn check_in(facts: &ConfigMapFacts, component: Component) -> Option<(String, &CheckConfig)> {
    let check = component.profile().agent_check;
    facts.checks.get(check).map(|config| (format!("{check}.yaml"), config))
}

/// What the Agent does where nothing is written: the `auto_conf.yaml` that its package brings along.
///
/// Source: integrations-core, the `auto_conf.yaml` of the four checks: scheduler and controller-manager with
/// token and without verification, etcd by plain HTTP on 2379.
fn packaged(component: Component) -> CheckInstance {
    match component {
        Component::Etcd => CheckInstance {
            url: Some("http://localhost:2379/metrics".to_owned()),
            ..CheckInstance::default()
        },
        _ => CheckInstance {
            bearer_token_auth: Some(true),
            tls_verify: Some(false),
            ..CheckInstance::default()
        },
    }
}

/// Whether a workload's pods are Datadog Agents: by image, and in a mirrored registry by the variable that
/// every installation of it sets.
fn is_agent(workload: &Workload) -> bool {
    workload.containers.iter().any(|container| {
        crate::model::facts::short_image(&container.image) == "agent"
            && (container.image.contains("datadog")
                || container.env.contains_key("DD_KUBERNETES_KUBELET_HOST"))
    })
}

impl Configured<'_> {
    /// The container that runs the check.
    #[must_use]
    pub fn container(&self) -> Option<&WorkloadContainer> {
        self.workload.container("agent")
    }

    /// Where it is written, for people.
    #[must_use]
    pub fn describe_origin(&self) -> String {
        match &self.origin {
            Origin::ConfigMap { object, key } => {
                format!("ConfigMap {}/{}, entry {key}", object.namespace, object.name)
            }
            Origin::Packaged => "the Agent's packaged configuration".to_owned(),
        }
    }
}

//! What checks attach to: containers on the nodes, or the addresses behind a Service; and who runs them there.

use super::{Agents, Instance, Origin, View, Written};
use crate::model::{
    agents::{self, AgentRole},
    component::Component,
    facts::{Container, Pod, image_is_identified_by},
    observed::{Gap, Why},
    surroundings::SliceAddress,
    survey,
    workload::{VolumeSource, Workload},
};

/// The variable that names the checks whose packaged configuration is to be left alone, with spaces between.
pub const IGNORED: &str = "DD_IGNORE_AUTOCONF";

/// Who runs a check.
pub type Runs<'a> = Option<(AgentRole, &'a Workload)>;

impl Agents<'_> {
    /// Whether the agents leave the configuration alone that their package brings along for a component: they are told
    /// so, or an empty folder hides it.
    ///
    /// # Errors
    /// A gap where the variable comes from an object.
    pub fn ignores_packaged(workload: &Workload, component: Component) -> Result<bool, Gap> {
        let check = component.profile().agent_check;
        let Some(container) = workload.container("agent") else { return Ok(false) };
        let folder = format!("/etc/datadog-agent/conf.d/{check}.d");
        let is_hidden = container.mounts.iter().any(|mount| {
            mount.path.trim_end_matches('/') == folder
                && matches!(workload.volumes.get(&mount.volume), Some(VolumeSource::EmptyDir))
        });
        if !is_hidden && container.env_from.contains_key(IGNORED) {
            let why = Why::OutOfReach("its value comes from an object that is not read".to_owned());
            return Err(Gap::new(format!("{IGNORED} of {} {}", workload.kind_name(), workload.name), why));
        }
        let named = container.env.get(IGNORED).map(String::as_str).unwrap_or_default();
        Ok(is_hidden || named.split_whitespace().any(|name| name == check))
    }
}

impl<'a> View<'a> {
    /// That all pods of the control plane were read, without which there may be more than were found.
    ///
    /// # Errors
    /// A gap where they were not.
    pub fn all_pods_seen(&self) -> Result<(), Gap> {
        const WHAT: &str = "the pods of the control plane";
        let lists = survey::control_plane_pods().into_iter().chain([survey::control_plane_app_pods()]);
        for spec in lists {
            let listed = self.snapshot.pods(&spec);
            if !listed.seen(WHAT)?.complete {
                return Err(Gap::new(WHAT, Why::Partial));
            }
        }
        Ok(())
    }

    /// The pods of a component, on nodes where a workload runs, whose containers have the image's usual name.
    fn beside(&self, workload: &Workload, component: Component) -> Option<&'a Pod> {
        let program = component.profile().program;
        self.pods.values().copied().find(|pod| {
            let node = pod.node.as_deref().and_then(|node| self.nodes.get(node));
            pod.containers.iter().any(|container| container.short_image() == program)
                && node.is_some_and(|node| workload.obstacles(node).is_empty())
        })
    }

    /// The pod of a component to which a workload's agents attach the configuration that their package brings along.
    ///
    /// An annotation of the pod for the same check takes its place.
    ///
    /// # Errors
    /// A gap where it cannot be told whether they leave that configuration alone, or not all pods could be read.
    pub fn attaches_packaged(
        &self,
        workload: &Workload,
        component: Component,
    ) -> Result<Option<&'a Pod>, Gap> {
        let check = component.profile().agent_check;
        if Agents::ignores_packaged(workload, component)? {
            return Ok(None);
        }
        let Some(pod) = self.beside(workload, component) else {
            self.all_pods_seen()?;
            return self.control_plane_nodes().map(|_| None);
        };
        let is_annotated = pod.checks.values().any(|checks| checks.contains_key(check));
        Ok((!is_annotated).then_some(pod))
    }

    /// Whether an entry of `ad_identifiers` means a container that was read: of the control plane, of any `DaemonSet`, or
    /// of a Deployment.
    ///
    /// # Errors
    /// A gap where it was not found, and not all workloads could be read.
    pub fn is_container(&self, identifier: &str) -> Result<bool, Gap> {
        let of_pods = |pod: &&Pod| {
            pod.containers.iter().any(|container: &Container| container.is_identified_by(identifier))
        };
        if self.pods.values().any(of_pods) {
            return Ok(true);
        }
        self.all_pods_seen()?;
        let what = format!("the workloads, among which a container of {identifier} would be");
        for spec in [agents::daemon_sets(), agents::deployments()] {
            let listed = self.snapshot.workloads(&spec);
            let listed = listed.seen(&what)?;
            let images = listed.items.iter().flat_map(|workload| &workload.containers);
            if images.into_iter().any(|container| image_is_identified_by(&container.image, identifier)) {
                return Ok(true);
            }
            if !listed.complete {
                return Err(Gap::new(what, Why::Partial));
            }
        }
        Ok(false)
    }

    /// The addresses behind the Services that a check is for.
    ///
    /// # Errors
    /// A gap where those of one could not be read.
    pub fn fronted(&self, written: &Written<'_>) -> Result<Vec<&'a SliceAddress>, Gap> {
        let mut addresses = Vec::new();
        for (namespace, service) in written.services() {
            let slices = self.slices_of(namespace, service)?;
            addresses.extend(slices.iter().flat_map(|slice| &slice.addresses));
        }
        Ok(addresses)
    }

    /// Whether the Cluster Agent leaves a check of endpoints to the agents of the nodes that these are on, as it does with
    /// endpoints that are pods unless told to go by the address.
    ///
    /// # Errors
    /// A gap where the endpoints could not be read.
    pub fn is_left_to_nodes(&self, written: &Written<'_>) -> Result<bool, Gap> {
        if !written.is_of_endpoints() || written.goes_by_address() {
            return Ok(false);
        }
        Ok(self.fronted(written)?.iter().any(|address| is_pod(address)))
    }

    /// Who runs a check.
    ///
    /// # Errors
    /// A gap where that depends on endpoints that could not be read, or on whether there are runners.
    pub fn runs(&self, written: &Written<'a>) -> Result<Runs<'a>, Gap> {
        if self.is_left_to_nodes(written)? {
            let first = self.agents.workloads.as_deref().unwrap_or_default().first();
            return Ok(first.map(|workload| (AgentRole::NodeAgent, *workload)));
        }
        if written.is_handed_out()
            && self.agents.runners.is_empty()
            && let Some(gap) = self.agents.unseen.first()
        {
            return Err(gap.clone());
        }
        Ok(written.workload.map(|workload| (written.role, workload)))
    }

    /// The pod of an instance, and its container that runs the component's program.
    #[must_use]
    pub fn container_of(&self, instance: &Instance) -> Option<(&'a Pod, &'a Container)> {
        let pod = instance.pod.as_ref()?;
        let pod = self.pods.get(&(pod.namespace.as_str(), pod.name.as_str())).copied()?;
        let program = instance.component.profile().program;
        let is_it = |container: &&Container| container.short_image() == program || container.name == program;
        Some((pod, pod.containers.iter().find(is_it)?))
    }

    /// The instances that a check on the nodes attaches to: of its pod, or of its component.
    pub fn attached<'b>(&'b self, written: &'b Written<'_>) -> impl Iterator<Item = &'b Instance> {
        self.instances_of(written.component).filter(move |instance| match (written.pod, &instance.pod) {
            (Some(pod), Some(of)) => pod.namespace == of.namespace && pod.name == of.name,
            _ => true,
        })
    }
}

/// Whether an address is a pod's and is on a node, so that an agent there is asked to run the check.
#[must_use]
pub fn is_pod(address: &SliceAddress) -> bool {
    address.node.is_some() && address.target.as_ref().is_some_and(|(kind, _)| kind == "Pod")
}

impl<'a> Written<'a> {
    /// Whether it is for each of the endpoints of a Service.
    #[must_use]
    pub fn is_of_endpoints(&self) -> bool {
        !self.check.endpoints_of.is_empty()
            || matches!(&self.origin, Origin::Annotation { kind: "Service", key, .. } if key.starts_with("endpoints."))
    }

    /// Whether endpoints are addressed by nothing but their address.
    #[must_use]
    pub fn goes_by_address(&self) -> bool {
        let annotated = self.service.and_then(|service| service.resolve.as_deref());
        annotated.or(self.check.resolve.as_deref()) == Some("ip")
    }

    /// The Services that it is for: namespace and name.
    #[must_use]
    pub fn services(&self) -> Vec<(&'a str, &'a str)> {
        let annotated = self.service.map(|service| (service.namespace.as_str(), service.name.as_str()));
        let named =
            self.check.endpoints_of.iter().map(|(namespace, name)| (namespace.as_str(), name.as_str()));
        annotated.into_iter().chain(named).collect()
    }
}

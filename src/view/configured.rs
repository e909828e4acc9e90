//! How the agents are configured to ask each component: in files, in annotations of pods and of Services, or not at all.

use super::{Agents, Instance, View};
use crate::model::{
    agents::{self, AgentRole},
    answer::{Answer, ConfigMapFacts},
    around,
    check_config::{CheckConfig, CheckInstance},
    component::Component,
    evidence::{Evidence, Locator},
    facts::{AnnotatedService, Pod},
    observed::{Gap, Observed, Why},
    question::{ObjectKind, ObjectRef, Question},
    workload::{VolumeSource, Workload, WorkloadContainer},
};

/// How the agents are configured to ask a component.
#[derive(Clone, Debug)]
pub struct Configured<'a> {
    /// The instance of the check.
    pub instance: CheckInstance,
    /// Where it is written.
    pub origin: Origin,
    /// The workload whose agents run it.
    pub workload: &'a Workload,
    /// What that workload is for.
    pub role: AgentRole,
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
    /// In an annotation of a pod or of a Service.
    Annotation {
        /// `Pod` or `Service`.
        kind: &'static str,
        /// The object's namespace.
        namespace: String,
        /// The object's name.
        name: String,
        /// The annotation's key without its prefix.
        key: String,
    },
    /// Nowhere: the configuration that the Agent's package brings along.
    Packaged,
}

/// How the keys of the annotations begin.
const ANNOTATION: &str = "ad.datadoghq.com/";

/// Configurations that were found, and the first reason why there may be more.
#[derive(Default)]
struct Search<'a> {
    found: Vec<Configured<'a>>,
    gap: Option<Gap>,
}

impl<'a> Search<'a> {
    fn miss(&mut self, gap: Gap) {
        self.gap.get_or_insert(gap);
    }

    /// Every instance of a check; one that says nothing where there is none.
    fn add(&mut self, config: &CheckConfig, origin: &Origin, (role, workload): (AgentRole, &'a Workload)) {
        if let Some(why) = &config.unreadable {
            return self.miss(Gap::new(origin.describe(), Why::Failed(why.clone())));
        }
        let configured = |instance: &CheckInstance| Configured {
            instance: instance.clone(),
            origin: origin.clone(),
            workload,
            role,
        };
        if config.instances.is_empty() {
            self.found.push(configured(&CheckInstance::default()));
        }
        self.found.extend(config.instances.iter().map(configured));
    }
}

impl<'a> View<'a> {
    /// How the agents ask an instance: one configuration at the least.
    ///
    /// # Errors
    /// A gap where the agents, or what could hold the configuration, could not be read.
    pub fn configurations(&self, instance: &Instance) -> Result<Vec<Configured<'a>>, Gap> {
        let pod = instance
            .pod
            .as_ref()
            .and_then(|pod| self.pods.get(&(pod.namespace.as_str(), pod.name.as_str())).copied());
        self.agents.configurations(instance.component, pod)
    }

    /// Whether it is known that no agent asks an instance: none runs on nodes, and nothing has others ask it.
    #[must_use]
    pub fn is_asked_by_nobody(&self, instance: &Instance) -> bool {
        let agents = &self.agents;
        let has_none = agents.complete && agents.workloads.as_ref().is_ok_and(Vec::is_empty);
        let is_missing = |gap: Gap| matches!(gap.why, Why::Missing(_));
        has_none && instance.named.is_none() && self.configurations(instance).is_err_and(is_missing)
    }

    /// The configuration by which an instance is asked first.
    ///
    /// # Errors
    /// The same as of all configurations.
    pub fn configured(&self, instance: &Instance) -> Result<Configured<'a>, Gap> {
        let first = self.configurations(instance)?.into_iter().next();
        first.ok_or_else(|| Gap::new("the agents' configuration", Why::NotAsked))
    }
}

impl<'a> Agents<'a> {
    /// How the agents ask a component, or one pod of it.
    ///
    /// Annotations of the pod come first, because the Agent then ignores files about the same check; what stands in
    /// files comes next, then what the Cluster Agent hands out: its own files, and annotations of Services. Where
    /// nothing is written the Agent does what its package says.
    ///
    /// # Errors
    /// A gap where the agents, or what could hold the configuration, could not be read.
    pub fn configurations(
        &self,
        component: Component,
        pod: Option<&Pod>,
    ) -> Result<Vec<Configured<'a>>, Gap> {
        let node_agents = self.workloads.as_ref().map_err(Clone::clone)?;
        let first = node_agents.first().map(|workload| (AgentRole::NodeAgent, *workload));
        let runner = self.runners.first().map(|workload| (AgentRole::Runner, *workload));
        let mut search = Search::default();
        if let (Some(first), Some(pod)) = (first, pod) {
            in_pod(&mut search, component, pod, first);
        }
        if search.found.is_empty() {
            for workload in node_agents {
                if search.found.is_empty() {
                    self.in_files(&mut search, component, workload, (AgentRole::NodeAgent, workload));
                }
            }
        }
        if let Some(asks) = runner.or(first) {
            for cluster_agent in self.cluster_agents().unwrap_or_default() {
                self.in_files(&mut search, component, cluster_agent, asks);
            }
            self.in_services(&mut search, component, first, asks);
        }
        match (search.found.is_empty(), search.gap, first) {
            (false, ..) => Ok(search.found),
            (true, Some(gap), _) => Err(gap),
            (true, None, Some((role, workload))) => {
                let (instance, origin) = (packaged(component), Origin::Packaged);
                Ok(vec![Configured { instance, origin, workload, role }])
            }
            (true, None, None) => Err(self.without_node_agents()),
        }
    }

    fn without_node_agents(&self) -> Gap {
        let why = if self.complete {
            Why::Missing(match &self.snapshot.wanted.namespace {
                Some(namespace) => format!("no Datadog Agent DaemonSet exists in namespace {namespace}"),
                None => "no Datadog Agent DaemonSet exists".to_owned(),
            })
        } else {
            Why::Partial
        };
        Gap::new("the agents' configuration", why)
    }

    /// In the `ConfigMaps` that a workload mounts. Of the Cluster Agent's only what it hands out counts.
    fn in_files(
        &self,
        search: &mut Search<'a>,
        component: Component,
        workload: &'a Workload,
        asks: (AgentRole, &'a Workload),
    ) {
        let is_handed_out = asks.1 != workload;
        for volume in workload.volumes.values() {
            let VolumeSource::ConfigMap { name, .. } = volume else { continue };
            let object = agents::config_map(&workload.namespace, name);
            match self.config_map(&object) {
                Ok(Some(facts)) => {
                    if let Some((key, config)) = check_in(facts, component)
                        && (config.cluster_check || !is_handed_out || config.unreadable.is_some())
                    {
                        search.add(config, &Origin::ConfigMap { object, key }, asks);
                        if !is_handed_out {
                            return;
                        }
                    }
                }
                Ok(None) => {}
                Err(gap) => search.miss(gap),
            }
        }
    }

    pub(super) fn config_map(&self, object: &ObjectRef) -> Result<Option<&'a ConfigMapFacts>, Gap> {
        debug_assert!(object.kind == ObjectKind::ConfigMap);
        match self.snapshot.answer(&Question::Object(object.clone())) {
            Observed::Seen(Answer::ConfigMap(facts)) => Ok(Some(facts)),
            // A ConfigMap that does not exist configures nothing; that the pods cannot start without it is another
            // check's finding.
            Observed::Absent => Ok(None),
            other => match other.seen(&format!("ConfigMap {}/{}", object.namespace, object.name)) {
                Err(gap) => Err(gap),
                Ok(_) => Ok(None),
            },
        }
    }

    fn in_services(
        &self,
        search: &mut Search<'a>,
        component: Component,
        on_nodes: Option<(AgentRole, &'a Workload)>,
        asks: (AgentRole, &'a Workload),
    ) {
        let services = match self.annotated_services() {
            Ok(services) => services,
            Err(gap) => return search.miss(gap),
        };
        let check = component.profile().agent_check;
        for service in services {
            let asks = on_nodes.filter(|_| self.is_run_on_nodes(service)).unwrap_or(asks);
            for (key, config) in service.checks.iter().filter_map(|(key, of)| Some((key, of.get(check)?))) {
                let origin = Origin::Annotation {
                    kind: "Service",
                    namespace: service.namespace.clone(),
                    name: service.name.clone(),
                    key: key.clone(),
                };
                search.add(config, &origin, asks);
            }
        }
    }

    /// Whether the checks of a Service's endpoints go to the agents on the nodes of the pods behind it, and to no runner.
    ///
    /// Source: the Cluster Agent hands an endpoint that a pod has to that pod's node, unless it is told to resolve addresses.
    #[must_use]
    pub fn is_run_on_nodes(&self, service: &AnnotatedService) -> bool {
        let slices =
            self.snapshot.endpoint_slices(&around::endpoint_slices(&service.namespace, &service.name));
        let mut addresses =
            slices.value().into_iter().flat_map(|listed| &listed.items).flat_map(|slice| &slice.addresses);
        service.resolve.as_deref() != Some("ip")
            && addresses.any(|address| address.target.as_ref().is_some_and(|(kind, _)| kind == "Pod"))
    }

    /// The Services that configure checks. Where there are more Services than one page holds, those of the namespaces
    /// where a control plane's own stand are enough.
    ///
    /// # Errors
    /// A gap where they could not be read.
    pub fn annotated_services(&self) -> Result<Vec<&'a AnnotatedService>, Gap> {
        const WHAT: &str = "the Services, whose annotations may configure checks";
        let of = |spec| match self.snapshot.answer(&Question::List(spec)) {
            Observed::Seen(Answer::Services(listed)) => Ok(listed),
            other => Err(other.seen(WHAT).err().unwrap_or_else(|| Gap::new(WHAT, Why::NotAsked))),
        };
        let all = of(agents::services())?;
        let mut services: Vec<&AnnotatedService> = all.items.iter().collect();
        if !all.complete {
            for spec in agents::control_plane_services() {
                services.extend(&of(spec)?.items);
            }
            services.sort_by_key(|service| (&service.namespace, &service.name));
            services.dedup_by_key(|service| (&service.namespace, &service.name));
        }
        Ok(services)
    }
}

fn in_pod<'a>(search: &mut Search<'a>, component: Component, pod: &Pod, asks: (AgentRole, &'a Workload)) {
    let check = component.profile().agent_check;
    for (key, checks) in &pod.checks {
        let is_of_container = pod.containers.iter().any(|container| {
            key.strip_prefix(container.name.as_str()).is_some_and(|rest| rest.starts_with('.'))
        });
        if let Some(config) = checks.get(check).filter(|_| is_of_container) {
            let origin = Origin::Annotation {
                kind: "Pod",
                namespace: pod.namespace.clone(),
                name: pod.name.clone(),
                key: key.clone(),
            };
            search.add(config, &origin, asks);
        }
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

impl Configured<'_> {
    /// The container that runs the check.
    #[must_use]
    pub fn container(&self) -> Option<&WorkloadContainer> {
        self.workload.container("agent")
    }

    /// Where it is written, for people.
    #[must_use]
    pub fn describe_origin(&self) -> String {
        self.origin.describe()
    }
}

impl Origin {
    /// A claim that was read there.
    #[must_use]
    pub fn says(&self, claim: impl Into<String>) -> Evidence {
        match self {
            Self::ConfigMap { object, key } => Evidence::in_ref(object, Some(key), claim),
            Self::Annotation { kind, namespace, name, key } => {
                Evidence::in_object(kind, Some(namespace), name, Some(&format!("{ANNOTATION}{key}")), claim)
            }
            Self::Packaged => Evidence { claim: claim.into(), locator: Locator::Given(self.describe()) },
        }
    }

    /// The place, for people.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::ConfigMap { object, key } => {
                format!("ConfigMap {}/{}, entry {key}", object.namespace, object.name)
            }
            Self::Annotation { kind, namespace, name, key } => {
                format!("{kind} {namespace}/{name}, annotation {ANNOTATION}{key}")
            }
            Self::Packaged => "the Agent's packaged configuration".to_owned(),
        }
    }
}

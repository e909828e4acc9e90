//! What must be configured for a distribution, as data, and its spellings as YAML. Everything here is a function of its
//! arguments: the distribution's table, the user's choices, the nodes that were seen. It asks nothing and writes no file.

mod ask;
pub mod choices;
mod choose;
pub mod diff;
pub mod error;
pub mod external;
pub mod job;
pub mod parts;
pub mod rights;
mod schedule;
pub mod spell;
mod template;
mod vendor;
mod ways;
mod words;

pub use choices::{
    Audience, ChecksBy, Choices, EtcdSource, Extras, Keys, KubeletTls, LogLevel, Version, Versions,
};
pub use error::PlanError;
pub use parts::{
    Account, Agents, Annotated, CheckFile, ClusterAgent, Instance, Mount, MountSource, NeededService,
    Outcome, Pause, Placement, Planned, Requirement, ServiceEndpoints, Sidecars, Step, Switch,
};
pub use spell::{Dialect, Document, Folder, Names, folder, spell, summary};

use crate::{
    distributions::{Access, Distribution, Exposure, Family, Identity, PkiSecret, Setting, eks::is_fargate},
    model::{component::Component, facts::Node},
};
use choose::{Context, choose};
use serde::Serialize;

/// What a plan is made for.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The distribution's row.
    pub distribution: &'static Distribution,
    /// What is known of this cluster of it.
    pub identity: &'a Identity,
    /// What else it may be, by name; empty where it was named or is certain.
    pub rivals: &'a [&'static str],
    /// The nodes that were seen.
    pub nodes: &'a [Node],
    /// The folder of etcd's certificates, where it is not the usual one.
    pub pki: Option<&'a str>,
}

/// What must hold so that the control plane is monitored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The distribution.
    pub identity: Identity,
    /// What else it may be, by name.
    pub rivals: Vec<&'static str>,
    /// What the user chose; the audience is decided, whether or not it was named.
    pub choices: Choices,
    /// What becomes of each component, in the order of [`Component::ALL`].
    pub components: Vec<Planned>,
    /// The agents of nodes.
    pub agents: Agents,
    /// The Cluster Agent.
    pub cluster_agent: ClusterAgent,
    /// How many runners of cluster checks there are, where there are any.
    pub runners: Option<u8>,
    /// The product whose control plane chart and operator configure by themselves.
    pub switch: Option<Switch>,
    /// How agents take the kubelet's certificate, where they are told.
    pub kubelet_tls: Option<KubeletTls>,
    /// What an administrator has to set first.
    pub settings: Vec<NeededSetting>,
    /// Services that are to be made.
    pub services: Vec<NeededService>,
    /// Checks of which annotations of Services tell.
    pub annotated: Vec<Annotated>,
    /// Pods that only pause, and bear annotations where no Service does.
    pub pauses: Vec<Pause>,
    /// The Secret that is to be copied to the agents.
    pub copy: Option<PkiSecret>,
    /// Agents beside pods, where there are any.
    pub sidecars: Option<Sidecars>,
    /// What the vendor calls the platform where agents must be told of it.
    pub platform: Option<Platform>,
}

/// What the vendor's chart and operator must be told of a platform, since agents would not start or work there otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Platform {
    /// The keys below `providers` in the chart's values.
    pub provider: &'static [&'static str],
    /// The first chart that has them and what else the platform needs.
    pub chart: Version,
    /// The operator's annotation; `None` where it knows none.
    pub annotation: Option<&'static str>,
    /// Whether agents ask kubelets through the API server alone.
    pub asks_kubelets_through_api: bool,
}

/// A setting that a component needs before it can be collected as planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct NeededSetting {
    /// The component.
    pub component: Component,
    /// Where to write it: a file, an object or a command.
    pub place: &'static str,
    /// What to write.
    pub text: &'static str,
}

/// The four components that only a control plane has.
const CONTROL_PLANE: [Component; 4] =
    [Component::ApiServer, Component::Etcd, Component::ControllerManager, Component::Scheduler];

/// The audience that a distribution calls for: its control plane's nodes where components can be reached from there alone.
#[must_use]
pub fn usual_audience(distribution: &Distribution, identity: &Identity) -> Audience {
    let is_of_nodes = |component: &Component| {
        matches!(
            (distribution.exposure)(*component, identity),
            Exposure::HostNetworkPod { .. } | Exposure::HostProcess { .. } | Exposure::Pod { .. }
        )
    };
    let takes_files = || {
        let etcd = (distribution.exposure)(Component::Etcd, identity);
        etcd.listeners().iter().any(|listener| matches!(listener.access, Access::Certificate(_)))
    };
    if CONTROL_PLANE.iter().any(is_of_nodes) || takes_files() {
        Audience::ControlPlane
    } else {
        Audience::All
    }
}

/// Plans the monitoring of a control plane.
///
/// # Errors
/// Where a choice cannot be, where choices contradict each other or the distribution, and where the distribution lets
/// nobody reach any component.
pub fn plan(subject: &Subject<'_>, choices: &Choices) -> Result<Plan, PlanError> {
    choices.check()?;
    let table = |component| (subject.distribution.exposure)(component, subject.identity);
    reachable(subject, &table)?;
    consistent(subject, &table, choices)?;

    // The switch of a product configures all of its components. Where it cannot configure one of them, or the chart would
    // leave it out, none of them is left to it.
    // What it would write stands in files, which is not what annotations are asked for.
    let allows_switch = has_carrier_of_switch(choices) && choices.checks_by == ChecksBy::Files;
    let mut plan = made(subject, &table, choices, allows_switch)?;
    if plan.switch.is_some() && plan.components.iter().any(is_beside_switch) {
        plan = made(subject, &table, choices, false)?;
    }
    if choices.checks_by == ChecksBy::Annotations && plan.annotated.is_empty() && plan.pauses.is_empty() {
        return Err(PlanError::Contradiction {
            what: format!(
                "--checks-by annotations: agents for {} of {} need no annotation to find what they collect",
                choices.audience, subject.distribution.name
            ),
            instead: "leave it out".to_owned(),
        });
    }
    let takes_files = plan.agents.mounts.iter().any(|mount| matches!(mount.source, MountSource::HostFile(_)));
    if subject.pki.is_some() && !takes_files {
        return Err(PlanError::Contradiction {
            what: "--etcd-pki-dir: no certificate of the nodes is used".to_owned(),
            instead: "leave it out, or use one: --etcd-source node-certificate".to_owned(),
        });
    }
    Ok(plan)
}

/// Whether the chart renders what its switches write: it does so only beside another configuration of the Cluster Agent.
///
/// Source: the chart's template `need-cluster-agent-confd`, which does not look at the switches.
const fn has_carrier_of_switch(choices: &Choices) -> bool {
    choices.extras.events || choices.extras.kube_state_metrics
}

/// Whether a component that a product's switch should configure is configured in another way.
fn is_beside_switch(planned: &Planned) -> bool {
    planned.component != Component::ApiServer && matches!(planned.outcome, Outcome::ClusterCheck { .. })
}

fn made(
    subject: &Subject<'_>,
    table: &dyn Fn(Component) -> Exposure,
    choices: &Choices,
    allows_switch: bool,
) -> Result<Plan, PlanError> {
    let context = Context { identity: subject.identity, table, choices, pki: subject.pki, allows_switch };
    let mut plan = empty(subject, choices);
    for component in Component::ALL {
        let chosen = choose(component, &context)?;
        let settings = chosen.settings.into_iter();
        plan.settings.extend(settings.map(|Setting { place, text }| NeededSetting {
            component,
            place,
            text,
        }));
        plan.agents.host_network |= chosen.needs_host_network;
        plan.agents.files.extend(chosen.node_file);
        plan.agents.mounts.extend(chosen.mounts);
        plan.services.extend(chosen.service.filter(|service| !plan.services.contains(service)));
        plan.annotated.extend(chosen.annotated);
        plan.pauses.extend(chosen.paused.map(|instances| Pause {
            check: component.profile().agent_check,
            instances,
            placement: schedule::of_component(component, subject.distribution.families, subject.nodes),
        }));
        plan.copy = plan.copy.or(chosen.copy);
        plan.cluster_agent.files.extend(chosen.cluster_file);
        if chosen.silences {
            plan.agents.ignored.push(component.profile().agent_check);
        }
        if let Outcome::Native { switch, .. } = &chosen.planned.outcome {
            plan.switch = Some(*switch);
        }
        plan.components.push(chosen.planned);
    }
    if !plan.components.iter().any(is_beside_switch) {
        natively(&mut plan);
    }
    if choices.audience == Audience::Workers {
        // What only the owner of the Cluster Agent turns on also turns this off, and a kube-state-metrics that runs anyway
        // would then be collected by every worker's agent.
        plan.agents.ignored.push("kubernetes_state");
        plan.cluster_agent.takes_checks = !needs_mounts(&context)?;
    }
    Ok(plan)
}

/// Whether a check that the Cluster Agent hands out takes something that is mounted into the agents of the control plane.
fn needs_mounts(context: &Context<'_>) -> Result<bool, PlanError> {
    let choices = Choices { audience: Audience::ControlPlane, ..context.choices.clone() };
    let chosen = choose(Component::Etcd, &Context { choices: &choices, ..*context })?;
    let instances = match &chosen.planned.outcome {
        Outcome::ClusterCheck { instances } | Outcome::Native { instances, .. } => instances.as_slice(),
        _ => &[],
    };
    Ok(instances.iter().any(|instance| instance.tls_cert.is_some()))
}

/// Without anything that depends on a component.
fn empty(subject: &Subject<'_>, choices: &Choices) -> Plan {
    let is_kubeadm = subject.distribution.families.contains(&Family::Kubeadm);
    let table = |component| (subject.distribution.exposure)(component, subject.identity);
    let roles = if is_elsewhere(&table) { &[] } else { schedule::roles(subject.distribution.families) };
    let is_alone = has_no_agents(&table);
    let sidecars = has_sidecars(subject, &table, choices)
        .then(|| Sidecars { alone: is_alone, accounts: choices.sidecar_accounts.clone() });
    let mut placement = schedule::placement(choices.audience, roles, subject.nodes);
    if sidecars.is_some() && !is_alone {
        schedule::keep_off_fargate(&mut placement);
    }
    let joins = (choices.audience == Audience::Workers)
        .then(|| format!("{}-cluster-agent", Choices::full_name(&choices.cluster_agent_release)));
    Plan {
        identity: subject.identity.clone(),
        rivals: subject.rivals.to_vec(),
        choices: choices.clone(),
        components: Vec::new(),
        agents: Agents {
            placement,
            host_network: false,
            mounts: Vec::new(),
            files: Vec::new(),
            ignored: Vec::new(),
        },
        cluster_agent: ClusterAgent { joins, files: Vec::new(), takes_checks: true },
        // Where no node takes an agent, nobody else is there to run a cluster check.
        runners: choices
            .runners
            .or_else(|| is_alone.then_some(2))
            .filter(|_| choices.audience != Audience::Workers),
        switch: None,
        // kubelets that kubeadm starts sign their serving certificates themselves.
        kubelet_tls: choices.kubelet_tls.clone().or_else(|| is_kubeadm.then_some(KubeletTls::Skip)),
        settings: Vec::new(),
        services: Vec::new(),
        annotated: Vec::new(),
        pauses: Vec::new(),
        copy: None,
        sidecars,
        platform: vendor::platform(subject.distribution),
    }
}

/// The switch of a product configures all of its components, so that none of them is configured beside it.
fn natively(plan: &mut Plan) {
    let Some(switch) = plan.switch else { return };
    plan.cluster_agent.files.clear();
    plan.agents.ignored.clear();
    for planned in &mut plan.components {
        if let Outcome::ClusterCheck { instances } = &mut planned.outcome {
            let instances = std::mem::take(instances);
            planned.outcome = Outcome::Native { switch, instances };
        }
    }
}

/// Whether no node of the cluster runs its control plane.
fn is_elsewhere(table: &dyn Fn(Component) -> Exposure) -> bool {
    let is_away = |component: &Component| {
        matches!(table(*component), Exposure::Hidden { .. } | Exposure::ThroughApi { .. })
    };
    CONTROL_PLANE[1..].iter().all(is_away)
}

/// Whether the cluster's nodes take no agents, which run beside pods instead.
fn has_no_agents(table: &dyn Fn(Component) -> Exposure) -> bool {
    matches!(table(Component::Kubelet), Exposure::Sidecar { .. })
}

/// Whether agents run beside pods: where nothing else is possible, where that was chosen, and where nodes say so.
fn has_sidecars(subject: &Subject<'_>, table: &dyn Fn(Component) -> Exposure, choices: &Choices) -> bool {
    has_no_agents(table) || choices.sidecars || subject.nodes.iter().any(is_fargate)
}

fn reachable(subject: &Subject<'_>, table: &dyn Fn(Component) -> Exposure) -> Result<(), PlanError> {
    let Exposure::Hidden { reason, instead } = table(Component::ApiServer) else { return Ok(()) };
    let is_hidden = |component: &Component| matches!(table(*component), Exposure::Hidden { .. });
    if !CONTROL_PLANE.iter().all(is_hidden) {
        return Ok(());
    }
    Err(PlanError::Refused {
        distribution: subject.distribution.name,
        why: reason.to_owned(),
        instead: instead.unwrap_or("ctlmon doctor --endpoint asks an endpoint that you name").to_owned(),
    })
}

fn consistent(
    subject: &Subject<'_>,
    table: &dyn Fn(Component) -> Exposure,
    choices: &Choices,
) -> Result<(), PlanError> {
    let is_elsewhere = |component: &Component| {
        matches!(table(*component), Exposure::Hidden { .. } | Exposure::ThroughApi { .. })
    };
    let has_no_nodes = CONTROL_PLANE[1..].iter().all(is_elsewhere);
    if choices.audience != Audience::All && has_no_nodes {
        return Err(PlanError::Contradiction {
            what: format!(
                "--for {}: no node of {} runs its control plane",
                choices.audience, subject.distribution.name
            ),
            instead: "--for all".to_owned(),
        });
    }
    if let Some(platform) = vendor::platform(subject.distribution)
        && choices.versions.chart < platform.chart
    {
        return Err(PlanError::Contradiction {
            what: format!(
                "--chart-version {}: what {} needs is known to the chart from {} on",
                choices.versions.chart, subject.distribution.name, platform.chart
            ),
            instead: "name that version or a newer one".to_owned(),
        });
    }
    let has_setting = |component: &&Component| {
        table(**component).listeners().iter().any(|listener| listener.setting.is_some())
    };
    if let Some(component) = choices.exposed.iter().find(|component| !has_setting(component)) {
        return Err(PlanError::Contradiction {
            what: format!(
                "--exposed {component}: {} has no setting that would expose it",
                subject.distribution.name
            ),
            instead: "leave it out".to_owned(),
        });
    }
    if choices.sidecars && choices.audience == Audience::Workers {
        return Err(PlanError::Contradiction {
            what: "--sidecars with --for workers: it is the Cluster Agent that puts agents beside pods"
                .to_owned(),
            instead: "name it with the release that brings the Cluster Agent".to_owned(),
        });
    }
    if choices.runners.is_some() && choices.audience == Audience::Workers {
        return Err(PlanError::Contradiction {
            what: "--runners with --for workers: runners belong to the release with the Cluster Agent"
                .to_owned(),
            instead: "name them with --for control-plane".to_owned(),
        });
    }
    if has_no_agents(table) && (choices.extras.logs || choices.extras.apm || choices.extras.processes) {
        return Err(PlanError::Contradiction {
            what: format!("--logs, --apm and --processes: no node of {} takes the agent that does it", subject.distribution.name),
            instead: "turn them on in the pods themselves: the agent beside a pod takes traces by itself, and logs go by \
                      Fargate's own log router"
                .to_owned(),
        });
    }
    if choices.windows && choices.audience != Audience::Workers {
        return Err(PlanError::Contradiction {
            what: "--target-system windows: no control plane runs on Windows".to_owned(),
            instead: "--for workers".to_owned(),
        });
    }
    if choices.sidecars && !subject.distribution.families.contains(&Family::Eks) {
        return Err(PlanError::Contradiction {
            what: format!("--sidecars: {} has no nodes of Fargate", subject.distribution.name),
            instead: "leave it out".to_owned(),
        });
    }
    if !choices.sidecar_accounts.is_empty() && !has_sidecars(subject, table, choices) {
        return Err(PlanError::Contradiction {
            what: "--sidecar-account: no agent runs beside a pod here".to_owned(),
            instead: "add --sidecars where some nodes are Fargate's".to_owned(),
        });
    }
    if choices.audience == Audience::Workers && choices.extras.external_metrics {
        return Err(PlanError::Contradiction {
            what: "--external-metrics with --for workers: the agents on workers bring no Cluster Agent"
                .to_owned(),
            instead: "name it with --for control-plane".to_owned(),
        });
    }
    Ok(())
}

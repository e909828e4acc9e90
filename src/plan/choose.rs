//! How one component is collected: by whom, and what that takes of everything else. A function of the distribution's table
//! and the choices; it matches no distribution by name.

use super::{
    ask::{anyone, instance},
    choices::{Audience, ChecksBy, Choices, EtcdSource},
    error::PlanError,
    parts::{Annotated, CheckFile, Instance, Mount, NeededService, Outcome, Planned},
    vendor,
    ways::{Carrier, Way, way},
    words::{obstacles, remarks},
};
use crate::{
    distributions::{Access, Exposure, Identity, PkiSecret, Reach, Setting},
    model::component::Component,
};
use std::collections::{BTreeMap, BTreeSet};

/// What is known when a component is planned.
pub(super) struct Context<'a> {
    pub(super) identity: &'a Identity,
    pub(super) table: &'a dyn Fn(Component) -> Exposure,
    pub(super) choices: &'a Choices,
    /// The folder that holds etcd's files, where it is another than the table's.
    pub(super) pki: Option<&'a str>,
    /// Whether switches of chart and operator may do what they can.
    pub(super) allows_switch: bool,
}

/// A component's outcome, and what it takes of everything else.
pub(super) struct Chosen {
    pub(super) planned: Planned,
    pub(super) node_file: Option<CheckFile>,
    pub(super) cluster_file: Option<CheckFile>,
    /// What an annotation tells in place of either file.
    pub(super) annotated: Option<Annotated>,
    /// What an annotation of a pod that only pauses tells.
    pub(super) paused: Option<Vec<Instance>>,
    pub(super) mounts: Vec<Mount>,
    pub(super) needs_host_network: bool,
    /// Whether the packaged configuration of its check must be off.
    pub(super) silences: bool,
    pub(super) settings: Vec<Setting>,
    /// A Service that must be made: its place, and the label of the pods behind it.
    pub(super) service: Option<NeededService>,
    /// A Secret that must be copied to where agents are.
    pub(super) copy: Option<PkiSecret>,
}

/// Plans one component.
///
/// # Errors
/// Where the source of etcd's metrics that was asked for cannot be.
pub(super) fn choose(component: Component, context: &Context<'_>) -> Result<Chosen, PlanError> {
    let exposure = (context.table)(component);
    match component {
        Component::Kubelet | Component::ClusterAgent => return Ok(everywhere(component, &exposure)),
        Component::ApiServer | Component::Etcd | Component::ControllerManager | Component::Scheduler => {}
    }
    if let Exposure::Hidden { reason, instead } = exposure {
        return Ok(left(component, reason.to_owned(), instead.map(str::to_owned), false));
    }
    if context.choices.audience == Audience::Workers {
        let reason = "these agents run on workers alone".to_owned();
        let instead = "the agents on control-plane nodes collect it: --for control-plane".to_owned();
        return Ok(left(component, reason, Some(instead), false));
    }
    if component == Component::Etcd && context.choices.etcd == EtcdSource::Off {
        return Ok(left(component, "--etcd-source off".to_owned(), None, silences(component, &exposure)));
    }
    let mut ways = Vec::new();
    for instance in exposure.listeners().iter().map(|listener| listener.instance).collect::<BTreeSet<_>>() {
        match way(component, &exposure, instance, context) {
            Ok(way) => ways.push(way),
            Err(found) => {
                let (reason, instead) = obstacles(component, &found);
                if component == Component::Etcd && context.choices.etcd != EtcdSource::Auto {
                    let what = format!("etcd's metrics cannot come from there: {reason}");
                    return Err(PlanError::Contradiction { what, instead });
                }
                return Ok(left(component, reason, Some(instead), silences(component, &exposure)));
            }
        }
    }
    Ok(collected(component, &exposure, &ways, context))
}

/// What agents would ask if nobody told them anything, and would get no answer.
fn silences(component: Component, exposure: &Exposure) -> bool {
    matches!(*exposure, Exposure::HostNetworkPod { image, .. } if vendor::has_template(component, image))
}

fn collected(component: Component, exposure: &Exposure, ways: &[Way], context: &Context<'_>) -> Chosen {
    let mut chosen = left(component, String::new(), None, false);
    let is_single = ways.len() == 1;
    let mut instances = Vec::new();
    for way in ways {
        let (instance, mounts) = instance(component, exposure, way, is_single, context);
        if !instances.contains(&instance) {
            instances.push(instance);
        }
        for mount in mounts {
            if !chosen.mounts.contains(&mount) {
                chosen.mounts.push(mount);
            }
        }
        chosen.needs_host_network |= way.carrier == Carrier::OnNode || way.listener.reach == Reach::Loopback;
        chosen.settings.extend(way.listener.setting);
        if let (EtcdSource::MetricsCertificate, Access::SecretCertificate(secret)) =
            (way.kind, way.listener.access)
        {
            chosen.copy = Some(secret);
        }
    }
    let first = &ways[0];
    chosen.service = needed_service(exposure, first);
    let remarks = remarks(component, first, context);
    let versions = context.choices.versions;
    let switch = vendor::switch(exposure, &first.listener).filter(|switch| {
        context.allows_switch && versions.chart >= switch.chart && versions.operator >= switch.operator
    });
    let packaged = matches!(*exposure, Exposure::HostNetworkPod { image, .. }
        if vendor::is_packaged(component, image, &first.listener) && matches!(first.carrier, Carrier::Beside(_)));
    let name = format!("{}.yaml", component.profile().agent_check);
    chosen.silences = !packaged;
    let file = |ad_identifiers, endpoints, instances| CheckFile {
        name,
        ad_identifiers,
        endpoints,
        instances,
        remarks: remarks.clone(),
    };
    let outcome = match first.carrier {
        Carrier::Beside(_) if packaged => Outcome::Packaged { instances },
        Carrier::Beside(image) => {
            chosen.node_file = Some(file(vec![image], None, instances.clone()));
            Outcome::NodeCheck { instances }
        }
        Carrier::OnNode => {
            chosen.node_file = Some(file(Vec::new(), None, instances.clone()));
            Outcome::NodeCheck { instances }
        }
        Carrier::BesidePause => {
            chosen.paused = Some(instances.clone());
            Outcome::NodeCheck { instances }
        }
        Carrier::Cluster(service) if context.choices.checks_by == ChecksBy::Annotations => {
            let check = component.profile().agent_check;
            chosen.annotated = Some(Annotated { service, check, instances: instances.clone() });
            if first.kind == EtcdSource::NodeCertificate {
                Outcome::NodeCheck { instances }
            } else {
                Outcome::ClusterCheck { instances }
            }
        }
        Carrier::Cluster(_) if let Some(switch) = switch => {
            // What the switch mounts it mounts itself.
            chosen.mounts.clear();
            Outcome::Native { switch, instances }
        }
        Carrier::Cluster(endpoints) => {
            chosen.cluster_file = Some(file(Vec::new(), Some(endpoints), instances.clone()));
            Outcome::ClusterCheck { instances }
        }
    };
    chosen.planned = Planned { component, outcome, remarks };
    chosen
}

/// The Service that must be made so that there are addresses to ask.
fn needed_service(exposure: &Exposure, way: &Way) -> Option<NeededService> {
    let Carrier::Cluster(service) = way.carrier else { return None };
    let needed = |selector, copies| NeededService {
        namespace: service.namespace,
        name: service.name,
        selector,
        port: way.listener.port,
        copies,
    };
    match *exposure {
        Exposure::Relay { pods, .. } => {
            Some(needed(BTreeMap::from([pods.split_once('=').unwrap_or((pods, ""))]), None))
        }
        Exposure::Endpoints { namespace, service: original, .. } if original != service.name => {
            let copy = vendor::copied(namespace, original)?;
            Some(needed(copy.selector.iter().copied().collect(), Some(original)))
        }
        _ => None,
    }
}

/// Components that are the same everywhere, and that agents collect by themselves.
fn everywhere(component: Component, exposure: &Exposure) -> Chosen {
    let instances = exposure.listeners().iter().take(1).map(anyone).collect();
    let mut chosen = left(component, String::new(), None, false);
    chosen.planned.outcome = if matches!(exposure, Exposure::Sidecar { .. }) {
        Outcome::Sidecar { instances }
    } else {
        Outcome::Packaged { instances }
    };
    chosen
}

fn left(component: Component, reason: String, instead: Option<String>, silences: bool) -> Chosen {
    Chosen {
        planned: Planned { component, outcome: Outcome::Left { reason, instead }, remarks: Vec::new() },
        node_file: None,
        cluster_file: None,
        annotated: None,
        paused: None,
        mounts: Vec::new(),
        needs_host_network: false,
        silences,
        settings: Vec::new(),
        service: None,
        copy: None,
    }
}

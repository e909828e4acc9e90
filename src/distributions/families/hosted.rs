//! What hosted control planes have in common: the provider runs them out of reach, and the API server alone is left. Nothing
//! here is a row of the table.

use super::{API_SERVER, cluster_agent, kubelet};
use crate::{
    distributions::{Exposure, Identity},
    model::component::Component,
};

/// How components are exposed where a provider runs the control plane and lends no part of it but the API.
#[must_use]
pub fn exposure(component: Component, _: &Identity) -> Exposure {
    with_reasons(
        component,
        "the provider runs it out of reach, and no source tells of a way to its metrics",
        "the provider runs it out of reach, with the data of all its customers' clusters",
        None,
    )
}

/// The same with the reasons of one provider, and what it offers instead.
#[must_use]
pub const fn with_reasons(
    component: Component,
    controllers: &'static str,
    etcd: &'static str,
    instead: Option<&'static str>,
) -> Exposure {
    match component {
        Component::ApiServer => API_SERVER,
        Component::Etcd => Exposure::Hidden { reason: etcd, instead },
        Component::ControllerManager | Component::Scheduler => {
            Exposure::Hidden { reason: controllers, instead }
        }
        Component::Kubelet => kubelet(),
        Component::ClusterAgent => cluster_agent(),
    }
}

/// How components are exposed where the owner runs the control plane, but no source tells where it listens.
#[must_use]
pub const fn unsourced(component: Component) -> Exposure {
    const REASON: &str = "it runs on machines of the owner, and no source tells where it listens there";
    const INSTEAD: Option<&str> =
        Some("find its port and its certificate on a control-plane node with `ctlmon doctor --on-node`");
    with_reasons(component, REASON, REASON, INSTEAD)
}

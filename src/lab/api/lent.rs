//! What EKS's API server answers in the place of components that nobody can reach: their metrics, at paths of an API group.

use super::path::Resource;
use crate::{
    lab::{
        bodies,
        cluster::Cluster,
        reply::{Refusal, Reply},
        request::Ask,
    },
    model::{around::EKS_GROUP, component::Component},
};
use http::{StatusCode, header};

/// The paths at which the API server answers for a component, by their resource.
const LENT: [(&str, Component); 2] = [("kcm", Component::ControllerManager), ("ksh", Component::Scheduler)];

/// The media types of the API's own resources, which is what it says where none of them will do.
const ACCEPTED: &str = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

/// What the API server answers for a component, if it is asked for that.
pub(super) fn by_eks(cluster: &Cluster, resource: &Resource) -> Option<String> {
    let group = format!("{}/{}", resource.group, resource.version);
    let is_served = resource.group == EKS_GROUP && cluster.spec().groups.contains(&group);
    let (_, component) = LENT.iter().find(|(plural, _)| is_served && *plural == resource.plural)?;
    let usual = match component {
        Component::Scheduler => include_str!("../bodies/scheduler.txt"),
        _ => include_str!("../bodies/controller-manager.txt"),
    };
    (resource.name == "container" && resource.subresource == "metrics")
        .then(|| bodies::of(cluster.spec(), *component, usual))
}

/// The metrics, to whoever takes any form of answer.
///
/// Source: aws/containers-roadmap issue 2501.
pub(super) fn answer(ask: &Ask, body: String) -> Result<Reply, Refusal> {
    if ask.header(header::ACCEPT).is_some_and(|accept| !accept.contains("*/*")) {
        return Err(Refusal {
            code: StatusCode::NOT_ACCEPTABLE,
            reason: "NotAcceptable",
            message: format!("only the following media types are accepted: {ACCEPTED}"),
            details: None,
        });
    }
    Ok(Reply::kubernetes_metrics(body))
}

//! Whose the external metrics API is: a cluster has one, and installing a second one takes it from the first.

use super::{Choices, Dialect};
use crate::model::facts::Named;

/// Whether this Service is not the Cluster Agent's of the release that is planned.
///
/// Source: the chart's `agent-apiservice.yaml`, the operator's `GetMetricsServerServiceName`: both put the Cluster Agent's
/// name first, and differ in what follows.
#[must_use]
pub fn is_of_another(service: &Named, choices: &Choices, dialect: Dialect) -> bool {
    let name = match dialect {
        Dialect::Helm | Dialect::ArgoCd => Choices::full_name(&choices.release),
        Dialect::DatadogAgent => choices.release.clone(),
    };
    service.namespace != choices.namespace
        || !service.name.starts_with(&format!("{name}-cluster-agent-metrics-"))
}

//! ctlmon: sets up and diagnoses the monitoring of a Kubernetes control plane with Datadog.

pub mod lab;
pub mod model;
pub mod rbac;

//! ctlmon: sets up and diagnoses the monitoring of a Kubernetes control plane with Datadog.

pub mod distributions;
pub mod model;
pub mod observe;
pub mod questions;
pub mod yaml;

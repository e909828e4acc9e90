//! Checks of what the monitoring stands on: whether it is installed, the operator, clocks, versions, leaders and ports.

pub(super) mod clock_of_node_off;
pub(super) mod clock_of_this_machine_off;
pub(super) mod component_without_leader;
pub(super) mod datadog_not_installed;
pub(super) mod flags_not_in_kubeadm_config;
pub(super) mod heapster_retired;
pub(super) mod kubernetes_versions_skewed;
pub(super) mod old_introspection_daemonset;
mod operator;
pub(super) mod operator_cannot_grant;
pub(super) mod operator_does_not_know_product;
pub(super) mod port_filtered;
pub(super) mod pushprox_selects_nothing;

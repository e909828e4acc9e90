//! Checks of the agents themselves: where they run, and what their account may.

pub(super) mod agent_account_metrics_forbidden;
pub(super) mod agent_token_refused;
pub(super) mod agent_too_old_for_bound_tokens;
pub(super) mod kubelet_host_unset;
pub(super) mod no_agent_on_control_plane;
pub(super) mod proxy_catches_cluster_traffic;
pub(super) mod referenced_object_missing;
pub(super) mod rights;
pub(super) mod service_variables_unset;
pub(super) mod sidecar_kubelet_forbidden;
pub(super) mod sidecar_node_name_missing;
pub(super) mod sidecar_on_ipv6_too_old;
pub(super) mod token;
pub(super) mod token_not_mounted;
pub(super) mod windows_agents_without_cluster_agent;

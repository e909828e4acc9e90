//! Checks of the agents themselves: where they run, and what their account may.

pub(super) mod agent_account_metrics_forbidden;
pub(super) mod agent_crash_looping;
pub(super) mod agent_file_system_read_only;
pub(super) mod agent_image_not_pulled;
pub(super) mod agent_not_ready;
pub(super) mod agent_pods_missing;
pub(super) mod agent_token_refused;
pub(super) mod agent_volume_unknown;
pub(super) mod autopilot_refuses_agents;
pub(super) mod host_path_missing_on_workers;
pub(super) mod host_path_not_on_node;
pub(super) mod host_port_taken;
pub(super) mod no_agent_on_control_plane;
pub(super) mod pod_security_forbids_agents;
pub(super) mod rights;
pub(super) mod security_context_constraint_forbids_agents;
pub(super) mod sidecar_kubelet_forbidden;
pub(super) mod standing;
pub(super) mod token;

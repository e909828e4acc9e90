//! Checks of the agents themselves: where they run, and what their account may.

pub(super) mod agent_account_metrics_forbidden;
pub(super) mod agent_token_refused;
pub(super) mod no_agent_on_control_plane;
pub(super) mod rights;
pub(super) mod sidecar_kubelet_forbidden;
pub(super) mod token;

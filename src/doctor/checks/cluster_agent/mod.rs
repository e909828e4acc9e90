//! Checks of what lies between the agents and the Cluster Agent.

pub(super) mod admission_webhook_unreachable;
pub(super) mod agent_and_cluster_agent_skewed;
pub(super) mod cluster_agent_address_wrong;
pub(super) mod cluster_agent_name_unresolvable;
pub(super) mod cluster_agent_not_enabled;
pub(super) mod cluster_agent_service_empty;
pub(super) mod cluster_agent_token_has_white_space;
pub(super) mod cluster_agent_token_made_anew;
pub(super) mod cluster_agent_token_mismatch;
pub(super) mod cluster_agent_token_too_short;
pub(super) mod cluster_checks_off;
pub(super) mod leader_is_no_pod;
pub(super) mod leader_lease_stale;
pub(super) mod network_policy_blocks_cluster_agent;
pub(super) mod nobody_runs_cluster_checks;
mod shape;
mod token_remedy;

//! Checks of what lies between the agents and the Cluster Agent.

pub(super) mod cluster_agent_address_wrong;
pub(super) mod cluster_agent_token_mismatch;
mod token_remedy;

//! Checks of what the accounts of Datadog's workloads may do, beyond what a component's own answer shows.

pub(super) mod account_has_more_than_it_needs;
pub(super) mod account_role_bound_to_another;
pub(super) mod cluster_agent_lists_forbidden;
pub(super) mod eks_metrics_forbidden;
pub(super) mod fine_grained_rights_on_old_kubelet;
pub(super) mod kubelet_pods_forbidden;
pub(super) mod leader_election_forbidden;
pub(super) mod leader_lease_unreadable;
pub(super) mod mending;

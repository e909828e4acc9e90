//! The table of checks. One file each; a row here and a `mod` line in its folder make a check known.

mod agents;
mod cluster_agent;
mod controller_manager;
mod credentials;
mod endpoint;
mod etcd;
mod kubelet;
mod listening;
mod node;
mod scheduler;
mod setting;
mod written;

use super::Check;

/// Every check, in the order in which `--list` and the documentation show them.
pub static CHECKS: &[&Check] = &[
    &endpoint::metrics_endpoint_unreachable::CHECK,
    &endpoint::metrics_scheme_mismatch::CHECK,
    &endpoint::answers_something_else::CHECK,
    &endpoint::serving_cert_expired::CHECK,
    &endpoint::serving_cert_not_yet_valid::CHECK,
    &endpoint::serving_cert_wrong_name::CHECK,
    &endpoint::serving_cert_untrusted::CHECK,
    &credentials::api_server_out_of_reach::CHECK,
    &credentials::bearer_token_not_accepted::CHECK,
    &credentials::client_cert_not_accepted::CHECK,
    &credentials::metrics_forbidden::CHECK,
    &etcd::etcd_client_cert_missing::CHECK,
    &etcd::etcd_client_cert_expired::CHECK,
    &etcd::etcd_client_cert_not_yet_valid::CHECK,
    &etcd::etcd_client_cert_foreign_ca::CHECK,
    &etcd::etcd_client_cert_without_client_auth::CHECK,
    &etcd::etcd_client_cert_without_purpose::CHECK,
    &etcd::etcd_client_cert_version_1::CHECK,
    &etcd::etcd_client_cert_refused::CHECK,
    &etcd::etcd_packaged_check_over_http::CHECK,
    &etcd::etcd_check_of_old_api::CHECK,
    &etcd::etcd_not_a_pod::CHECK,
    &etcd::second_etcd_not_collected::CHECK,
    &listening::metrics_on_loopback_only::CHECK,
    &listening::self_signed_cert_verified::CHECK,
    &scheduler::scheduler_no_credentials::CHECK,
    &controller_manager::controller_manager_metrics_forbidden::CHECK,
    &kubelet::kubelet_ignores_tokens::CHECK,
    &kubelet::kubelet_metrics_forbidden::CHECK,
    &kubelet::kubelet_read_only_port_asked::CHECK,
    &cluster_agent::cluster_agent_address_wrong::CHECK,
    &cluster_agent::cluster_agent_token_mismatch::CHECK,
    &agents::agent_account_metrics_forbidden::CHECK,
    &agents::agent_token_refused::CHECK,
    &agents::no_agent_on_control_plane::CHECK,
    &agents::sidecar_kubelet_forbidden::CHECK,
    &written::check_unreadable::CHECK,
    &written::annotation_names_no_container::CHECK,
    &written::identifier_matches_no_container::CHECK,
    &written::check_of_what_is_no_pod::CHECK,
    &written::control_plane_containers_excluded::CHECK,
    &written::control_plane_check_on_workers::CHECK,
    &written::check_runs_twice::CHECK,
    &written::check_on_nodes_and_handed_out::CHECK,
    &written::insecure_port_configured::CHECK,
    &written::check_names_wrong_port::CHECK,
    &written::template_variable_unresolved::CHECK,
    &written::port_picked_by_index::CHECK,
    &written::check_sends_no_token::CHECK,
    &written::cert_path_not_mounted::CHECK,
    &written::key_is_the_certificate::CHECK,
    &written::option_under_old_name::CHECK,
    &written::leader_election_kind_retired::CHECK,
    &written::service_selects_no_pod::CHECK,
    &written::service_named_like_leader_election::CHECK,
    &written::endpoints_resolve_missing::CHECK,
    &written::annotation_kept_by_others::CHECK,
    &written::one_address_for_several_api_servers::CHECK,
    &written::eks_check_without_accept_header::CHECK,
    &node::certificate_file_expired::CHECK,
    &node::certificate_file_not_yet_valid::CHECK,
    &node::certificate_file_expires_soon::CHECK,
    &node::key_file_readable_by_others::CHECK,
    &node::manifest_file_missing::CHECK,
    &node::process_flags_differ::CHECK,
];

/// Ids that were used once and must never be used again.
pub static RETIRED: &[&str] = &[];

/// The check of this name.
#[must_use]
pub fn named(id: &str) -> Option<&'static Check> {
    CHECKS.iter().copied().find(|check| check.id.0 == id)
}

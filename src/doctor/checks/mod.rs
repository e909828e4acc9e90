//! The table of checks. One file each; a row here and a `mod` line in its folder make a check known.

mod agents;
mod api_server;
mod cluster_agent;
mod controller_manager;
mod credentials;
mod endpoint;
mod etcd;
mod kubelet;
mod lent;
mod listening;
mod names;
mod node;
mod platform;
mod rights;
mod said;
mod scheduler;
mod scrape;
mod setting;

use super::Check;

/// Every check, in the order in which `--list` and the documentation show them.
pub static CHECKS: &[&Check] = &[
    &platform::datadog_not_installed::CHECK,
    &api_server::api_server_not_ready::CHECK,
    &api_server::insecure_port_open::CHECK,
    &api_server::aggregated_api_unavailable::CHECK,
    &api_server::api_server_client_cert_expiring::CHECK,
    &api_server::metrics_too_large::CHECK,
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
    &etcd::etcd_key_unreadable::CHECK,
    &etcd::selinux_confines_agent::CHECK,
    &etcd::openshift_etcd_secret_missing::CHECK,
    &etcd::etcd_has_no_leader::CHECK,
    &etcd::etcd_near_quota::CHECK,
    &etcd::etcd_needs_defragmentation::CHECK,
    &etcd::etcd_slow_disk::CHECK,
    &listening::metrics_on_loopback_only::CHECK,
    &listening::self_signed_cert_verified::CHECK,
    &scheduler::scheduler_no_credentials::CHECK,
    &lent::eks_metrics_not_served::CHECK,
    &scheduler::scheduler_pods_unschedulable::CHECK,
    &controller_manager::controller_manager_metrics_forbidden::CHECK,
    &controller_manager::authentication_configmap_unreadable::CHECK,
    &kubelet::kubelet_ignores_tokens::CHECK,
    &kubelet::kubelet_metrics_forbidden::CHECK,
    &kubelet::kubelet_cert_without_address::CHECK,
    &kubelet::kubelet_cert_wrong_name::CHECK,
    &kubelet::kubelet_cert_untrusted::CHECK,
    &kubelet::kubelet_cert_expired::CHECK,
    &kubelet::kubelet_serving_csr_pending::CHECK,
    &kubelet::kubelet_certificate_expiring::CHECK,
    &kubelet::kubelet_near_pod_limit::CHECK,
    &kubelet::static_pods_pending::CHECK,
    &kubelet::node_not_ready::CHECK,
    &kubelet::node_under_pressure::CHECK,
    &cluster_agent::cluster_agent_address_wrong::CHECK,
    &cluster_agent::cluster_agent_token_mismatch::CHECK,
    &cluster_agent::cluster_agent_token_too_short::CHECK,
    &cluster_agent::cluster_agent_token_has_white_space::CHECK,
    &cluster_agent::cluster_agent_token_made_anew::CHECK,
    &cluster_agent::cluster_agent_name_unresolvable::CHECK,
    &cluster_agent::cluster_agent_service_empty::CHECK,
    &cluster_agent::network_policy_blocks_cluster_agent::CHECK,
    &cluster_agent::agent_and_cluster_agent_skewed::CHECK,
    &cluster_agent::cluster_checks_off::CHECK,
    &cluster_agent::nobody_runs_cluster_checks::CHECK,
    &cluster_agent::leader_lease_stale::CHECK,
    &cluster_agent::leader_is_no_pod::CHECK,
    &cluster_agent::admission_webhook_unreachable::CHECK,
    &agents::agent_account_metrics_forbidden::CHECK,
    &agents::agent_token_refused::CHECK,
    &agents::no_agent_on_control_plane::CHECK,
    &agents::agent_pods_missing::CHECK,
    &agents::pod_security_forbids_agents::CHECK,
    &agents::security_context_constraint_forbids_agents::CHECK,
    &agents::autopilot_refuses_agents::CHECK,
    &agents::agent_volume_unknown::CHECK,
    &agents::agent_image_not_pulled::CHECK,
    &agents::host_port_taken::CHECK,
    &agents::host_path_missing_on_workers::CHECK,
    &agents::host_path_not_on_node::CHECK,
    &agents::agent_file_system_read_only::CHECK,
    &agents::agent_crash_looping::CHECK,
    &agents::agent_not_ready::CHECK,
    &agents::sidecar_kubelet_forbidden::CHECK,
    &platform::operator_cannot_grant::CHECK,
    &platform::operator_does_not_know_product::CHECK,
    &platform::old_introspection_daemonset::CHECK,
    &platform::pushprox_selects_nothing::CHECK,
    &platform::component_without_leader::CHECK,
    &platform::flags_not_in_kubeadm_config::CHECK,
    &platform::kubernetes_versions_skewed::CHECK,
    &platform::port_filtered::CHECK,
    &platform::clock_of_this_machine_off::CHECK,
    &platform::clock_of_node_off::CHECK,
    &platform::heapster_retired::CHECK,
    &agents::kubelet_host_unset::CHECK,
    &agents::proxy_catches_cluster_traffic::CHECK,
    &agents::token_not_mounted::CHECK,
    &agents::sidecar_node_name_missing::CHECK,
    &agents::sidecar_on_ipv6_too_old::CHECK,
    &agents::agent_too_old_for_bound_tokens::CHECK,
    &agents::windows_agents_without_cluster_agent::CHECK,
    &agents::service_variables_unset::CHECK,
    &agents::referenced_object_missing::CHECK,
    &rights::account_role_bound_to_another::CHECK,
    &rights::kubelet_pods_forbidden::CHECK,
    &rights::fine_grained_rights_on_old_kubelet::CHECK,
    &rights::account_has_more_than_it_needs::CHECK,
    &rights::leader_lease_unreadable::CHECK,
    &rights::eks_metrics_forbidden::CHECK,
    &rights::cluster_agent_lists_forbidden::CHECK,
    &rights::leader_election_forbidden::CHECK,
    &names::api_key_malformed::CHECK,
    &names::app_key_missing::CHECK,
    &names::site_differs::CHECK,
    &names::cluster_name_invalid::CHECK,
    &names::cluster_name_differs::CHECK,
    &names::copied_secret_stale::CHECK,
    &node::certificate_file_expired::CHECK,
    &node::certificate_file_not_yet_valid::CHECK,
    &node::certificate_file_expires_soon::CHECK,
    &node::key_file_readable_by_others::CHECK,
    &node::manifest_file_missing::CHECK,
    &node::process_flags_differ::CHECK,
    &said::api_key_invalid::CHECK,
    &said::hostname_undetermined::CHECK,
    &said::kubelet_url_undetected::CHECK,
    &said::http_proxy_intercepts::CHECK,
    &said::intake_unreachable::CHECK,
    &said::no_ip_for_container::CHECK,
    &said::read_only_file_system::CHECK,
    &said::cluster_name_refused::CHECK,
    &said::cluster_agent_not_reached::CHECK,
    &said::cluster_agent_leader_lost::CHECK,
    &said::cluster_check_not_dispatched::CHECK,
    &said::admission_webhook_fails::CHECK,
    &said::rbac_escalation_refused::CHECK,
    &said::authentication_configmap_forbidden::CHECK,
    &said::etcd_rejects_clients::CHECK,
    &said::agent_configuration_not_loaded::CHECK,
    &said::agent_check_not_running::CHECK,
    &said::agent_check_fails::CHECK,
    &said::agent_check_without_metrics::CHECK,
    &said::agent_check_too_slow::CHECK,
];

/// Ids that were used once and must never be used again.
pub static RETIRED: &[&str] = &[];

/// The check of this name.
#[must_use]
pub fn named(id: &str) -> Option<&'static Check> {
    CHECKS.iter().copied().find(|check| check.id.0 == id)
}

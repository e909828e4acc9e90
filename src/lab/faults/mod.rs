//! Defects that can be planted in the practice cluster. Each is a change of the spec and nothing else, named after the check that must find it.

mod account_has_more_than_it_needs;
mod account_role_bound_to_another;
mod account_role_bound_to_another_name;
mod admission_webhook_fails;
mod admission_webhook_unreachable;
mod agent_account_metrics_forbidden;
mod agent_and_cluster_agent_skewed;
mod agent_check_fails;
mod agent_check_not_running;
mod agent_check_too_slow;
mod agent_check_without_metrics;
mod agent_configuration_not_loaded;
mod agent_crash_looping;
mod agent_file_system_read_only;
mod agent_image_not_pulled;
mod agent_not_ready;
mod agent_pods_missing;
mod agent_token_refused;
mod agent_too_old_for_bound_tokens;
mod agent_volume_unknown;
mod aggregated_api_unavailable;
mod annotation_kept_by_others;
mod annotation_names_no_container;
mod answers_something_else;
mod api_key_invalid;
mod api_key_malformed;
mod api_key_swapped;
mod api_key_unset;
mod api_server_client_cert_expiring;
mod api_server_not_ready;
mod app_key_missing;
mod authentication_configmap_forbidden;
mod authentication_configmap_unreadable;
mod cert_path_not_mounted;
mod cert_path_not_mounted_in_runners;
mod check_names_wrong_path;
mod check_names_wrong_port;
mod check_of_hidden_etcd;
mod check_of_what_is_no_pod;
mod check_runs_twice;
mod check_sends_no_token;
mod check_unreadable;
mod clock_of_node_off;
mod cluster_agent_address_wrong;
mod cluster_agent_address_wrong_in_sidecar;
mod cluster_agent_domain_wrong;
mod cluster_agent_leader_lost;
mod cluster_agent_lists_forbidden;
mod cluster_agent_name_unresolvable;
mod cluster_agent_not_reached;
mod cluster_agent_service_empty;
mod cluster_agent_switch_lost;
mod cluster_agent_token_absent_in_sidecar;
mod cluster_agent_token_has_white_space;
mod cluster_agent_token_made_anew;
mod cluster_agent_token_mismatch;
mod cluster_agent_token_mismatch_in_sidecar;
mod cluster_agent_token_too_short;
mod cluster_agent_token_unset;
mod cluster_check_not_dispatched;
mod cluster_checks_off;
mod cluster_name_differs;
mod cluster_name_invalid;
mod cluster_name_refused;
mod control_plane_check_on_workers;
mod control_plane_containers_excluded;
mod controller_manager_metrics_forbidden;
mod copied_secret_stale;
mod datadog_not_installed;
mod eks_check_without_accept_header;
mod eks_metrics_forbidden;
mod eks_metrics_not_served;
mod endpoints_resolve_missing;
mod environment_object_missing;
mod etcd_check_of_old_api;
mod etcd_check_of_wrong_path;
mod etcd_check_over_tls;
mod etcd_client_cert_expired;
mod etcd_client_cert_foreign_ca;
mod etcd_client_cert_missing;
mod etcd_client_cert_not_yet_valid;
mod etcd_client_cert_without_client_auth;
mod etcd_client_cert_without_purpose;
mod etcd_client_key_mismatch;
mod etcd_client_secret_missing;
mod etcd_has_no_leader;
mod etcd_identifier_matches_no_container;
mod etcd_key_unreadable;
mod etcd_near_quota;
mod etcd_needs_defragmentation;
mod etcd_not_a_pod;
mod etcd_option_under_old_name;
mod etcd_packaged_check_over_http;
mod etcd_rejects_clients;
mod etcd_serving_cert_expired;
mod etcd_serving_cert_not_yet_valid;
mod etcd_serving_cert_untrusted;
mod etcd_serving_cert_wrong_name;
mod etcd_slow_disk;
mod fine_grained_rights_on_old_kubelet;
mod fine_grained_rights_too_early;
mod flags_not_in_kubeadm_config;
mod heapster_retired;
mod host_path_missing_on_workers;
mod host_path_not_on_node;
mod host_port_taken;
mod hostname_undetermined;
mod http_proxy_intercepts;
mod insecure_port_configured;
mod insecure_port_open;
mod intake_unreachable;
mod key_is_the_certificate;
mod kubelet_cert_expired;
mod kubelet_cert_untrusted;
mod kubelet_cert_without_address;
mod kubelet_cert_wrong_name;
mod kubelet_certificate_expiring;
mod kubelet_host_missing;
mod kubelet_host_unset;
mod kubelet_ignores_tokens;
mod kubelet_metrics_forbidden;
mod kubelet_near_pod_limit;
mod kubelet_pods_forbidden;
mod kubelet_read_only_port_asked;
mod kubelet_serving_csr_pending;
mod kubelet_stopped;
mod kubelet_url_undetected;
mod kubernetes_versions_skewed;
mod leader_election_forbidden;
mod leader_election_kind_retired;
mod leader_is_no_pod;
mod leader_lease_stale;
mod metrics_on_loopback_only;
mod network_policy_blocks_cluster_agent;
mod no_agent_on_control_plane;
mod no_ip_for_container;
mod no_leader_of_controller_manager;
mod no_leader_of_scheduler;
mod nobody_runs_cluster_checks;
mod nobody_takes_cluster_checks;
mod node_agents_unwanted;
mod node_not_ready;
mod node_under_pressure;
mod old_introspection_daemonset;
mod one_address_for_several_api_servers;
mod openshift_etcd_secret_missing;
mod operator_cannot_grant;
mod operator_does_not_know_product;
mod pod_security_forbids_agents;
mod port_picked_by_index;
mod proxy_catches_cluster_traffic;
mod pushprox_selects_nothing;
mod rbac_escalation_refused;
mod read_only_file_system;
mod referenced_entry_missing;
mod referenced_object_missing;
mod scheduler_no_credentials;
mod scheduler_pods_unschedulable;
mod security_context_constraint_forbids_agents;
mod self_signed_cert_verified;
mod self_signed_cert_verified_in_annotation;
mod selinux_confines_agent;
mod service_made_after_agents;
mod service_selects_no_pod;
mod service_variables_unset;
mod sidecar_kubelet_forbidden;
mod sidecar_node_name_missing;
mod sidecar_on_ipv6_too_old;
mod site_differs;
mod static_pods_pending;
mod template_variable_unresolved;
mod token_not_mounted;
mod token_not_mounted_in_cluster_agent;
mod windows_agents_without_cluster_agent;

use super::spec::LabSpec;

/// A defect that can be planted.
#[derive(Debug)]
pub struct Fault {
    /// What it is called.
    pub id: &'static str,
    /// The id of the check that must find it.
    pub check: &'static str,
    /// The ids of the distributions on which it can be planted.
    pub distributions: &'static [&'static str],
    /// Plants it.
    pub change: fn(&mut LabSpec),
}

/// Every fault, in the order of their ids.
pub static FAULTS: &[&Fault] = &[
    &account_has_more_than_it_needs::FAULT,
    &account_role_bound_to_another::FAULT,
    &account_role_bound_to_another_name::FAULT,
    &admission_webhook_fails::FAULT,
    &admission_webhook_unreachable::FAULT,
    &agent_account_metrics_forbidden::FAULT,
    &agent_and_cluster_agent_skewed::FAULT,
    &agent_check_fails::FAULT,
    &agent_check_not_running::FAULT,
    &agent_check_too_slow::FAULT,
    &agent_check_without_metrics::FAULT,
    &agent_configuration_not_loaded::FAULT,
    &agent_crash_looping::FAULT,
    &agent_file_system_read_only::FAULT,
    &agent_image_not_pulled::FAULT,
    &agent_not_ready::FAULT,
    &agent_pods_missing::FAULT,
    &agent_token_refused::FAULT,
    &agent_too_old_for_bound_tokens::FAULT,
    &agent_volume_unknown::FAULT,
    &aggregated_api_unavailable::FAULT,
    &annotation_kept_by_others::FAULT,
    &annotation_names_no_container::FAULT,
    &answers_something_else::FAULT,
    &api_key_invalid::FAULT,
    &api_key_malformed::FAULT,
    &api_key_swapped::FAULT,
    &api_key_unset::FAULT,
    &api_server_client_cert_expiring::FAULT,
    &api_server_not_ready::FAULT,
    &app_key_missing::FAULT,
    &authentication_configmap_forbidden::FAULT,
    &authentication_configmap_unreadable::FAULT,
    &cert_path_not_mounted::FAULT,
    &cert_path_not_mounted_in_runners::FAULT,
    &check_names_wrong_path::FAULT,
    &check_names_wrong_port::FAULT,
    &check_of_hidden_etcd::FAULT,
    &check_of_what_is_no_pod::FAULT,
    &check_runs_twice::FAULT,
    &check_sends_no_token::FAULT,
    &check_unreadable::FAULT,
    &clock_of_node_off::FAULT,
    &cluster_agent_address_wrong::FAULT,
    &cluster_agent_address_wrong_in_sidecar::FAULT,
    &cluster_agent_domain_wrong::FAULT,
    &cluster_agent_leader_lost::FAULT,
    &cluster_agent_lists_forbidden::FAULT,
    &cluster_agent_name_unresolvable::FAULT,
    &cluster_agent_not_reached::FAULT,
    &cluster_agent_service_empty::FAULT,
    &cluster_agent_switch_lost::FAULT,
    &cluster_agent_token_absent_in_sidecar::FAULT,
    &cluster_agent_token_has_white_space::FAULT,
    &cluster_agent_token_made_anew::FAULT,
    &cluster_agent_token_mismatch::FAULT,
    &cluster_agent_token_mismatch_in_sidecar::FAULT,
    &cluster_agent_token_too_short::FAULT,
    &cluster_agent_token_unset::FAULT,
    &cluster_check_not_dispatched::FAULT,
    &cluster_checks_off::FAULT,
    &cluster_name_differs::FAULT,
    &cluster_name_invalid::FAULT,
    &cluster_name_refused::FAULT,
    &control_plane_check_on_workers::FAULT,
    &control_plane_containers_excluded::FAULT,
    &controller_manager_metrics_forbidden::FAULT,
    &copied_secret_stale::FAULT,
    &datadog_not_installed::FAULT,
    &eks_check_without_accept_header::FAULT,
    &eks_metrics_forbidden::FAULT,
    &eks_metrics_not_served::FAULT,
    &endpoints_resolve_missing::FAULT,
    &environment_object_missing::FAULT,
    &etcd_check_of_old_api::FAULT,
    &etcd_check_of_wrong_path::FAULT,
    &etcd_check_over_tls::FAULT,
    &etcd_client_cert_expired::FAULT,
    &etcd_client_cert_foreign_ca::FAULT,
    &etcd_client_cert_missing::FAULT,
    &etcd_client_cert_not_yet_valid::FAULT,
    &etcd_client_cert_without_client_auth::FAULT,
    &etcd_client_cert_without_purpose::FAULT,
    &etcd_client_key_mismatch::FAULT,
    &etcd_client_secret_missing::FAULT,
    &etcd_has_no_leader::FAULT,
    &etcd_identifier_matches_no_container::FAULT,
    &etcd_key_unreadable::FAULT,
    &etcd_near_quota::FAULT,
    &etcd_needs_defragmentation::FAULT,
    &etcd_not_a_pod::FAULT,
    &etcd_option_under_old_name::FAULT,
    &etcd_packaged_check_over_http::FAULT,
    &etcd_rejects_clients::FAULT,
    &etcd_serving_cert_expired::FAULT,
    &etcd_serving_cert_not_yet_valid::FAULT,
    &etcd_serving_cert_untrusted::FAULT,
    &etcd_serving_cert_wrong_name::FAULT,
    &etcd_slow_disk::FAULT,
    &fine_grained_rights_on_old_kubelet::FAULT,
    &fine_grained_rights_too_early::FAULT,
    &flags_not_in_kubeadm_config::FAULT,
    &heapster_retired::FAULT,
    &host_path_missing_on_workers::FAULT,
    &host_path_not_on_node::FAULT,
    &host_port_taken::FAULT,
    &hostname_undetermined::FAULT,
    &http_proxy_intercepts::FAULT,
    &insecure_port_configured::FAULT,
    &insecure_port_open::FAULT,
    &intake_unreachable::FAULT,
    &key_is_the_certificate::FAULT,
    &kubelet_cert_expired::FAULT,
    &kubelet_cert_untrusted::FAULT,
    &kubelet_cert_without_address::FAULT,
    &kubelet_cert_wrong_name::FAULT,
    &kubelet_certificate_expiring::FAULT,
    &kubelet_host_missing::FAULT,
    &kubelet_host_unset::FAULT,
    &kubelet_ignores_tokens::FAULT,
    &kubelet_metrics_forbidden::FAULT,
    &kubelet_near_pod_limit::FAULT,
    &kubelet_pods_forbidden::FAULT,
    &kubelet_read_only_port_asked::FAULT,
    &kubelet_serving_csr_pending::FAULT,
    &kubelet_stopped::FAULT,
    &kubelet_url_undetected::FAULT,
    &kubernetes_versions_skewed::FAULT,
    &leader_election_forbidden::FAULT,
    &leader_election_kind_retired::FAULT,
    &leader_is_no_pod::FAULT,
    &leader_lease_stale::FAULT,
    &metrics_on_loopback_only::FAULT,
    &network_policy_blocks_cluster_agent::FAULT,
    &no_agent_on_control_plane::FAULT,
    &no_ip_for_container::FAULT,
    &no_leader_of_controller_manager::FAULT,
    &no_leader_of_scheduler::FAULT,
    &nobody_runs_cluster_checks::FAULT,
    &nobody_takes_cluster_checks::FAULT,
    &node_agents_unwanted::FAULT,
    &node_not_ready::FAULT,
    &node_under_pressure::FAULT,
    &old_introspection_daemonset::FAULT,
    &one_address_for_several_api_servers::FAULT,
    &openshift_etcd_secret_missing::FAULT,
    &operator_cannot_grant::FAULT,
    &operator_does_not_know_product::FAULT,
    &pod_security_forbids_agents::FAULT,
    &port_picked_by_index::FAULT,
    &proxy_catches_cluster_traffic::FAULT,
    &pushprox_selects_nothing::FAULT,
    &rbac_escalation_refused::FAULT,
    &read_only_file_system::FAULT,
    &referenced_entry_missing::FAULT,
    &referenced_object_missing::FAULT,
    &scheduler_no_credentials::FAULT,
    &scheduler_pods_unschedulable::FAULT,
    &security_context_constraint_forbids_agents::FAULT,
    &self_signed_cert_verified::FAULT,
    &self_signed_cert_verified_in_annotation::FAULT,
    &selinux_confines_agent::FAULT,
    &service_made_after_agents::FAULT,
    &service_selects_no_pod::FAULT,
    &service_variables_unset::FAULT,
    &sidecar_kubelet_forbidden::FAULT,
    &sidecar_node_name_missing::FAULT,
    &sidecar_on_ipv6_too_old::FAULT,
    &site_differs::FAULT,
    &static_pods_pending::FAULT,
    &template_variable_unresolved::FAULT,
    &token_not_mounted::FAULT,
    &token_not_mounted_in_cluster_agent::FAULT,
    &windows_agents_without_cluster_agent::FAULT,
];

/// The faults of which their check makes no error, with what it makes of them.
static LESSER: &[(&str, &str)] = &[
    ("account-has-more-than-it-needs", "warning"),
    ("admission-webhook-fails", "warning"),
    ("agent-and-cluster-agent-skewed", "warning"),
    ("agent-check-too-slow", "warning"),
    ("agent-not-ready", "warning"),
    ("agent-too-old-for-bound-tokens", "warning"),
    ("aggregated-api-unavailable", "warning"),
    ("annotation-kept-by-others", "note"),
    ("api-server-client-cert-expiring", "warning"),
    ("authentication-configmap-unreadable", "warning"),
    ("check-of-hidden-etcd", "warning"),
    ("check-runs-twice", "warning"),
    ("clock-of-node-off", "warning"),
    ("etcd-client-cert-without-purpose", "note"),
    ("cluster-name-differs", "warning"),
    ("cluster-name-refused", "warning"),
    ("control-plane-check-on-workers", "warning"),
    ("copied-secret-stale", "warning"),
    ("etcd-needs-defragmentation", "warning"),
    ("flags-not-in-kubeadm-config", "warning"),
    ("heapster-retired", "warning"),
    ("host-path-not-on-node", "warning"),
    ("kubelet-near-pod-limit", "note"),
    ("kubelet-serving-csr-pending", "warning"),
    ("kubernetes-versions-skewed", "warning"),
    ("leader-election-kind-retired", "warning"),
    ("node-under-pressure", "warning"),
    ("one-address-for-several-api-servers", "warning"),
    ("operator-does-not-know-product", "warning"),
    ("port-picked-by-index", "warning"),
    ("scheduler-pods-unschedulable", "note"),
    ("selinux-confines-agent", "warning"),
    ("sidecar-on-ipv6-too-old", "warning"),
    ("windows-agents-without-cluster-agent", "warning"),
];

/// The options without which `doctor` does not look where certain faults show, and the checks that find those.
const OPTIONS: [(&str, &[&str]); 2] = [
    (
        "--logs",
        &[
            "admission-webhook-fails",
            "api-key-invalid",
            "authentication-configmap-forbidden",
            "cluster-agent-leader-lost",
            "cluster-agent-not-reached",
            "cluster-check-not-dispatched",
            "cluster-name-refused",
            "etcd-rejects-clients",
            "hostname-undetermined",
            "http-proxy-intercepts",
            "intake-unreachable",
            "kubelet-url-undetected",
            "no-ip-for-container",
            "rbac-escalation-refused",
            "read-only-file-system",
        ],
    ),
    (
        "--exec",
        &[
            "agent-check-fails",
            "agent-check-not-running",
            "agent-check-too-slow",
            "agent-check-without-metrics",
            "agent-configuration-not-loaded",
        ],
    ),
];

impl Fault {
    /// The options of `doctor` that it takes to find it.
    #[must_use]
    pub fn needs(&self) -> Vec<&'static str> {
        let finds = |(_, checks): &&(&str, &[&str])| checks.contains(&self.check);
        OPTIONS.iter().filter(finds).map(|(option, _)| *option).collect()
    }

    /// How bad its check calls it: `error`, `warning` or `note`.
    #[must_use]
    pub fn severity(&self) -> &'static str {
        LESSER.iter().find(|(id, _)| *id == self.id).map_or("error", |(_, severity)| severity)
    }

    /// The fault of this id.
    #[must_use]
    pub fn named(id: &str) -> Option<&'static Self> {
        FAULTS.iter().copied().find(|fault| fault.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_changes_the_spec_and_no_two_are_alike() {
        let now = "2026-06-01T09:00:00Z".parse().unwrap();
        let healthy = [
            ("kubeadm", LabSpec::kubeadm(now)),
            ("eks", LabSpec::eks(now)),
            ("openshift4", LabSpec::openshift(now)),
            ("rke1", LabSpec::rke1(now)),
        ];
        let mut changed: Vec<LabSpec> = healthy.iter().map(|(_, spec)| spec.clone()).collect();
        for fault in FAULTS {
            let on = |(id, _): &&(&str, LabSpec)| fault.distributions.contains(id);
            let mut spec = healthy.iter().find(on).unwrap_or_else(|| panic!("{}", fault.id)).1.clone();
            (fault.change)(&mut spec);
            assert!(!changed.contains(&spec), "{}", fault.id);
            changed.push(spec);
            assert_eq!(Fault::named(fault.id).map(|found| found.id), Some(fault.id));
        }
    }
}

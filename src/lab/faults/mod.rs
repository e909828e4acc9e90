//! Defects that can be planted in the practice cluster. Each is a change of the spec and nothing else, named after the check that must find it.

mod account_role_bound_to_another;
mod account_role_bound_to_another_name;
mod admission_webhook_unreachable;
mod agent_account_metrics_forbidden;
mod agent_token_refused;
mod api_key_malformed;
mod api_key_swapped;
mod app_key_missing;
mod cluster_agent_address_wrong;
mod cluster_agent_address_wrong_in_sidecar;
mod cluster_agent_domain_wrong;
mod cluster_agent_lists_forbidden;
mod cluster_agent_name_unresolvable;
mod cluster_agent_service_empty;
mod cluster_agent_token_absent_in_sidecar;
mod cluster_agent_token_has_white_space;
mod cluster_agent_token_made_anew;
mod cluster_agent_token_mismatch;
mod cluster_agent_token_mismatch_in_sidecar;
mod cluster_agent_token_too_short;
mod cluster_checks_off;
mod cluster_name_invalid;
mod controller_manager_metrics_forbidden;
mod etcd_client_cert_expired;
mod etcd_client_cert_foreign_ca;
mod etcd_client_cert_missing;
mod etcd_client_cert_not_yet_valid;
mod etcd_client_cert_without_client_auth;
mod fine_grained_rights_on_old_kubelet;
mod kubelet_host_missing;
mod kubelet_host_unset;
mod kubelet_ignores_tokens;
mod kubelet_metrics_forbidden;
mod kubelet_pods_forbidden;
mod leader_election_forbidden;
mod leader_is_no_pod;
mod leader_lease_stale;
mod metrics_on_loopback_only;
mod network_policy_blocks_cluster_agent;
mod no_agent_on_control_plane;
mod nobody_runs_cluster_checks;
mod nobody_takes_cluster_checks;
mod proxy_catches_cluster_traffic;
mod referenced_entry_missing;
mod referenced_object_missing;
mod scheduler_no_credentials;
mod self_signed_cert_verified;
mod self_signed_cert_verified_in_annotation;
mod service_made_after_agents;
mod service_variables_unset;
mod sidecar_kubelet_forbidden;
mod sidecar_node_name_missing;
mod site_differs;
mod token_not_mounted;
mod token_not_mounted_in_cluster_agent;

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
    &account_role_bound_to_another::FAULT,
    &account_role_bound_to_another_name::FAULT,
    &admission_webhook_unreachable::FAULT,
    &agent_account_metrics_forbidden::FAULT,
    &agent_token_refused::FAULT,
    &api_key_malformed::FAULT,
    &api_key_swapped::FAULT,
    &app_key_missing::FAULT,
    &cluster_agent_address_wrong::FAULT,
    &cluster_agent_address_wrong_in_sidecar::FAULT,
    &cluster_agent_domain_wrong::FAULT,
    &cluster_agent_lists_forbidden::FAULT,
    &cluster_agent_name_unresolvable::FAULT,
    &cluster_agent_service_empty::FAULT,
    &cluster_agent_token_absent_in_sidecar::FAULT,
    &cluster_agent_token_has_white_space::FAULT,
    &cluster_agent_token_made_anew::FAULT,
    &cluster_agent_token_mismatch::FAULT,
    &cluster_agent_token_mismatch_in_sidecar::FAULT,
    &cluster_agent_token_too_short::FAULT,
    &cluster_checks_off::FAULT,
    &cluster_name_invalid::FAULT,
    &controller_manager_metrics_forbidden::FAULT,
    &etcd_client_cert_expired::FAULT,
    &etcd_client_cert_foreign_ca::FAULT,
    &etcd_client_cert_missing::FAULT,
    &etcd_client_cert_not_yet_valid::FAULT,
    &etcd_client_cert_without_client_auth::FAULT,
    &fine_grained_rights_on_old_kubelet::FAULT,
    &kubelet_host_missing::FAULT,
    &kubelet_host_unset::FAULT,
    &kubelet_ignores_tokens::FAULT,
    &kubelet_metrics_forbidden::FAULT,
    &kubelet_pods_forbidden::FAULT,
    &leader_election_forbidden::FAULT,
    &leader_is_no_pod::FAULT,
    &leader_lease_stale::FAULT,
    &metrics_on_loopback_only::FAULT,
    &network_policy_blocks_cluster_agent::FAULT,
    &no_agent_on_control_plane::FAULT,
    &nobody_runs_cluster_checks::FAULT,
    &nobody_takes_cluster_checks::FAULT,
    &proxy_catches_cluster_traffic::FAULT,
    &referenced_entry_missing::FAULT,
    &referenced_object_missing::FAULT,
    &scheduler_no_credentials::FAULT,
    &self_signed_cert_verified::FAULT,
    &self_signed_cert_verified_in_annotation::FAULT,
    &service_made_after_agents::FAULT,
    &service_variables_unset::FAULT,
    &sidecar_kubelet_forbidden::FAULT,
    &sidecar_node_name_missing::FAULT,
    &site_differs::FAULT,
    &token_not_mounted::FAULT,
    &token_not_mounted_in_cluster_agent::FAULT,
];

impl Fault {
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
        let healthy = LabSpec::kubeadm("2026-06-01T09:00:00Z".parse().unwrap());
        let mut changed: Vec<LabSpec> = vec![healthy.clone()];
        for fault in FAULTS {
            let mut spec = healthy.clone();
            (fault.change)(&mut spec);
            assert!(!changed.contains(&spec), "{}", fault.id);
            changed.push(spec);
            assert_eq!(Fault::named(fault.id).map(|found| found.id), Some(fault.id));
        }
    }
}

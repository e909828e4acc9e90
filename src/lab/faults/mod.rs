//! Defects that can be planted in the practice cluster. Each is a change of the spec and nothing else, named after the check that must find it.

mod agent_account_metrics_forbidden;
mod agent_token_refused;
mod annotation_names_no_container;
mod cert_path_not_mounted;
mod check_names_wrong_port;
mod check_sends_no_token;
mod check_unreadable;
mod cluster_agent_address_wrong;
mod cluster_agent_address_wrong_in_sidecar;
mod cluster_agent_token_absent_in_sidecar;
mod cluster_agent_token_mismatch;
mod cluster_agent_token_mismatch_in_sidecar;
mod control_plane_containers_excluded;
mod controller_manager_metrics_forbidden;
mod endpoints_resolve_missing;
mod etcd_check_of_old_api;
mod etcd_client_cert_expired;
mod etcd_client_cert_foreign_ca;
mod etcd_client_cert_missing;
mod etcd_client_cert_not_yet_valid;
mod etcd_client_cert_without_client_auth;
mod etcd_identifier_matches_no_container;
mod etcd_option_under_old_name;
mod etcd_packaged_check_over_http;
mod insecure_port_configured;
mod key_is_the_certificate;
mod kubelet_ignores_tokens;
mod kubelet_metrics_forbidden;
mod kubelet_read_only_port_asked;
mod metrics_on_loopback_only;
mod no_agent_on_control_plane;
mod scheduler_no_credentials;
mod self_signed_cert_verified;
mod self_signed_cert_verified_in_annotation;
mod service_selects_no_pod;
mod sidecar_kubelet_forbidden;
mod template_variable_unresolved;

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
    &agent_account_metrics_forbidden::FAULT,
    &agent_token_refused::FAULT,
    &annotation_names_no_container::FAULT,
    &cert_path_not_mounted::FAULT,
    &check_names_wrong_port::FAULT,
    &check_sends_no_token::FAULT,
    &check_unreadable::FAULT,
    &cluster_agent_address_wrong::FAULT,
    &cluster_agent_address_wrong_in_sidecar::FAULT,
    &cluster_agent_token_absent_in_sidecar::FAULT,
    &cluster_agent_token_mismatch::FAULT,
    &cluster_agent_token_mismatch_in_sidecar::FAULT,
    &control_plane_containers_excluded::FAULT,
    &controller_manager_metrics_forbidden::FAULT,
    &endpoints_resolve_missing::FAULT,
    &etcd_check_of_old_api::FAULT,
    &etcd_client_cert_expired::FAULT,
    &etcd_client_cert_foreign_ca::FAULT,
    &etcd_client_cert_missing::FAULT,
    &etcd_client_cert_not_yet_valid::FAULT,
    &etcd_client_cert_without_client_auth::FAULT,
    &etcd_identifier_matches_no_container::FAULT,
    &etcd_option_under_old_name::FAULT,
    &etcd_packaged_check_over_http::FAULT,
    &insecure_port_configured::FAULT,
    &key_is_the_certificate::FAULT,
    &kubelet_ignores_tokens::FAULT,
    &kubelet_metrics_forbidden::FAULT,
    &kubelet_read_only_port_asked::FAULT,
    &metrics_on_loopback_only::FAULT,
    &no_agent_on_control_plane::FAULT,
    &scheduler_no_credentials::FAULT,
    &self_signed_cert_verified::FAULT,
    &self_signed_cert_verified_in_annotation::FAULT,
    &service_selects_no_pod::FAULT,
    &sidecar_kubelet_forbidden::FAULT,
    &template_variable_unresolved::FAULT,
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

//! Defects that can be planted in the practice cluster. Each is a change of the spec and nothing else, named after the check that must find it.

mod agent_account_metrics_forbidden;
mod agent_check_fails;
mod agent_check_not_running;
mod agent_check_without_metrics;
mod agent_configuration_not_loaded;
mod agent_token_refused;
mod api_key_invalid;
mod authentication_configmap_forbidden;
mod cluster_agent_address_wrong;
mod cluster_agent_address_wrong_in_sidecar;
mod cluster_agent_leader_lost;
mod cluster_agent_not_reached;
mod cluster_agent_token_absent_in_sidecar;
mod cluster_agent_token_mismatch;
mod cluster_agent_token_mismatch_in_sidecar;
mod cluster_check_not_dispatched;
mod controller_manager_metrics_forbidden;
mod eks_metrics_not_served;
mod etcd_client_cert_expired;
mod etcd_client_cert_foreign_ca;
mod etcd_client_cert_missing;
mod etcd_client_cert_not_yet_valid;
mod etcd_client_cert_without_client_auth;
mod etcd_rejects_clients;
mod hostname_undetermined;
mod http_proxy_intercepts;
mod intake_unreachable;
mod kubelet_ignores_tokens;
mod kubelet_metrics_forbidden;
mod kubelet_url_undetected;
mod metrics_on_loopback_only;
mod no_agent_on_control_plane;
mod no_ip_for_container;
mod rbac_escalation_refused;
mod read_only_file_system;
mod scheduler_no_credentials;
mod self_signed_cert_verified;
mod self_signed_cert_verified_in_annotation;
mod sidecar_kubelet_forbidden;

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
    &agent_check_fails::FAULT,
    &agent_check_not_running::FAULT,
    &agent_check_without_metrics::FAULT,
    &agent_configuration_not_loaded::FAULT,
    &agent_token_refused::FAULT,
    &api_key_invalid::FAULT,
    &authentication_configmap_forbidden::FAULT,
    &cluster_agent_address_wrong::FAULT,
    &cluster_agent_address_wrong_in_sidecar::FAULT,
    &cluster_agent_leader_lost::FAULT,
    &cluster_agent_not_reached::FAULT,
    &cluster_agent_token_absent_in_sidecar::FAULT,
    &cluster_agent_token_mismatch::FAULT,
    &cluster_agent_token_mismatch_in_sidecar::FAULT,
    &cluster_check_not_dispatched::FAULT,
    &controller_manager_metrics_forbidden::FAULT,
    &eks_metrics_not_served::FAULT,
    &etcd_client_cert_expired::FAULT,
    &etcd_client_cert_foreign_ca::FAULT,
    &etcd_client_cert_missing::FAULT,
    &etcd_client_cert_not_yet_valid::FAULT,
    &etcd_client_cert_without_client_auth::FAULT,
    &etcd_rejects_clients::FAULT,
    &hostname_undetermined::FAULT,
    &http_proxy_intercepts::FAULT,
    &intake_unreachable::FAULT,
    &kubelet_ignores_tokens::FAULT,
    &kubelet_metrics_forbidden::FAULT,
    &kubelet_url_undetected::FAULT,
    &metrics_on_loopback_only::FAULT,
    &no_agent_on_control_plane::FAULT,
    &no_ip_for_container::FAULT,
    &rbac_escalation_refused::FAULT,
    &read_only_file_system::FAULT,
    &scheduler_no_credentials::FAULT,
    &self_signed_cert_verified::FAULT,
    &self_signed_cert_verified_in_annotation::FAULT,
    &sidecar_kubelet_forbidden::FAULT,
];

/// The options without which `doctor` does not look where certain faults show, and the checks that find those.
const OPTIONS: [(&str, &[&str]); 2] = [
    (
        "--logs",
        &[
            "api-key-invalid",
            "authentication-configmap-forbidden",
            "cluster-agent-leader-lost",
            "cluster-agent-not-reached",
            "cluster-check-not-dispatched",
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

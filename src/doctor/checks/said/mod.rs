//! Checks of what agents and control plane say of themselves, in their logs and when they are asked. They find what no
//! object and no probe shows; what another check finds the cause of is shown under it.

pub(super) mod admission_webhook_fails;
pub(super) mod agent_check_fails;
pub(super) mod agent_check_not_running;
pub(super) mod agent_check_too_slow;
pub(super) mod agent_check_without_metrics;
pub(super) mod agent_configuration_not_loaded;
pub(super) mod api_key_invalid;
pub(super) mod authentication_configmap_forbidden;
pub(super) mod cluster_agent_leader_lost;
pub(super) mod cluster_agent_not_reached;
pub(super) mod cluster_check_not_dispatched;
pub(super) mod cluster_name_refused;
pub(super) mod etcd_rejects_clients;
pub(super) mod hostname_undetermined;
pub(super) mod http_proxy_intercepts;
pub(super) mod intake_unreachable;
pub(super) mod kubelet_url_undetected;
pub(super) mod no_ip_for_container;
mod overheard;
pub(super) mod rbac_escalation_refused;
pub(super) mod read_only_file_system;
mod told;

//! Checks of the kubelets.

pub(super) mod kubelet_cert_expired;
pub(super) mod kubelet_cert_untrusted;
pub(super) mod kubelet_cert_without_address;
pub(super) mod kubelet_cert_wrong_name;
pub(super) mod kubelet_certificate_expiring;
pub(super) mod kubelet_ignores_tokens;
pub(super) mod kubelet_metrics_forbidden;
pub(super) mod kubelet_near_pod_limit;
pub(super) mod kubelet_read_only_port_asked;
pub(super) mod kubelet_serving_csr_pending;
pub(super) mod node_not_ready;
pub(super) mod node_under_pressure;
pub(super) mod static_pods_pending;
mod verified;

/// Why nothing is asked of a kubelet that is not there.
const CLOSED: &str = "nothing listens on the kubelet's port, which is another problem";

//! Checks of the kubelets.

pub(super) mod kubelet_ignores_tokens;
pub(super) mod kubelet_metrics_forbidden;
pub(super) mod kubelet_read_only_port_asked;

//! Checks of kube-controller-manager.

pub(super) mod authentication_configmap_unreadable;
pub(super) mod controller_manager_metrics_forbidden;

//! Checks of kube-controller-manager.

pub(super) mod controller_manager_metrics_forbidden;

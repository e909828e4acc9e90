//! Checks of kube-scheduler.

pub(super) mod scheduler_no_credentials;
pub(super) mod scheduler_pods_unschedulable;

//! Checks of components that nobody can reach, and in whose place the API server answers.

pub(super) mod eks_metrics_not_served;

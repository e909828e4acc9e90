//! Checks of what the agents call themselves towards Datadog, and with which keys: keys, site, the cluster's name, copies.

pub(super) mod api_key_malformed;
pub(super) mod api_key_missing;
pub(super) mod app_key_missing;
pub(super) mod cluster_name_differs;
pub(super) mod cluster_name_invalid;
pub(super) mod copied_secret_stale;
pub(super) mod site_differs;

//! Checks of the API server itself.

pub(super) mod aggregated_api_unavailable;
pub(super) mod api_server_client_cert_expiring;
pub(super) mod api_server_not_ready;
pub(super) mod insecure_port_open;
pub(super) mod metrics_too_large;

//! Checks of how components listen, held against how the agents are configured to ask.

pub(super) mod metrics_on_loopback_only;
pub(super) mod self_signed_cert_verified;

//! Checks that hold for every endpoint: does it answer, in the right protocol, as itself, with a good certificate.

pub(super) mod answers_something_else;
pub(super) mod metrics_endpoint_unreachable;
pub(super) mod metrics_scheme_mismatch;
mod serving;
pub(super) mod serving_cert_expired;
pub(super) mod serving_cert_not_yet_valid;
pub(super) mod serving_cert_untrusted;
pub(super) mod serving_cert_wrong_name;

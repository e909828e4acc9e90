//! Checks of what only a node itself shows: its files, and whether its processes run as its manifests say.

mod certificate;
pub(super) mod manifest_file_missing;
pub(super) mod node_cert_expired;
pub(super) mod node_cert_expires_soon;
pub(super) mod node_cert_not_yet_valid;
pub(super) mod node_key_readable_by_others;
pub(super) mod process_flags_differ;

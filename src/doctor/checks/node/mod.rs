//! Checks of what only a node itself shows: its files, and whether its processes run as its manifests say.

mod certificate;
pub(super) mod certificate_file_expired;
pub(super) mod certificate_file_expires_soon;
pub(super) mod certificate_file_not_yet_valid;
pub(super) mod key_file_readable_by_others;
pub(super) mod manifest_file_missing;
pub(super) mod process_flags_differ;

//! Checks of the client certificate that is presented to etcd, and of what else is etcd's own.

pub(super) mod etcd_check_of_old_api;
pub(super) mod etcd_client_cert_expired;
pub(super) mod etcd_client_cert_foreign_ca;
pub(super) mod etcd_client_cert_missing;
pub(super) mod etcd_client_cert_not_yet_valid;
pub(super) mod etcd_client_cert_refused;
pub(super) mod etcd_client_cert_version_1;
pub(super) mod etcd_client_cert_without_client_auth;
pub(super) mod etcd_client_cert_without_purpose;
pub(super) mod etcd_client_key_mismatch;
pub(super) mod etcd_has_no_leader;
pub(super) mod etcd_key_unreadable;
pub(super) mod etcd_near_quota;
pub(super) mod etcd_needs_defragmentation;
pub(super) mod etcd_not_a_pod;
pub(super) mod etcd_packaged_check_over_http;
pub(super) mod etcd_slow_disk;
pub(super) mod openshift_etcd_secret_missing;
mod presented;
pub(super) mod remedy;
pub(super) mod second_etcd_not_collected;
pub(super) mod selinux_confines_agent;

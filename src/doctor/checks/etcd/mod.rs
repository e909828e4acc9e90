//! Checks of the client certificate that is presented to etcd.

pub(super) mod etcd_client_cert_expired;
pub(super) mod etcd_client_cert_foreign_ca;
pub(super) mod etcd_client_cert_missing;
pub(super) mod etcd_client_cert_not_yet_valid;
pub(super) mod etcd_client_cert_refused;
pub(super) mod etcd_client_cert_version_1;
pub(super) mod etcd_client_cert_without_client_auth;
pub(super) mod etcd_client_cert_without_purpose;
pub(super) mod etcd_has_no_leader;
pub(super) mod etcd_key_unreadable;
pub(super) mod etcd_near_quota;
pub(super) mod etcd_needs_defragmentation;
pub(super) mod etcd_slow_disk;
pub(super) mod openshift_etcd_secret_missing;
mod presented;
mod remedy;
pub(super) mod selinux_confines_agent;

//! The Secret with the client certificate for etcd was never made, so that the agents' pods wait for it.

use super::{Fault, openshift_etcd_secret_missing};

pub(super) static FAULT: Fault = Fault {
    id: "etcd-client-secret-missing",
    check: "referenced-object-missing",
    distributions: &["kubeadm"],
    change: openshift_etcd_secret_missing::without_client_certificate,
};

//! The client certificate was put on the nodes instead of into a Secret, and `SELinux` lets no container read it there.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "selinux-confines-agent",
    check: "selinux-confines-agent",
    distributions: &["openshift4"],
    change: |spec| spec.keep_certificate_on_nodes("/etc/etcd-certs"),
};

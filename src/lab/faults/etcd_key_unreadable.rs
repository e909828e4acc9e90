//! The client certificate was put on the nodes, for root alone, and the agents run as another user.

use super::Fault;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "etcd-key-unreadable",
    check: "etcd-key-unreadable",
    distributions: &["rke1"],
    change: |spec| {
        spec.keep_certificate_on_nodes("/etc/etcd-client");
        spec.edit_template("/securityContext", json!({"runAsUser": 101}));
    },
};

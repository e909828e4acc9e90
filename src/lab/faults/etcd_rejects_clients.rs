//! Somebody asks etcd again and again with a certificate that it does not take.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "etcd-rejects-clients",
    check: "etcd-rejects-clients",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.say(
            "etcd",
            r#"{"level":"warn","msg":"rejected connection on client endpoint","remote-addr":"192.0.2.77:41000","error":"remote error: tls: bad certificate"}"#,
        );
    },
};

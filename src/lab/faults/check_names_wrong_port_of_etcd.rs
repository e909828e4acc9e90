//! The agents' check of etcd has a second instance for a port that etcd does not open.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "check-names-wrong-port-of-etcd",
    check: "check-names-wrong-port",
    distributions: &["kubeadm"],
    change: |spec| {
        let files = "    tls_ca_cert: /etc/etcd-client/ca.crt\n    tls_cert: /etc/etcd-client/tls.crt\n    \
                     tls_private_key: /etc/etcd-client/tls.key\n";
        let instance = |port: u16| format!("  - prometheus_url: https://%%host%%:{port}/metrics\n{files}");
        let text = format!(
            "ad_identifiers:\n  - etcd\ninit_config: {{}}\ninstances:\n{}{}",
            instance(2379),
            instance(4001)
        );
        let (kind, at) = ("ConfigMap", "/data/etcd.yaml");
        spec.edits.push(Edit::new(kind, "datadog", "datadog-agent-confd", at, Some(json!(text))));
    },
};

//! The agents' check of etcd names no container, so that it runs on workers as well.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "control-plane-check-on-workers",
    check: "control-plane-check-on-workers",
    distributions: &["kubeadm"],
    change: |spec| {
        const FILE: &str = "init_config: {}\ninstances:\n  - prometheus_url: http://127.0.0.1:2381/metrics\n";
        let (namespace, name) =
            (&spec.agents.account.namespace, format!("{}-confd", spec.agents.account.name));
        spec.edits.push(Edit::new("ConfigMap", namespace, &name, "/data/etcd.yaml", Some(json!(FILE))));
    },
};

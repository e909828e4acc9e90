//! The agents are on their nodes' network and were given the Cluster Agent's name, which the nodes cannot resolve.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "cluster-agent-name-unresolvable",
    check: "cluster-agent-name-unresolvable",
    distributions: &["kubeadm"],
    change: |spec| {
        let service = &spec.agents.cluster_agent.service;
        spec.agents.cluster_agent.url = Some(format!("https://{service}.datadog.svc.cluster.local:5005"));
        let policy = "/spec/template/spec/dnsPolicy";
        spec.edits.push(Edit::new(
            "DaemonSet",
            "datadog",
            "datadog-agent",
            policy,
            Some(json!("ClusterFirst")),
        ));
    },
};

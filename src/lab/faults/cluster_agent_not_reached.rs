//! A firewall between nodes keeps the runners from the Cluster Agent.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "cluster-agent-not-reached",
    check: "cluster-agent-not-reached",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.say(
            "runners",
            "2026-06-01 08:59:00 UTC | CORE | WARN | (comp/core/autodiscovery/providers/clusterchecks.go:150 in IsUpToDate) | temporary failure in clusterAgentClient, will retry later: try delay not elapsed yet",
        );
    },
};

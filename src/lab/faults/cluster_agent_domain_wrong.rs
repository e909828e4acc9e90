//! The sidecar's URL was copied from a cluster with another domain.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "cluster-agent-domain-wrong",
    check: "cluster-agent-name-unresolvable",
    distributions: &["kubeadm"],
    change: |spec| {
        let url = "https://datadog-agent-cluster-agent.datadog.svc.corp.example:5005";
        spec.sidecar.cluster_agent.url = Some(url.to_owned());
    },
};

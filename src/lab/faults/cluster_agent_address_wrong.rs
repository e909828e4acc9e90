//! The agents are told the Cluster Agent's Service under the name that another release would have given it.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "cluster-agent-address-wrong",
    check: "cluster-agent-address-wrong",
    distributions: &["kubeadm"],
    change: |spec| "datadog-cluster-agent".clone_into(&mut spec.agents.cluster_agent.service),
};

//! The node agents are switched off in the values, and all else of Datadog's is installed.

use super::Fault;
use crate::lab::spec::AgentPods;

pub(super) static FAULT: Fault = Fault {
    id: "node-agents-unwanted",
    check: "no-agent-on-control-plane",
    distributions: &["kubeadm", "openshift4"],
    change: |spec| spec.agents.pods = AgentPods::Unwanted,
};

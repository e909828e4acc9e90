//! The agents do not tolerate the control plane's taint, so none of them runs where the control plane is, on any node.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "no-agent-on-control-plane",
    check: "no-agent-on-control-plane",
    distributions: &["kubeadm"],
    change: |spec| spec.agents.tolerations.clear(),
};

//! The agents mount a token of their own making, and its author wrote the audience of another service into it.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "agent-token-refused",
    check: "agent-token-refused",
    distributions: &["kubeadm"],
    change: |spec| spec.agents.token_audience = Some("vault".to_owned()),
};

//! The agents' manifest was written by hand, without the API key, so that they end as soon as they start.

use super::{Fault, agent_crash_looping};
use crate::lab::edit::Edit;

pub(super) static FAULT: Fault = Fault {
    id: "api-key-unset",
    check: "api-key-missing",
    distributions: &["kubeadm"],
    change: |spec| {
        (agent_crash_looping::FAULT.change)(spec);
        let variable = "/spec/template/spec/containers/0/env/7";
        spec.edits.push(Edit::new("DaemonSet", "datadog", "datadog-agent", variable, None));
    },
};

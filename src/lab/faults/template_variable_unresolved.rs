//! The agents' check of the scheduler asks the port that its container declares, as of old none does.

use super::Fault;
use crate::lab::edit::Edit;

pub(super) static FAULT: Fault = Fault {
    id: "template-variable-unresolved",
    check: "template-variable-unresolved",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(check) = spec.agents.checks.get_mut("kube_scheduler.yaml") {
            "https://127.0.0.1:%%port%%/metrics".clone_into(&mut check.url);
        }
        spec.edits.push(Edit::new(
            "Pod",
            "kube-system",
            "kube-scheduler-*",
            "/spec/containers/0/ports",
            None,
        ));
    },
};

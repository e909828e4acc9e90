//! Nobody has installed Datadog.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "datadog-not-installed",
    check: "datadog-not-installed",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.has_datadog = false;
    },
};

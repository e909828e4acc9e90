//! An Agent may not write where its image wants to.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "read-only-file-system",
    check: "read-only-file-system",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.say("agents", "mkdir /etc/datadog-agent/run: read-only file system");
    },
};

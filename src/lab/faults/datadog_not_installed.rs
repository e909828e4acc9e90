//! Nobody has installed Datadog.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "datadog-not-installed",
    check: "datadog-not-installed",
    distributions: &["kubeadm", "eks", "openshift4", "rke1"],
    change: |spec| {
        spec.has_datadog = false;
        // Of what is not there nothing can have been edited.
        let namespace = spec.agents.account.namespace.clone();
        spec.edits.retain(|edit| edit.namespace != namespace);
    },
};

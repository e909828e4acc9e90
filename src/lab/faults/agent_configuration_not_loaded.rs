//! A file of a check lost its indentation.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "agent-configuration-not-loaded",
    check: "agent-configuration-not-loaded",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(voice) = spec.voices.get_mut("agents") {
            let reason = "yaml: line 4: did not find expected '-' indicator";
            voice.unloaded.insert("kube_scheduler".to_owned(), reason.to_owned());
        }
    },
};

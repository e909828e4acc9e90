//! The release was moved to this namespace, and the binding of the agents' role was left behind in the old one.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "account-role-bound-to-another",
    check: "account-role-bound-to-another",
    distributions: &["kubeadm"],
    change: |spec| {
        let bindings = spec.rights.bindings.iter_mut().filter(|binding| binding.name == "datadog-agent");
        for subject in bindings.flat_map(|binding| &mut binding.subjects) {
            subject.namespace = Some("monitoring".to_owned());
        }
    },
};

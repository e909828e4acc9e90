//! The agents' account was renamed, and the binding of their role still names the old one.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "account-role-bound-to-another-name",
    check: "account-role-bound-to-another",
    distributions: &["kubeadm"],
    change: |spec| {
        let bindings = spec.rights.bindings.iter_mut().filter(|binding| binding.name == "datadog-agent");
        for subject in bindings.flat_map(|binding| &mut binding.subjects) {
            "datadog".clone_into(&mut subject.name);
        }
    },
};

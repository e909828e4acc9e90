//! Somebody took away a binding that nobody seemed to need.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "authentication-configmap-unreadable",
    check: "authentication-configmap-unreadable",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.rights
            .bindings
            .retain(|binding| binding.name != "system::extension-apiserver-authentication-reader");
    },
};

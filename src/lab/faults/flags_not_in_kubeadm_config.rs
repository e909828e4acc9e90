//! Somebody edited the schedulers' manifests on the nodes and told kubeadm nothing.

use super::Fault;
use crate::model::component::Component;

pub(super) static FAULT: Fault = Fault {
    id: "flags-not-in-kubeadm-config",
    check: "flags-not-in-kubeadm-config",
    distributions: &["kubeadm"],
    change: |spec| {
        for part in spec.components.iter_mut().filter(|part| part.component == Component::Scheduler) {
            part.flags.insert("bind-address".to_owned(), "0.0.0.0".to_owned());
        }
    },
};

//! Somebody edited the scheduler's manifest on one node and told kubeadm nothing.

use super::Fault;
use crate::model::component::Component;

pub(super) static FAULT: Fault = Fault {
    id: "flags-not-in-kubeadm-config",
    check: "flags-not-in-kubeadm-config",
    distributions: &["kubeadm"],
    change: |spec| {
        let mut schedulers = spec.components.iter_mut().filter(|part| part.component == Component::Scheduler);
        if let Some(part) = schedulers.next_back() {
            part.flags.insert("bind-address".to_owned(), "0.0.0.0".to_owned());
        }
    },
};

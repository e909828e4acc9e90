//! The controller-manager has nobody to ask who may read its metrics, so it lets nobody read them.

use super::Fault;
use crate::model::component::Component;

pub(super) static FAULT: Fault = Fault {
    id: "controller-manager-metrics-forbidden",
    check: "controller-manager-metrics-forbidden",
    distributions: &["kubeadm"],
    change: |spec| {
        let components = spec.components.iter_mut();
        for component in components.filter(|spec| spec.component == Component::ControllerManager) {
            component.flags.remove("authorization-kubeconfig");
        }
    },
};

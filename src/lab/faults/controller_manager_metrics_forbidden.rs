//! The controller-manager of the last control-plane node, whose manifest was edited by hand, has nobody to ask who may
//! read its metrics, so it lets nobody read them. Those of other nodes are as they were.

use super::Fault;
use crate::model::component::Component;

pub(super) static FAULT: Fault = Fault {
    id: "controller-manager-metrics-forbidden",
    check: "controller-manager-metrics-forbidden",
    distributions: &["kubeadm"],
    change: |spec| {
        let of_last = spec.components.iter_mut().rev();
        if let Some(component) =
            of_last.into_iter().find(|spec| spec.component == Component::ControllerManager)
        {
            component.flags.remove("authorization-kubeconfig");
        }
    },
};

//! The annotation of the controller-managers names its container by the component's name, which is not the container's.

use super::Fault;
use crate::model::component::Component;

pub(super) static FAULT: Fault = Fault {
    id: "annotation-names-no-container",
    check: "annotation-names-no-container",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(check) = spec.annotated.get_mut(&Component::ControllerManager) {
            "controller-manager".clone_into(&mut check.identifier);
        }
    },
};

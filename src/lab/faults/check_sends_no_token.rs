//! The annotation of the controller-managers was written by hand, and its author forgot the token.

use super::Fault;
use crate::model::component::Component;

pub(super) static FAULT: Fault = Fault {
    id: "check-sends-no-token",
    check: "check-sends-no-token",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(check) = spec.annotated.get_mut(&Component::ControllerManager) {
            check.settings.retain(|(key, _)| key != "bearer_token_auth");
        }
    },
};

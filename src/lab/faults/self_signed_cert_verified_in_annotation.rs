//! The annotation of the controller-managers lets their certificate be verified, which each signs itself at every start.

use super::Fault;
use crate::model::component::Component;

pub(super) static FAULT: Fault = Fault {
    id: "self-signed-cert-verified-in-annotation",
    check: "self-signed-cert-verified",
    distributions: &["kubeadm"],
    change: |spec| {
        let settings = spec.annotated.get_mut(&Component::ControllerManager).map(|check| &mut check.settings);
        for (_, value) in settings.into_iter().flatten().filter(|(key, _)| key == "ssl_verify") {
            "true".clone_into(value);
        }
    },
};

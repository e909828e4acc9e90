//! etcd was moved out of its pods and is a service of its nodes, as Kubespray has it; the agents' check waits for a container.

use super::Fault;
use crate::{lab::spec::Shown, model::component::Component};

pub(super) static FAULT: Fault = Fault {
    id: "etcd-not-a-pod",
    check: "etcd-not-a-pod",
    distributions: &["kubeadm"],
    change: |spec| {
        for part in spec.components.iter_mut().filter(|part| part.component == Component::Etcd) {
            part.shown = Shown::Nothing;
        }
    },
};

//! The agents find no address of a container on its node's network.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "no-ip-for-container",
    check: "no-ip-for-container",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.say(
            "agents",
            "2026-06-01 08:59:00 UTC | CORE | ERROR | (comp/core/autodiscovery/autodiscoveryimpl/configmgr.go:350 in resolveTemplateForService) | error resolving template etcd for service containerd://0a1b2c: No IP found for container 0a1b2c",
        );
    },
};

//! The agents find no way to their kubelet, though ctlmon does.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "kubelet-url-undetected",
    check: "kubelet-url-undetected",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.say(
            "agents",
            "2026-06-01 08:59:00 UTC | CORE | WARN | (pkg/collector/corechecks/containers/kubelet/kubelet.go:150 in Run) | Unable to detect the kubelet URL automatically: impossible to reach Kubelet with host: 192.0.2.11. Please check if your setup requires kubelet_tls_verify = false",
        );
    },
};

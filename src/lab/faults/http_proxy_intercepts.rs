//! The agents send what is meant for the cluster to a proxy.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "http-proxy-intercepts",
    check: "http-proxy-intercepts",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.say(
            "agents",
            "2026-06-01 08:59:00 UTC | CORE | ERROR | (pkg/collector/python/datadog_agent.go:130 in LogMessage) | kubelet_core | Max retries exceeded (Caused by ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 403 Forbidden')))",
        );
    },
};

//! The agents have the API key of another site.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "api-key-invalid",
    check: "api-key-invalid",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.say(
            "agents",
            "2026-06-01 08:59:00 UTC | CORE | ERROR | (comp/forwarder/defaultforwarder/transaction/transaction.go:433 in internalProcess) | API Key invalid, dropping transaction for https://7-81-1-app.agent.datadoghq.com/api/v2/series",
        );
    },
};

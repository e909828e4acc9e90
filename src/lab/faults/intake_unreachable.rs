//! A firewall keeps the agents from Datadog.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "intake-unreachable",
    check: "intake-unreachable",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.say(
            "agents",
            r#"2026-06-01 08:59:00 UTC | CORE | ERROR | (comp/forwarder/defaultforwarder/worker.go:190 in process) | Error while processing transaction: error while sending transaction, rescheduling it: Post "https://7-81-1-app.agent.datadoghq.com/api/v2/series": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"#,
        );
    },
};

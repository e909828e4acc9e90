//! A firewall keeps the API servers from the port of the Cluster Agent's webhook.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "admission-webhook-fails",
    check: "admission-webhook-fails",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.say(
            "kube-apiserver",
            "W0601 00:00:00.000000       1 dispatcher.go:225] Failed calling webhook, failing open datadog.webhook.auto.instrumentation: failed calling webhook \"datadog.webhook.auto.instrumentation\": context deadline exceeded",
        );
    },
};

//! The Cluster Agent has a check and nobody to hand it to.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "cluster-check-not-dispatched",
    check: "cluster-check-not-dispatched",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(voice) = spec.voices.get_mut("cluster-agent") {
            voice.unassigned.push("kube_apiserver_metrics".to_owned());
        }
        spec.say(
            "cluster-agent",
            "2026-06-01 08:59:00 UTC | CLUSTER | WARN | (pkg/clusteragent/clusterchecks/dispatcher_main.go:150 in add) | No available node to dispatch kube_apiserver_metrics:1f2e on, will retry later",
        );
    },
};

//! The Cluster Agent may not take its lease.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "cluster-agent-leader-lost",
    check: "cluster-agent-leader-lost",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.say(
            "cluster-agent",
            r#"E0601 08:59:00.000000       1 leaderelection.go:330] error retrieving resource lock datadog/datadog-leader-election: leases.coordination.k8s.io "datadog-leader-election" is forbidden: User "system:serviceaccount:datadog:datadog-agent-cluster-agent" cannot get resource "leases""#,
        );
    },
};

//! The scheduler may not read whom it is to trust.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "authentication-configmap-forbidden",
    check: "authentication-configmap-forbidden",
    distributions: &["kubeadm"],
    change: |spec| {
        spec.say(
            "kube-scheduler",
            r#"W0601 08:59:00.000000       1 authentication.go:368] Error looking up in-cluster authentication configuration: configmaps "extension-apiserver-authentication" is forbidden: User "system:kube-scheduler" cannot get resource "configmaps" in API group "" in the namespace "kube-system""#,
        );
    },
};

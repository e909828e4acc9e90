//! Somebody let the agents do everything while looking for an error, and left it at that.

use super::Fault;
use crate::model::rights::{Binding, BindingSubject, RoleKind, RoleRef, SubjectKind};

pub(super) static FAULT: Fault = Fault {
    id: "account-has-more-than-it-needs",
    check: "account-has-more-than-it-needs",
    distributions: &["kubeadm"],
    change: |spec| {
        let account = &spec.agents.account;
        spec.rights.bindings.push(Binding {
            namespace: None,
            name: "datadog-agent-debug".to_owned(),
            role: RoleRef { kind: RoleKind::ClusterRole, name: "cluster-admin".to_owned() },
            subjects: vec![BindingSubject {
                kind: SubjectKind::ServiceAccount,
                name: account.name.clone(),
                namespace: Some(account.namespace.clone()),
            }],
        });
    },
};

//! The agents' role was written before EKS had metrics of its own, and lacks the right to them.

use super::Fault;
use crate::model::around::EKS_GROUP;

pub(super) static FAULT: Fault = Fault {
    id: "eks-metrics-forbidden",
    check: "eks-metrics-forbidden",
    distributions: &["eks"],
    change: |spec| {
        for role in spec.rights.roles.iter_mut().filter(|role| role.name == spec.agents.account.name) {
            role.rules.retain(|rule| rule.api_groups != [EKS_GROUP]);
        }
    },
};

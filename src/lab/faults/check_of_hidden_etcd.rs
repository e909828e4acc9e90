//! The values of another cluster were used on EKS, with a check of etcd, which Amazon keeps to itself.

use super::Fault;
use crate::lab::spec::AgentCheck;

pub(super) static FAULT: Fault = Fault {
    id: "check-of-hidden-etcd",
    check: "check-of-what-is-no-pod",
    distributions: &["eks"],
    change: |spec| {
        let check = AgentCheck {
            identifier: "etcd".to_owned(),
            url: "http://%%host%%:2381/metrics".to_owned(),
            settings: Vec::new(),
        };
        spec.agents.checks.insert("etcd.yaml".to_owned(), check);
    },
};

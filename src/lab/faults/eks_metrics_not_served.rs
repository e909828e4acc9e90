//! A webhook has kept EKS from registering the API group of its components' metrics.

use super::Fault;
use crate::model::around::EKS_GROUP;

pub(super) static FAULT: Fault = Fault {
    id: "eks-metrics-not-served",
    check: "eks-metrics-not-served",
    distributions: &["eks"],
    change: |spec| spec.groups.retain(|group| !group.starts_with(EKS_GROUP)),
};

//! Pods ask for more than any node has.

use super::Fault;
use crate::model::component::Component;

pub(super) static FAULT: Fault = Fault {
    id: "scheduler-pods-unschedulable",
    check: "scheduler-pods-unschedulable",
    distributions: &["kubeadm"],
    change: |spec| {
        let series = "scheduler_pending_pods{queue=\"unschedulable\"}".to_owned();
        spec.samples.push((Component::Scheduler, series, "4".to_owned()));
    },
};

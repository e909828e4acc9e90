//! The scheduler's check was written as for kubeadm, and attaches to a container that RKE1 runs in no pod.

use super::Fault;
use crate::lab::{LabSpec, edit::Edit};

pub(super) static FAULT: Fault = Fault {
    id: "check-of-what-is-no-pod",
    check: "check-of-what-is-no-pod",
    distributions: &["rke1"],
    change: |spec| {
        const FILE: &str = "kube_scheduler.yaml";
        if let Some(check) = LabSpec::kubeadm(spec.now).agents.checks.remove(FILE) {
            spec.agents.checks.insert(FILE.to_owned(), check);
        }
        let (namespace, service) = ("cattle-monitoring-system", "pushprox-kube-scheduler-datadog");
        spec.edits.push(Edit::new("Service", namespace, service, "/metadata/annotations", None));
    },
};

//! The cluster was given its name in capital letters.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "cluster-name-invalid",
    check: "cluster-name-invalid",
    distributions: &["kubeadm"],
    change: |spec| {
        "Practice-EU".clone_into(&mut spec.cluster_name);
    },
};

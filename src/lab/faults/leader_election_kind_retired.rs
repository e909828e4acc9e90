//! The scheduler's check was told where to look for the leader when that was still in Endpoints.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "leader-election-kind-retired",
    check: "leader-election-kind-retired",
    distributions: &["kubeadm"],
    change: |spec| {
        if let Some(check) = spec.agents.checks.get_mut("kube_scheduler.yaml") {
            check.settings.push(("leader_election_kind".to_owned(), "endpoints".to_owned()));
        }
    },
};

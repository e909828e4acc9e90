//! The leader of the schedulers hangs, and has not renewed its lease for twenty minutes.

use super::Fault;
use crate::lab::edit::Edit;
use jiff::SignedDuration;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "no-leader-of-scheduler",
    check: "component-without-leader",
    distributions: &["kubeadm"],
    change: |spec| {
        let renewed = spec.now.saturating_sub(SignedDuration::from_mins(20)).unwrap_or(spec.now);
        spec.edits.push(Edit::new(
            "Lease",
            "kube-system",
            "kube-scheduler",
            "/spec/renewTime",
            Some(json!(renewed)),
        ));
    },
};

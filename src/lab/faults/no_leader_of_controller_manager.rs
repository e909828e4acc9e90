//! The leader of the controller-managers hangs, and has not renewed its lease for twenty minutes.

use super::Fault;
use crate::lab::edit::Edit;
use jiff::SignedDuration;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "no-leader-of-controller-manager",
    check: "component-without-leader",
    distributions: &["kubeadm"],
    change: |spec| {
        let renewed = spec.now.saturating_sub(SignedDuration::from_mins(20)).unwrap_or(spec.now);
        spec.edits.push(Edit::new(
            "Lease",
            "kube-system",
            "kube-controller-manager",
            "/spec/renewTime",
            Some(json!(renewed)),
        ));
    },
};

//! The address behind the API server's Service is a pod of the worker, on which no agent may run any more, and the check of
//! its endpoints is not resolved by address.

use super::Fault;
use crate::{lab::edit::Edit, model::facts::Taint};
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "endpoints-resolve-missing",
    check: "endpoints-resolve-missing",
    distributions: &["kubeadm"],
    change: |spec| {
        let Some(worker) = spec.nodes.last_mut() else { return };
        let (key, effect) = ("dedicated".to_owned(), "NoSchedule".to_owned());
        worker.taints.push(Taint { key, value: "batch".to_owned(), effect });
        let (place, pod) = (
            json!(worker.name),
            json!({"kind": "Pod", "namespace": "kube-system", "name": "apiserver-proxy"}),
        );
        for (at, value) in [("nodeName", place), ("targetRef", pod)] {
            let at = format!("/endpoints/0/{at}");
            spec.edits.push(Edit::new("EndpointSlice", "default", "kubernetes", &at, Some(value)));
        }
    },
};

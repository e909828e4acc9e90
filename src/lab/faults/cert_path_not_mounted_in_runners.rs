//! The check of etcd was given to the runners, which do not mount the client certificate that the node agents do.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "cert-path-not-mounted-in-runners",
    check: "cert-path-not-mounted",
    distributions: &["rke1"],
    change: |spec| {
        let (namespace, service) = ("cattle-monitoring-system", "pushprox-kube-etcd-datadog");
        let resolve = "/metadata/annotations/ad.datadoghq.com~1endpoints.resolve";
        spec.edits.push(Edit::new("Service", namespace, service, resolve, Some(json!("ip"))));
    },
};

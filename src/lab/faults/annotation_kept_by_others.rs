//! The Service that is annotated for etcd's check has become part of a chart, which writes it anew with each release.

use super::Fault;
use crate::lab::edit::Edit;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "annotation-kept-by-others",
    check: "annotation-kept-by-others",
    distributions: &["rke1"],
    change: |spec| {
        let (namespace, service) = ("cattle-monitoring-system", "pushprox-kube-etcd-datadog");
        let managers = json!([{"manager": "helm", "operation": "Update"}]);
        spec.edits.push(Edit::new("Service", namespace, service, "/metadata/managedFields", Some(managers)));
    },
};

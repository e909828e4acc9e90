//! The operator is of a version that does not find out by itself what product it runs on, and nobody told it.

use super::Fault;
use serde_json::json;

pub(super) static FAULT: Fault = Fault {
    id: "operator-does-not-know-product",
    check: "operator-does-not-know-product",
    distributions: &["eks", "openshift4"],
    change: |spec| {
        let namespace = &spec.agents.account.namespace;
        spec.groups.push("datadoghq.com/v2alpha1".to_owned());
        spec.objects.push(json!({
            "apiVersion": "datadoghq.com/v2alpha1",
            "kind": "DatadogAgent",
            "metadata": {"namespace": namespace, "name": "datadog"},
            "spec": {"features": {"clusterChecks": {"enabled": true}}},
            "status": {},
        }));
    },
};

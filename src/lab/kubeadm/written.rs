//! Checks as somebody writes them elsewhere than in the agents' own files: in what the Cluster Agent hands out, and in
//! annotations of Services.

use crate::lab::{edit::Edit, spec::LabSpec};
use serde_json::{Map, Value, json};

/// Gives the Cluster Agent files that it hands out: the check, the Service whose addresses it is for, the URL, and the
/// further lines of the instance.
pub(in crate::lab) fn handed_out(spec: &mut LabSpec, files: &[(&str, &str, &str, &str)]) {
    let namespace = spec.agents.account.namespace.clone();
    let name = format!("{}-confd", spec.cluster_agent.name);
    let data: Map<String, Value> = files
        .iter()
        .map(|(check, service, url, settings)| {
            let (of, service) = service.split_once('/').unwrap_or(("default", service));
            let text = format!(
                "advanced_ad_identifiers:\n  - kube_endpoints:\n      name: {service}\n      namespace: {of}\n\
                 cluster_check: true\ninit_config: {{}}\ninstances:\n  - prometheus_url: {url}\n{settings}\n"
            );
            (format!("{check}.yaml"), json!(text))
        })
        .collect();
    spec.objects.push(json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"namespace": namespace, "name": name}, "data": data,
    }));
    let edit = |at: &str, to: Value| {
        Edit::new(
            "Deployment",
            &namespace,
            &spec.cluster_agent.name,
            &format!("/spec/template/spec/{at}"),
            Some(to),
        )
    };
    let edits = [
        edit("volumes/-", json!({"name": "confd", "configMap": {"name": name, "defaultMode": 420}})),
        edit(
            "containers/0/volumeMounts/-",
            json!({"name": "confd", "mountPath": "/conf.d", "readOnly": true}),
        ),
    ];
    spec.edits.extend(edits);
}

/// Annotates a Service with a check of each of its addresses.
pub(in crate::lab) fn annotate(service: &mut Value, check: &str, instance: &Value) {
    let checks = json!({check: {"init_config": {}, "instances": [instance]}});
    service["metadata"]["annotations"] = json!({"ad.datadoghq.com/endpoints.checks": checks.to_string()});
}

//! What strict validation has against a manifest: the real API server's word, with Datadog's CRD where there is one.
//!
//! [`strictly`] is for tests of whatever writes manifests. It stores nothing.

use crate::{api::Refused, control_plane::ControlPlane, programs::Program};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Where objects of a kind are made: discovery knows the plural, and whether the kind has namespaces.
pub(crate) fn collection(plane: &ControlPlane, object: &Value) -> String {
    let version = object["apiVersion"].as_str().expect("a manifest has an apiVersion");
    let kind = object["kind"].as_str().expect("a manifest has a kind");
    let root = if version.contains('/') { format!("/apis/{version}") } else { format!("/api/{version}") };
    let resources = plane.api.get(&root).unwrap_or_else(|refused| panic!("{version}: {refused:?}"));
    let resource = resources["resources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|resource| resource["kind"] == kind && !resource["name"].as_str().unwrap().contains('/'))
        .unwrap_or_else(|| panic!("{version} has no {kind}"));
    let plural = resource["name"].as_str().unwrap();
    if resource["namespaced"] == true {
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or("default");
        format!("{root}/namespaces/{namespace}/{plural}")
    } else {
        format!("{root}/{plural}")
    }
}

/// Each object of a YAML stream by itself, in a strict dry run on the server: nothing is stored, unknown and repeated
/// fields are errors. Namespaces that it names must be there.
///
/// # Panics
/// Where a document is no YAML, or of a kind that the server does not know.
pub(crate) fn strictly(plane: &ControlPlane, yaml: &str) -> Result<(), Vec<Refused>> {
    let documents: Vec<Value> = serde_yaml::from_multiple(yaml).expect("a stream of YAML");
    let refused: Vec<Refused> = documents
        .iter()
        .filter(|object| !object.is_null())
        .filter_map(|object| plane.api.dry_run(&collection(plane, object), object).err())
        .collect();
    if refused.is_empty() { Ok(()) } else { Err(refused) }
}

/// Installs the `DatadogAgent` definition out of the shared data; says by name that the test is skipped where there is
/// none.
pub(crate) fn install_datadog_crd(plane: &ControlPlane, test: &str) -> bool {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let shared = std::env::var_os("CTLMON_SHARED").map_or_else(beside, PathBuf::from);
    let file = shared.join("data/datadog/datadogagents.crd.yaml");
    if !file.is_file() {
        println!("skipped: {test}: no DatadogAgent definition");
        return false;
    }
    plane.apply(&file);
    let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/datadogagents.datadoghq.com";
    plane
        .wait_for("the definition is not established", || {
            let definition = plane.api.get(path).unwrap();
            let conditions = definition["status"]["conditions"].as_array().cloned().unwrap_or_default();
            conditions.iter().any(|one| one["type"] == "Established" && one["status"] == "True")
                && plane.api.get("/apis/datadoghq.com/v2alpha1").is_ok()
        })
        .unwrap();
    true
}

#[test]
fn strict_validation_sees_what_a_client_would_not() {
    const TEST: &str = "strict_validation_sees_what_a_client_would_not";
    let Some(plane) = ControlPlane::shared(TEST) else { return };
    let good = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\ndata: {a: b}\n---\n\
                apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: dry}\n\
                rules: [{nonResourceURLs: [/metrics], verbs: [get]}]\n---\n";
    assert_eq!(strictly(&plane, good), Ok(()));
    // Nothing is stored.
    assert_eq!(plane.api.get("/api/v1/namespaces/default/configmaps/a").unwrap_err().code, 404);
    let unknown = good.replace("nonResourceURLs", "nonResourceUrls");
    let refused = strictly(&plane, &unknown).unwrap_err();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].message.contains("unknown field \"rules[0].nonResourceUrls\""), "{refused:?}");
    let wrong = good.replace("{a: b}", "{a: 1}");
    assert!(strictly(&plane, &wrong).unwrap_err()[0].message.contains("cannot unmarshal number"));
    assert!(plane.log(Program::ApiServer).len() > 100, "the server is the real one");
}

#[test]
fn a_datadog_agent_is_validated_by_its_own_definition() {
    const TEST: &str = "a_datadog_agent_is_validated_by_its_own_definition";
    let Some(plane) = ControlPlane::shared(TEST) else { return };
    if !install_datadog_crd(&plane, TEST) {
        return;
    }
    let good = json!({
        "apiVersion": "datadoghq.com/v2alpha1", "kind": "DatadogAgent",
        "metadata": {"name": "datadog", "namespace": "default"},
        "spec": {
            "global": {"clusterName": "practice", "credentials": {"apiSecret": {"secretName": "keys", "keyName": "api"}}},
            "override": {"nodeAgent": {"hostNetwork": true}},
        },
    });
    assert_eq!(strictly(&plane, &good.to_string()), Ok(()));
    let misspelt = good.to_string().replace("hostNetwork", "hostNetWork");
    let refused = strictly(&plane, &misspelt).unwrap_err();
    assert!(
        refused[0].message.contains("unknown field \"spec.override.nodeAgent.hostNetWork\""),
        "{refused:?}"
    );
    let wrong = good.to_string().replace("\"hostNetwork\":true", "\"hostNetwork\":\"yes\"");
    assert!(strictly(&plane, &wrong).unwrap_err()[0].message.contains("must be of type boolean"));
}

//! Certificates in Secrets of a cluster: looking at them, and copying one to another namespace.

use crate::support::{Ran, ctlmon, practice::Practice, run};
use serde_json::{Value, json};

fn certs(practice: &Practice, words: &[&str]) -> Ran {
    run(ctlmon(practice.path()).arg("certs").args(words).arg("--kubeconfig").arg(practice.kubeconfig()))
}

#[test]
fn a_secret_is_inspected_and_copied_clean() {
    let practice = Practice::start(&[]);
    let ran = certs(&practice, &["inspect", "secret:datadog/etcd-client", "-o", "json"]);
    let json = ran.json();
    let names: Vec<&str> =
        json["certificates"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["ca.crt", "tls.crt"], "{ran:?}");
    let leaf = &json["certificates"][1];
    assert_eq!((&leaf["private_key"]["fits"], &leaf["signed_by"]["name"]), (&json!(true), &json!("ca.crt")));
    let ran = certs(&practice, &["copy", "--from", "datadog/etcd-client", "--to", "monitoring/etcd"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let manifest: Value = serde_yaml::from_str(&ran.stdout).unwrap();
    assert_eq!(manifest["metadata"], json!({"namespace": "monitoring", "name": "etcd"}), "and nothing else");
    let fields: Vec<&String> = manifest.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["apiVersion", "data", "kind", "metadata", "type"]);
    let entries: Vec<&String> = manifest["data"].as_object().unwrap().keys().collect();
    assert_eq!(entries, ["ca.crt", "tls.crt", "tls.key"]);
    let missing = certs(&practice, &["copy", "--from", "datadog/none", "--to", "a/b"]);
    assert!(missing.error(3).contains("Secret datadog/none"), "{missing:?}");
    let missing = certs(&practice, &["inspect", "secret:datadog/none"]);
    assert!(missing.error(3).contains("does not exist"), "{missing:?}");
}

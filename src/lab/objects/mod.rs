//! Everything that the practice cluster's API server has stored, written from the spec. No server reads this for its own behaviour.

mod addons;
pub(super) mod agents;
mod around;
mod cluster_agent;
mod nodes;
mod pod;
mod rights;
mod runners;
mod sidecar;
mod static_pods;

use super::{
    pki::{Pki, PkiError},
    spec::{LabSpec, SecretEntry, SecretSpec},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

/// All objects, with `apiVersion`, `kind` and the parts of `metadata` that the spec fixes.
pub(super) fn all(spec: &LabSpec, pki: &Pki) -> Result<Vec<Value>, PkiError> {
    let mut objects = spec.objects.clone();
    objects.push(authentication(pki)?);
    objects.extend(cluster_ca(spec, pki)?);
    objects.extend(spec.members().map(|node| nodes::node(spec, node)));
    objects.extend(static_pods::all(spec));
    objects.extend(addons::pods(spec));
    objects.extend(around::all(spec));
    if spec.has_datadog {
        objects.extend(agents::all(spec));
        objects.extend(cluster_agent::all(spec));
        objects.extend(runners::all(spec));
        objects.extend(sidecar::all(spec));
    }
    objects.extend(rights::all(&spec.rights));
    for secret in &spec.secrets {
        objects.push(self::secret(secret, pki)?);
    }
    Ok(objects)
}

fn secret(spec: &SecretSpec, pki: &Pki) -> Result<Value, PkiError> {
    let mut entries = Map::new();
    for (key, entry) in &spec.entries {
        let text = match entry {
            SecretEntry::Authority(name) => pki.authority(name)?.pem(),
            SecretEntry::Certificate(name) => pki.certificate(name)?.pem(),
            SecretEntry::Key(name) => pki.certificate(name)?.key_pem(),
            SecretEntry::Text(text) => text.clone(),
        };
        entries.insert(key.clone(), Value::String(STANDARD.encode(text)));
    }
    let mut object = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"namespace": spec.namespace, "name": spec.name},
        "type": "Opaque",
        "data": entries,
    });
    if !spec.labels.is_empty() {
        object["metadata"]["labels"] = json!(spec.labels);
    }
    Ok(object)
}

/// What the API server tells the components that delegate to it: whose client certificates are good.
fn authentication(pki: &Pki) -> Result<Value, PkiError> {
    Ok(json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"namespace": "kube-system", "name": "extension-apiserver-authentication"},
        "data": {
            "client-ca-file": pki.authority("ca")?.pem(),
            "requestheader-allowed-names": "[\"front-proxy-client\"]",
            "requestheader-client-ca-file": pki.authority("front-proxy-ca")?.pem(),
            "requestheader-extra-headers-prefix": "[\"X-Remote-Extra-\"]",
            "requestheader-group-headers": "[\"X-Remote-Group\"]",
            "requestheader-username-headers": "[\"X-Remote-User\"]",
        },
    }))
}

/// The cluster's CA, as the controller-manager publishes it into every namespace.
fn cluster_ca(spec: &LabSpec, pki: &Pki) -> Result<Vec<Value>, PkiError> {
    let authority = pki.authority("ca")?.pem();
    let namespaces = spec.objects.iter().filter(|object| object["kind"] == "Namespace");
    let publish = |namespace: &Value| {
        json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"namespace": namespace["metadata"]["name"], "name": "kube-root-ca.crt"},
            "data": {"ca.crt": authority},
        })
    };
    Ok(namespaces.map(publish).collect())
}

//! A Secret as a manifest. What is in it is secret, and so is the text.

use crate::model::secret::Secret;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

/// The manifest of a Secret with these entries, in their order, as `kubectl apply -f -` takes it.
///
/// Written by hand and not by a YAML library, which would leave copies of the key behind; every value but base64 is
/// quoted as JSON, which is YAML too.
#[must_use]
pub fn secret(
    namespace: &str,
    name: &str,
    kind: &str,
    entries: &[(String, Secret<Vec<u8>>)],
) -> Secret<String> {
    let length: usize = entries.iter().map(|(name, value)| name.len() + value.expose().len() * 2 + 16).sum();
    // Room for all of it at once, so that growing leaves no copy of a key behind.
    let mut text = String::with_capacity(length + 512 + 6 * (namespace.len() + name.len() + kind.len()));
    text.push_str("apiVersion: v1\nkind: Secret\nmetadata:\n");
    for (field, value) in [("  namespace: ", namespace), ("  name: ", name)] {
        text.push_str(field);
        text.push_str(&quoted(value));
        text.push('\n');
    }
    text.push_str("type: ");
    text.push_str(&quoted(kind));
    text.push_str("\ndata:\n");
    for (name, value) in entries {
        text.push_str("  ");
        text.push_str(&quoted(name));
        text.push_str(": ");
        let encoded = Zeroizing::new(STANDARD.encode(value.expose()));
        // An empty value without quotes would be null.
        text.push_str(if encoded.is_empty() { "\"\"" } else { &encoded });
        text.push('\n');
    }
    Secret::new(text)
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_is_yaml_that_holds_the_entries() {
        let entries = [
            ("tls.key".to_owned(), Secret::new(b"secret".to_vec())),
            ("empty".to_owned(), Secret::new(Vec::new())),
        ];
        let text = secret("datadog", "etcd: \"client\"", "kubernetes.io/tls", &entries);
        assert_eq!(
            text.expose(),
            "apiVersion: v1\nkind: Secret\nmetadata:\n  namespace: \"datadog\"\n  name: \"etcd: \\\"client\\\"\"\n\
             type: \"kubernetes.io/tls\"\ndata:\n  \"tls.key\": c2VjcmV0\n  \"empty\": \"\"\n"
        );
        let read: serde_json::Value = serde_yaml::from_str(text.expose()).unwrap();
        assert_eq!(read["data"]["tls.key"], "c2VjcmV0");
    }
}

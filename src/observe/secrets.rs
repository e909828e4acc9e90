//! What is kept of a Secret: certificates, which are public, and of everything else only presence and shape.

use super::keyring::Keyring;
use crate::{
    certs::{key, pem},
    model::{
        answer::{KeyFacts, SecretEntry, SecretFacts},
        question::ObjectRef,
        secret::Secret,
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde_json::Value;
use zeroize::Zeroizing;

/// The largest entry that is looked into. Kubernetes allows a Secret of one mebibyte.
const MAX_ENTRY_BYTES: usize = 1024 * 1024;

/// What is longer than this is no token.
const MAX_TOKEN_BYTES: usize = 4096;

/// A Secret with its values, for handing it on. It can be neither printed nor serialised.
pub struct WholeSecret {
    /// Its type.
    pub kind: String,
    /// Its entries, sorted by name.
    pub entries: Vec<(String, Secret<Vec<u8>>)>,
}

impl WholeSecret {
    /// Takes the values out of a Secret as the API server sent it.
    pub(super) fn of(secret: &Value) -> Result<Self, &'static str> {
        let mut entries = Vec::new();
        for (name, value) in secret["data"].as_object().into_iter().flatten() {
            let value = STANDARD.decode(value.as_str().unwrap_or_default());
            entries.push((
                name.clone(),
                Secret::new(value.map_err(|_| "an entry of the Secret is not base64")?),
            ));
        }
        entries.sort_by(|(left, _), (right, _)| left.cmp(right));
        Ok(Self { kind: secret["type"].as_str().unwrap_or("Opaque").to_owned(), entries })
    }
}

/// Facts about a Secret as the API server sent it; its PEM entries go into the keyring.
pub(super) fn facts(secret: &Value, object: &ObjectRef, keyring: &Keyring) -> SecretFacts {
    let entries = secret["data"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            let value =
                Zeroizing::new(STANDARD.decode(value.as_str().unwrap_or_default()).unwrap_or_default());
            (name.clone(), entry(&value, object, name, keyring))
        })
        .collect();
    SecretFacts {
        entries,
        managed_by: secret["metadata"]["labels"]["app.kubernetes.io/managed-by"].as_str().map(str::to_owned),
        changed: changed(&secret["metadata"]),
    }
}

/// When the entries were changed last: the latest time of those who manage `data`, else when the Secret was made.
fn changed(metadata: &Value) -> Option<Timestamp> {
    let managed = metadata["managedFields"].as_array().into_iter().flatten();
    let of_data = managed.filter(|managed| managed["fieldsV1"].get("f:data").is_some());
    let time = |value: &Value| value.as_str().and_then(|time| time.parse().ok());
    of_data
        .filter_map(|managed| time(&managed["time"]))
        .max()
        .or_else(|| time(&metadata["creationTimestamp"]))
}

fn entry(value: &[u8], object: &ObjectRef, name: &str, keyring: &Keyring) -> SecretEntry {
    if value.len() <= MAX_ENTRY_BYTES {
        let has_key = pem::has_block(value, "PRIVATE KEY");
        if has_key || pem::has_block(value, "CERTIFICATE") {
            keyring.keep_entry(&object.namespace, &object.name, name, value.to_vec());
        }
        if has_key {
            return SecretEntry::PrivateKey(KeyFacts { public_key: public_key_hash(value) });
        }
        // What could be a token: the agents' own is presented where it is meant for.
        if (1..=MAX_TOKEN_BYTES).contains(&value.len()) && !pem::has_block(value, "CERTIFICATE") {
            keyring.keep_entry(&object.namespace, &object.name, name, value.to_vec());
        }
        if let Ok(certificates) = pem::certificates(value) {
            return SecretEntry::Certificates(certificates);
        }
    }
    SecretEntry::Opaque {
        length: value.len(),
        white_space: value.iter().any(u8::is_ascii_whitespace),
        fingerprint: keyring.fingerprint(value),
    }
}

/// The SHA-256 of a private key's public half in hex, where the key can be read.
pub(crate) fn public_key_hash(text: &[u8]) -> Option<String> {
    let public = key::read(text, None).ok()?.public_key().ok()?;
    Some(crate::certs::inspect::fingerprint(&public))
}

//! What is kept of a Secret: certificates, which are public, and of everything else only presence and shape.

use super::keyring::Keyring;
use crate::{
    certs::pem,
    model::{
        answer::{KeyFacts, SecretEntry, SecretFacts},
        question::ObjectRef,
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use zeroize::Zeroizing;

/// The largest entry that is looked into. Kubernetes allows a Secret of one mebibyte.
const MAX_ENTRY_BYTES: usize = 1024 * 1024;

/// What is longer than this is no token.
const MAX_TOKEN_BYTES: usize = 4096;

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
    SecretFacts { entries }
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
    let key = pem::private_key(text).ok()?;
    let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key).ok()?;
    let public = key.public_key()?;
    Some(crate::certs::inspect::fingerprint(&public))
}

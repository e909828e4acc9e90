//! The secrets of one run: what a probe may present. Never serialised, never printed, wiped at the end.

use super::redact::Redactor;
use crate::{
    certs::pem::ClientIdentity,
    model::{
        answer::Answer,
        observed::Observed,
        question::{AccountRef, CertificateSource},
        secret::{Fingerprint, Secret},
    },
};
use aws_lc_rs::{digest, hmac, rand};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The secrets of one run, beside the snapshot and never in it.
#[derive(Debug)]
pub struct Keyring {
    held: Mutex<Held>,
    fingerprints: hmac::Key,
}

/// Namespace, Secret, entry.
type EntryPlace = (String, String, String);

#[derive(Debug, Default)]
struct Held {
    entries: BTreeMap<EntryPlace, Arc<Secret<Vec<u8>>>>,
    identities: BTreeMap<CertificateSource, Arc<ClientIdentity>>,
    accounts: BTreeMap<AccountRef, Arc<Secret<String>>>,
    token_files: BTreeMap<String, Arc<Secret<String>>>,
    /// Everything that a server was shown, or may be.
    shown: Redactor,
}

impl Keyring {
    /// An empty keyring with a fingerprint key of its own, drawn from the system's randomness.
    #[must_use]
    pub fn new() -> Self {
        let mut key = [0_u8; digest::SHA256_OUTPUT_LEN];
        // Without randomness fingerprints are still equal for equal values; a snapshot of such a run would
        // only allow to test guesses, and aws-lc aborts rather than fail here.
        let _ = rand::fill(&mut key);
        Self { held: Mutex::default(), fingerprints: hmac::Key::new(hmac::HMAC_SHA256, &key) }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Equal for equal values of this run, and meaningless outside it.
    pub(super) fn fingerprint(&self, value: &[u8]) -> Fingerprint {
        let tag = hmac::sign(&self.fingerprints, value);
        Fingerprint(crate::certs::inspect::hex(&tag.as_ref()[..12]))
    }

    /// Learns a secret of the caller, which is presented to the API server and kept by its client.
    pub fn learn(&self, secret: &Secret<String>) {
        self.lock().shown.learn(secret.expose().as_bytes());
    }

    /// An answer without any secret of this run that a server was shown.
    pub(super) fn redacted(&self, answer: Observed<Answer>) -> Observed<Answer> {
        self.lock().shown.without_secrets(answer)
    }

    /// Keeps one entry of a Secret.
    pub(super) fn keep_entry(&self, namespace: &str, name: &str, entry: &str, value: Vec<u8>) {
        let place = (namespace.to_owned(), name.to_owned(), entry.to_owned());
        self.lock().entries.insert(place, Arc::new(Secret::new(value)));
    }

    /// Keeps a client's certificate and key.
    pub fn keep_identity(&self, source: CertificateSource, identity: ClientIdentity) {
        self.lock().identities.insert(source, Arc::new(identity));
    }

    /// Keeps a token from a file that the user named.
    pub fn keep_token_file(&self, path: &str, token: String) {
        let mut held = self.lock();
        held.shown.learn(token.as_bytes());
        held.token_files.insert(path.to_owned(), Arc::new(Secret::new(token)));
    }

    /// Keeps a service account's token.
    pub(super) fn keep_account(&self, account: AccountRef, token: String) {
        let mut held = self.lock();
        held.shown.learn(token.as_bytes());
        held.accounts.insert(account, Arc::new(Secret::new(token)));
    }

    /// What to present for a client certificate, if it was read in this run.
    pub(super) fn identity(&self, source: &CertificateSource) -> Option<Arc<ClientIdentity>> {
        let held = self.lock();
        if let Some(identity) = held.identities.get(source) {
            return Some(Arc::clone(identity));
        }
        let CertificateSource::Secret { namespace, name, certificate, key: Some(key) } = source else {
            return None;
        };
        let entry = |entry: &str| held.entries.get(&(namespace.clone(), name.clone(), entry.to_owned()));
        let chain = crate::certs::pem::certificates(entry(certificate)?.expose()).ok()?;
        Some(Arc::new(ClientIdentity { chain, key: entry(key)?.as_ref().clone() }))
    }

    /// A service account's token.
    pub(super) fn account(&self, account: &AccountRef) -> Option<Arc<Secret<String>>> {
        self.lock().accounts.get(account).cloned()
    }

    /// The token in an entry of a Secret, byte for byte: the agents send it as it is.
    pub(super) fn secret_token(&self, namespace: &str, name: &str, key: &str) -> Option<Arc<Secret<String>>> {
        let mut held = self.lock();
        let place = (namespace.to_owned(), name.to_owned(), key.to_owned());
        let entry = Arc::clone(held.entries.get(&place)?);
        // Of all entries those alone are learned that are presented: any other may be a word that stands everywhere.
        held.shown.learn(entry.expose());
        Some(Arc::new(Secret::new(String::from_utf8(entry.expose().clone()).ok()?)))
    }

    /// The token of a file.
    pub(super) fn token_file(&self, path: &str) -> Option<Arc<Secret<String>>> {
        self.lock().token_files.get(path).cloned()
    }
}

impl Default for Keyring {
    fn default() -> Self {
        Self::new()
    }
}

//! A TLS client that records what it sees instead of judging it, and presents any certificate that it is given.
//!
//! It accepts every server, so nothing secret may be written to a connection made with it unless the caller
//! has compared the recorded chain first (see `probe`).

use crate::{
    certs::pem::{self, ClientIdentity},
    model::answer::{Der, TlsSeen},
};
use rustls::{
    AlertDescription, ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::{
        ResolvesClientCert, Resumption,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
    sign::CertifiedKey,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What one handshake showed, filled while it runs.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    seen: Mutex<Recorded>,
}

#[derive(Debug, Default)]
struct Recorded {
    chain: Vec<Der>,
    key_proven: bool,
    asked: bool,
    acceptable: Vec<Der>,
    presented: bool,
    alert: Option<String>,
}

impl Recorder {
    fn lock(&self) -> MutexGuard<'_, Recorded> {
        // The lock is held for single assignments only; a poisoned one still holds sound values.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the alert in an I/O error, if there is one in it.
    pub(super) fn note(&self, error: &std::io::Error) {
        if let Some(Error::AlertReceived(alert)) =
            error.get_ref().and_then(|inner| inner.downcast_ref::<Error>())
        {
            self.lock().alert.get_or_insert(alert_name(*alert));
        }
    }

    /// The alert that the server sent, in the words of RFC 8446.
    pub(super) fn alert(&self) -> Option<String> {
        self.lock().alert.clone()
    }

    /// What was seen so far. `version` is known once the handshake is done.
    pub(super) fn seen(&self, version: Option<&str>) -> TlsSeen {
        let seen = self.lock();
        TlsSeen {
            version: version.map(str::to_owned),
            chain: seen.chain.clone(),
            key_proven: seen.key_proven,
            asked_for_certificate: seen.asked,
            acceptable: seen.acceptable.clone(),
            presented: seen.presented,
            alert: seen.alert.clone(),
        }
    }
}

/// Why a client certificate cannot be presented.
#[derive(Debug)]
pub(super) struct UnusableIdentity(pub(super) String);

/// A configuration that accepts every server, records into `recorder`, and presents `identity` where asked.
///
/// HTTP/1.1 is the only protocol offered: over HTTP/2 the alert of a refused client certificate gets lost
/// almost always (80 of 80 tries, measured against etcd 3.6).
///
/// # Errors
/// Where the key of the identity cannot be used.
pub(super) fn recording_config(
    provider: &Arc<CryptoProvider>,
    recorder: &Arc<Recorder>,
    identity: Option<&ClientIdentity>,
) -> Result<ClientConfig, UnusableIdentity> {
    let key = identity.map(|identity| certified_key(provider, identity)).transpose()?;
    let mut config = ClientConfig::builder_with_provider(Arc::clone(provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| UnusableIdentity(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(RecordingVerifier {
            recorder: Arc::clone(recorder),
            provider: Arc::clone(provider),
        }))
        .with_client_cert_resolver(Arc::new(RecordingResolver { recorder: Arc::clone(recorder), key }));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // No second connection is made with this configuration, and a resumed session would show no certificate.
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// Chain and key as rustls signs with them, made without its certificate parser: that one refuses X.509
/// version 1, which etcd takes.
fn certified_key(
    provider: &CryptoProvider,
    identity: &ClientIdentity,
) -> Result<Arc<CertifiedKey>, UnusableIdentity> {
    let key = pem::private_key(identity.key.expose()).map_err(|error| UnusableIdentity(error.to_string()))?;
    let key = provider
        .key_provider
        .load_private_key(key)
        .map_err(|_| UnusableIdentity("a private key of a kind that cannot be used for TLS".to_owned()))?;
    let chain = identity.chain.iter().map(|der| CertificateDer::from(der.0.clone())).collect();
    Ok(Arc::new(CertifiedKey::new(chain, key)))
}

#[derive(Debug)]
struct RecordingVerifier {
    recorder: Arc<Recorder>,
    provider: Arc<CryptoProvider>,
}

impl RecordingVerifier {
    fn note_proof(&self, proof: &Result<HandshakeSignatureValid, Error>) -> HandshakeSignatureValid {
        self.recorder.lock().key_proven = proof.is_ok();
        HandshakeSignatureValid::assertion()
    }
}

impl ServerCertVerifier for RecordingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.recorder.lock().chain =
            std::iter::once(end_entity).chain(intermediates).map(|der| Der(der.to_vec())).collect();
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        Ok(self.note_proof(&rustls::crypto::verify_tls12_signature(message, cert, dss, algorithms)))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        Ok(self.note_proof(&rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[derive(Debug)]
struct RecordingResolver {
    recorder: Arc<Recorder>,
    key: Option<Arc<CertifiedKey>>,
}

impl ResolvesClientCert for RecordingResolver {
    fn resolve(
        &self,
        root_hint_subjects: &[&[u8]],
        schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        let mut seen = self.recorder.lock();
        seen.asked = true;
        // rustls hands over the names without the outer SEQUENCE header stripped: each is a whole Name.
        seen.acceptable = root_hint_subjects.iter().map(|name| Der(name.to_vec())).collect();
        seen.presented = self.key.as_ref().is_some_and(|key| key.key.choose_scheme(schemes).is_some());
        drop(seen);
        self.key.clone()
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// The alert's name as RFC 8446 spells it, from the name that rustls gives it.
pub(super) fn alert_name(alert: AlertDescription) -> String {
    let mut name = String::new();
    let mut previous_lower = false;
    for letter in format!("{alert:?}").chars() {
        if letter.is_ascii_uppercase() && previous_lower {
            name.push('_');
        }
        previous_lower = letter.is_ascii_lowercase();
        name.push(letter.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_are_spelled_as_the_standard_spells_them() {
        for (alert, name) in [
            (AlertDescription::CertificateRequired, "certificate_required"),
            (AlertDescription::UnknownCA, "unknown_ca"),
            (AlertDescription::BadCertificate, "bad_certificate"),
            (AlertDescription::CertificateExpired, "certificate_expired"),
            (AlertDescription::HandshakeFailure, "handshake_failure"),
        ] {
            assert_eq!(alert_name(alert), name);
        }
    }
}

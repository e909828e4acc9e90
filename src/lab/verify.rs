//! Client certificates as servers written in Go take them: which ones they refuse, and with which alert. It does not say who somebody is.

use super::spec::Alerts;
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, UnixTime},
    server::{
        VerifierBuilderError, WebPkiClientVerifier,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
};
use std::sync::Arc;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// Decides whether a client certificate is one of some authorities'.
#[derive(Clone, Debug)]
pub(super) struct Trust {
    verifier: Arc<dyn ClientCertVerifier>,
    authorities: Vec<CertificateDer<'static>>,
}

/// etcd: no client gets in without a certificate of the authority.
#[derive(Debug)]
pub(super) struct Demand {
    pub(super) trust: Trust,
    pub(super) alerts: Alerts,
}

/// The components of Kubernetes: a certificate is asked for and looked at when a request comes. TLS refuses nobody.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) trust: Trust,
    /// The subjects of the authorities that the server names when it asks.
    pub(super) hints: Vec<DistinguishedName>,
}

impl Trust {
    /// Trusts these authorities.
    pub(super) fn new(
        authorities: Vec<CertificateDer<'static>>,
        crypto: Arc<CryptoProvider>,
    ) -> Result<Self, VerifierBuilderError> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(authorities.iter().cloned());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), crypto).build()?;
        Ok(Self { verifier, authorities })
    }

    /// Whether a chain that a client presented is good, and if it is not, the error whose alert a Go server sends.
    ///
    /// Go knows three: expired and not yet valid are one, an unknown issuer and a bad signature are one, and
    /// everything else is the third. It looks at the dates first, then at the issuer, then at the purpose.
    /// Source: Go's `crypto/tls`, `processCertsFromClient`; etcd 3.6.13 and 3.5.30 were seen to answer so.
    pub(super) fn judge(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), CertificateError> {
        let error = match self.verifier.verify_client_cert(leaf, intermediates, now) {
            Ok(_) => return Ok(()),
            Err(Error::InvalidCertificate(error)) => error,
            Err(_) => return Err(CertificateError::BadEncoding),
        };
        #[expect(deprecated, reason = "rustls' older variants may still be what a verifier returns")]
        Err(match error {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => CertificateError::Expired,
            CertificateError::UnknownIssuer
            | CertificateError::BadSignature
            | CertificateError::UnsupportedSignatureAlgorithm
            | CertificateError::UnsupportedSignatureAlgorithmContext { .. }
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
                CertificateError::UnknownIssuer
            }
            // webpki looks at the purpose before the issuer.
            _ if intermediates.is_empty() && !self.has_signed(leaf) => CertificateError::UnknownIssuer,
            _ => CertificateError::BadEncoding,
        })
    }

    fn has_signed(&self, leaf: &CertificateDer<'_>) -> bool {
        let Ok((_, leaf)) = X509Certificate::from_der(leaf) else {
            // What cannot be read is bad, whoever signed it.
            return true;
        };
        self.authorities.iter().filter_map(|authority| X509Certificate::from_der(authority).ok()).any(
            |(_, authority)| {
                authority.subject().as_raw() == leaf.issuer().as_raw()
                    && leaf.verify_signature(Some(authority.public_key())).is_ok()
            },
        )
    }
}

impl Request {
    /// The subjects of some authorities' certificates.
    pub(super) fn subjects<'a>(
        authorities: impl IntoIterator<Item = &'a CertificateDer<'static>>,
    ) -> Vec<DistinguishedName> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(authorities.into_iter().cloned());
        roots.subjects()
    }
}

impl ClientCertVerifier for Demand {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.trust.verifier.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.trust.judge(leaf, intermediates, now).map_err(|error| {
            Error::InvalidCertificate(match self.alerts {
                Alerts::ByReason => error,
                // rustls' alert for it is bad_certificate.
                Alerts::BadCertificate => CertificateError::BadEncoding,
            })
        })?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.trust.verifier.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.trust.verifier.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.trust.verifier.supported_verify_schemes()
    }
}

impl ClientCertVerifier for Request {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.hints
    }

    fn verify_client_cert(
        &self,
        _leaf: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.trust.verifier.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.trust.verifier.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.trust.verifier.supported_verify_schemes()
    }
}

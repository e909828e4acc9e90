//! Says what Go says to a client without a certificate, where rustls has another alert for it. Nothing else is changed.

use super::spec::Alerts;
use rustls::{
    AlertDescription, ContentType, Error, SupportedCipherSuite, Tls13CipherSuite,
    crypto::{
        CipherSuiteCommon, CryptoProvider,
        aws_lc_rs::cipher_suite,
        cipher::{
            AeadKey, Iv, MessageDecrypter, MessageEncrypter, OutboundChunks, OutboundOpaqueMessage,
            OutboundPlainMessage, Tls13AeadAlgorithm, UnsupportedOperationError,
        },
    },
};
use std::{
    io,
    pin::Pin,
    sync::{Arc, LazyLock},
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The fatal alert `certificate_required` as a record of its own, unencrypted. TLS 1.3 always encrypts it.
const CERTIFICATE_REQUIRED: [u8; 7] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 116];
/// The same with `handshake_failure`, which Go sends.
const HANDSHAKE_FAILURE: [u8; 7] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 40];
/// The same with `bad_certificate`, which Go sent before 1.20.
const BAD_CERTIFICATE: [u8; 7] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 42];

/// A stream on which one alert of TLS 1.2 is replaced by another.
#[derive(Debug)]
pub(super) struct GoAlerts<S> {
    pub(super) stream: S,
    pub(super) without_certificate: Alerts,
}

impl<S: AsyncRead + Unpin> AsyncRead for GoAlerts<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for GoAlerts<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &[u8]) -> Poll<io::Result<usize>> {
        let said = match self.without_certificate {
            _ if buffer != CERTIFICATE_REQUIRED => buffer,
            Alerts::ByReason => &HANDSHAKE_FAILURE,
            Alerts::BadCertificate => &BAD_CERTIFICATE,
        };
        Pin::new(&mut self.stream).poll_write(cx, said)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The cryptography of a server that Go before 1.20 built: in TLS 1.3 it says `bad_certificate` to whoever brings none.
///
/// There the alert is encrypted before any stream sees it, so it is replaced where it is encrypted.
pub(super) fn before_go_1_20(crypto: &CryptoProvider) -> Arc<CryptoProvider> {
    static ALGORITHM: LazyLock<Option<BadCertificate>> =
        LazyLock::new(|| Some(BadCertificate(cipher_suite::TLS13_AES_128_GCM_SHA256.tls13()?.aead_alg)));
    static SUITE: LazyLock<Option<Tls13CipherSuite>> = LazyLock::new(|| {
        let suite = cipher_suite::TLS13_AES_128_GCM_SHA256.tls13()?;
        Some(Tls13CipherSuite {
            common: CipherSuiteCommon { ..suite.common },
            hkdf_provider: suite.hkdf_provider,
            aead_alg: ALGORITHM.as_ref()?,
            quic: None,
        })
    });
    // One suite of TLS 1.3 is enough: every client has this one.
    let mut crypto = crypto.clone();
    crypto.cipher_suites.retain(|suite| suite.tls13().is_none());
    crypto.cipher_suites.extend(SUITE.as_ref().map(SupportedCipherSuite::Tls13));
    Arc::new(crypto)
}

/// An algorithm that encrypts everything as it is, but for one alert.
struct BadCertificate(&'static dyn Tls13AeadAlgorithm);

struct Replacing(Box<dyn MessageEncrypter>);

impl Tls13AeadAlgorithm for BadCertificate {
    fn encrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageEncrypter> {
        Box::new(Replacing(self.0.encrypter(key, iv)))
    }

    fn decrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageDecrypter> {
        self.0.decrypter(key, iv)
    }

    fn key_len(&self) -> usize {
        self.0.key_len()
    }

    fn extract_keys(
        &self,
        key: AeadKey,
        iv: Iv,
    ) -> Result<rustls::ConnectionTrafficSecrets, UnsupportedOperationError> {
        self.0.extract_keys(key, iv)
    }
}

impl MessageEncrypter for Replacing {
    fn encrypt(
        &mut self,
        message: OutboundPlainMessage<'_>,
        number: u64,
    ) -> Result<OutboundOpaqueMessage, Error> {
        let text = if message.typ == ContentType::Alert { message.payload.to_vec() } else { Vec::new() };
        match text[..] {
            [level, alert] if alert == u8::from(AlertDescription::CertificateRequired) => {
                let said = [level, u8::from(AlertDescription::BadCertificate)];
                let payload = OutboundChunks::Single(&said);
                self.0.encrypt(
                    OutboundPlainMessage { typ: message.typ, version: message.version, payload },
                    number,
                )
            }
            _ => self.0.encrypt(message, number),
        }
    }

    fn encrypted_payload_len(&self, length: usize) -> usize {
        self.0.encrypted_payload_len(length)
    }
}

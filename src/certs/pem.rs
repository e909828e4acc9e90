//! PEM blocks: certificates and private keys out of a file or a Secret's entry, whatever stands around them.

use crate::model::{answer::Der, secret::Secret};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use std::fmt;

/// Why PEM text could not be used.
#[derive(Debug, PartialEq, Eq)]
pub enum PemError {
    /// There is no block of the wanted kind.
    Nothing(&'static str),
    /// A block is damaged.
    Damaged(String),
    /// The key is encrypted.
    Encrypted,
}

/// All certificates of a text, in order. Blocks of other kinds are passed over.
///
/// # Errors
/// Where there is none, or one is damaged.
pub fn certificates(text: &[u8]) -> Result<Vec<Der>, PemError> {
    let mut chain = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(text) {
        match certificate {
            Ok(certificate) => chain.push(Der(certificate.to_vec())),
            Err(error) => return Err(PemError::Damaged(error.to_string())),
        }
    }
    if chain.is_empty() { Err(PemError::Nothing("CERTIFICATE")) } else { Ok(chain) }
}

/// The first private key of a text: PKCS#8, PKCS#1 or SEC1.
///
/// # Errors
/// Where there is none, it is damaged, or it is encrypted.
pub fn private_key(text: &[u8]) -> Result<PrivateKeyDer<'static>, PemError> {
    if contains(text, b"ENCRYPTED") {
        return Err(PemError::Encrypted);
    }
    PrivateKeyDer::from_pem_slice(text).map_err(|error| match error {
        rustls::pki_types::pem::Error::NoItemsFound => PemError::Nothing("PRIVATE KEY"),
        other => PemError::Damaged(other.to_string()),
    })
}

/// Whether a text holds a PEM block whose label ends in this, such as `PRIVATE KEY`.
#[must_use]
pub fn has_block(text: &[u8], label: &str) -> bool {
    text.split(|byte| *byte == b'\n').any(|line| {
        let line = line.trim_ascii();
        line.starts_with(b"-----BEGIN ") && line.ends_with(format!("{label}-----").as_bytes())
    })
}

/// A client's certificate chain and key, ready to be presented.
#[derive(Debug)]
pub struct ClientIdentity {
    /// The client's certificate first.
    pub chain: Vec<Der>,
    /// The text that holds the private key.
    pub key: Secret<Vec<u8>>,
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

impl fmt::Display for PemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing(label) => write!(f, "no PEM block \"{label}\" in it"),
            Self::Damaged(detail) => write!(f, "a damaged PEM block: {detail}"),
            Self::Encrypted => f.write_str("the private key is encrypted"),
        }
    }
}

impl std::error::Error for PemError {}

//! Files that the user named: certificates, keys and tokens for endpoints without a Kubernetes API.
//!
//! They are read before anything is asked, so that a wrong path is one clear error and not a finding.

use super::{keyring::Keyring, secrets::public_key_hash};
use crate::{
    certs::pem::{self, ClientIdentity, PemError},
    model::{
        answer::{Answer, CertificateFile, KeyFacts, TokenFacts},
        observed::Observed,
        question::{CertificateSource, Question},
        secret::Secret,
        snapshot::Asked,
    },
};
use std::{fmt, io, io::Read as _, path::Path};

/// The largest file that is read. Bundles of all public CAs together have a quarter of it.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// Why a named file could not be used.
#[derive(Debug)]
pub struct FileError {
    path: String,
    expected: &'static str,
    cause: Cause,
}

#[derive(Debug)]
enum Cause {
    Read(io::Error),
    TooLarge,
    Pem(PemError),
    KeyMismatch(String),
    NotAToken,
}

/// Reads certificates, and their key where one is named, into an answer and the keyring.
///
/// # Errors
/// Where a file cannot be read, holds something else, or the key is not the certificate's.
pub fn certificates(source: &CertificateSource, keyring: &Keyring) -> Result<Asked, FileError> {
    let CertificateSource::Files { certificate, key } = source else {
        return Ok(Asked { question: Question::Certificates(source.clone()), answer: Observed::NotAsked });
    };
    let expected = if key.is_some() { "a PEM certificate" } else { "PEM certificates of a CA" };
    let error = |path: &str, expected, cause| FileError { path: path.to_owned(), expected, cause };
    let text = read(certificate).map_err(|cause| error(certificate, expected, cause))?;
    let chain = pem::certificates(&text).map_err(|cause| error(certificate, expected, Cause::Pem(cause)))?;
    let mut facts = CertificateFile { chain: chain.clone(), key: None };
    if let Some(key) = key {
        const KEY: &str = "the certificate's PEM private key";
        let text = read(key).map_err(|cause| error(key, KEY, cause))?;
        pem::private_key(&text).map_err(|cause| error(key, KEY, Cause::Pem(cause)))?;
        let public_key = public_key_hash(&text);
        let of_certificate = chain
            .first()
            .and_then(|der| crate::certs::inspect(&der.0).ok())
            .map(|facts| crate::certs::inspect::fingerprint(&facts.public_key));
        if public_key.is_some() && public_key != of_certificate {
            return Err(error(key, KEY, Cause::KeyMismatch(certificate.clone())));
        }
        facts.key = Some(KeyFacts { public_key });
        keyring.keep_identity(source.clone(), ClientIdentity { chain, key: Secret::new(text) });
    }
    Ok(Asked {
        question: Question::Certificates(source.clone()),
        answer: Observed::Seen(Answer::Certificates(facts)),
    })
}

/// Reads a bearer token into the keyring, and tells what it says of itself.
///
/// # Errors
/// Where the file cannot be read, or holds more than one word.
pub fn token(path: &str, keyring: &Keyring) -> Result<Asked, FileError> {
    let error = |cause| FileError { path: path.to_owned(), expected: "a bearer token", cause };
    let text = Secret::new(read(path).map_err(error)?);
    let token = std::str::from_utf8(text.expose()).map(str::trim).unwrap_or_default();
    if token.is_empty() || token.contains(char::is_whitespace) {
        return Err(error(Cause::NotAToken));
    }
    keyring.keep_token_file(path, token.to_owned());
    Ok(Asked {
        question: Question::TokenFile(path.to_owned()),
        answer: Observed::Seen(Answer::Token(TokenFacts::claimed(token))),
    })
}

fn read(path: &str) -> Result<Vec<u8>, Cause> {
    bytes(path.as_ref()).map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => Cause::TooLarge,
        _ => Cause::Read(error),
    })
}

/// What is in a file that somebody named.
///
/// # Errors
/// Where it cannot be read, or is larger than any such file.
pub(super) fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    #[expect(clippy::disallowed_methods, reason = "this module is the edge where named files come in")]
    let file = std::fs::File::open(path)?;
    let mut text = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut text)?;
    if text.len() as u64 > MAX_FILE_BYTES { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(text) }
}

/// Why a file could not be read, without the number that the operating system gives it.
#[must_use]
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        io::ErrorKind::InvalidData => "it is not text".to_owned(),
        _ => error.to_string().split(" (os error").next().unwrap_or_default().to_lowercase(),
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, expected, cause } = self;
        match cause {
            Cause::Read(error) => {
                write!(f, "cannot read {path}, where {expected} was expected: {}", reason(error))
            }
            Cause::TooLarge => {
                write!(f, "{path} is larger than {MAX_FILE_BYTES} bytes, where {expected} was expected")
            }
            Cause::Pem(error) => write!(f, "{path} does not hold {expected}: {error}"),
            Cause::KeyMismatch(certificate) => {
                write!(f, "the private key in {path} does not belong to the certificate in {certificate}")
            }
            Cause::NotAToken => write!(f, "{path} does not hold {expected}: one word was expected"),
        }
    }
}

impl std::error::Error for FileError {}

//! Why a practice cluster does not start.

use super::pki::PkiError;
use std::{error, fmt, io};

/// Why a practice cluster does not start.
#[derive(Debug)]
pub enum LabError {
    /// Its certificates cannot be made.
    Certificates(PkiError),
    /// TLS refuses what was made for it.
    Tls(rustls::Error),
    /// Its authorities cannot be used to verify clients.
    Verifier(rustls::server::VerifierBuilderError),
    /// It has an object of a kind that its API server does not know.
    UnknownKind(String),
    /// No port on the loopback address is to be had.
    Listen(io::Error),
    /// An edit names an object that there is not.
    NoSuchObject(String),
    /// Its spec has no node to stand on, or no API server.
    Incomplete(&'static str),
}

impl fmt::Display for LabError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificates(_) => f.write_str("certificates of the practice cluster"),
            Self::Tls(_) => f.write_str("TLS of the practice cluster"),
            Self::Verifier(_) => f.write_str("authorities of the practice cluster"),
            Self::UnknownKind(kind) => {
                write!(f, "the practice cluster's API server does not know objects of kind {kind}")
            }
            Self::NoSuchObject(name) => write!(f, "the practice cluster has no {name} that could be edited"),
            Self::Listen(_) => f.write_str("no port for the practice cluster on 127.0.0.1"),
            Self::Incomplete(part) => write!(f, "the practice cluster has no {part}"),
        }
    }
}

impl error::Error for LabError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Certificates(source) => Some(source),
            Self::Tls(source) => Some(source),
            Self::Verifier(source) => Some(source),
            Self::Listen(source) => Some(source),
            Self::UnknownKind(_) | Self::NoSuchObject(_) | Self::Incomplete(_) => None,
        }
    }
}

impl From<PkiError> for LabError {
    fn from(source: PkiError) -> Self {
        Self::Certificates(source)
    }
}

impl From<rustls::Error> for LabError {
    fn from(source: rustls::Error) -> Self {
        Self::Tls(source)
    }
}

impl From<rustls::server::VerifierBuilderError> for LabError {
    fn from(source: rustls::server::VerifierBuilderError) -> Self {
        Self::Verifier(source)
    }
}

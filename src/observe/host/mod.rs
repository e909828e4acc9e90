//! The node that ctlmon runs on, without any API: processes, sockets, manifests and files below one root. It opens no
//! connection, starts no program and writes nothing; what it may not read is denied, and never absent.

mod files;
mod manifests;
mod processes;
mod root;
mod sockets;

pub use root::HostRoot;

use super::keyring::Keyring;
use crate::{
    certs::pem::{self, ClientIdentity},
    model::{
        answer::{Answer, CertificateFile, KeyFacts},
        observed::{Denial, Failure, FailureKind, Observed},
        question::{CertificateSource, HostQuestion, Permission},
        secret::Secret,
    },
    observe::secrets::public_key_hash,
};
use std::io;

/// The largest file that is read. Bundles of all public CAs together have a quarter of it.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// How many entries of one folder are looked at.
const MAX_ENTRIES: usize = 10_000;

impl HostRoot {
    /// Answers one question about the node.
    pub(super) fn ask(&self, question: &HostQuestion) -> Observed<Answer> {
        let answer = match question {
            HostQuestion::Processes => processes::read(self).map(Answer::Processes),
            HostQuestion::Sockets => sockets::read(self).map(Answer::Sockets),
            HostQuestion::Manifests(folder) => manifests::read(self, folder).map(Answer::Manifests),
            HostQuestion::Path(path) => self.find(path).map(Answer::HostPath),
            HostQuestion::File(path) => files::read(self, path).map(Answer::HostFile),
        };
        answer.map_or_else(|error| missing(&error), Observed::Seen)
    }

    /// Reads certificates, and their key into the keyring where one is named.
    pub(super) fn certificates(&self, source: &CertificateSource, keyring: &Keyring) -> Observed<Answer> {
        let CertificateSource::Files { certificate, key } = source else { return Observed::NotAsked };
        let read = || -> io::Result<CertificateFile> {
            let damaged =
                |error: pem::PemError| io::Error::new(io::ErrorKind::InvalidData, error.to_string());
            let (_, text) = self.open(certificate)?;
            let chain = pem::certificates(&text).map_err(damaged)?;
            let Some(key) = key else { return Ok(CertificateFile { chain, key: None }) };
            let (_, text) = self.open(key)?;
            pem::private_key(&text).map_err(damaged)?;
            let facts = KeyFacts { public_key: public_key_hash(&text) };
            let identity = ClientIdentity { chain: chain.clone(), key: Secret::new(text.to_vec()) };
            keyring.keep_identity(source.clone(), identity);
            Ok(CertificateFile { chain, key: Some(facts) })
        };
        read().map_or_else(|error| missing(&error), |file| Observed::Seen(Answer::Certificates(file)))
    }
}

/// In which way something of the node is missing.
fn missing<T>(error: &io::Error) -> Observed<T> {
    match error.kind() {
        // A path through something that is no folder leads nowhere.
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Observed::Absent,
        io::ErrorKind::PermissionDenied => {
            Observed::Denied(Denial { permission: Permission::Root, said: super::files::reason(error) })
        }
        io::ErrorKind::InvalidData => {
            Observed::Failed(Failure::new(FailureKind::Unreadable, error.to_string()))
        }
        _ => Observed::Failed(Failure::new(FailureKind::Unreadable, super::files::reason(error))),
    }
}

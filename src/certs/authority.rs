//! A CA that can sign: the one certificate of a bundle that the private key belongs to, and whether Go lets it sign.

use super::{
    chain::{Issuer, issuer_among},
    inspect::{CertificateFacts, InspectError, Purposes, inspect},
    key::{KeyError, PrivateKey},
};
use crate::model::answer::Der;
use jiff::Timestamp;
use std::fmt;

/// A CA with its private key.
pub struct Authority {
    /// Its certificate.
    pub certificate: Der,
    /// What that says.
    pub facts: CertificateFacts,
    /// All certificates that stood in the same bundle, the chosen one first.
    pub bundle: Vec<Der>,
    pub(super) key: PrivateKey,
}

/// Why nothing can be signed with what was given.
#[derive(Debug)]
pub enum AuthorityError {
    /// The certificate at this place of the bundle, from 1, cannot be read.
    Unreadable(usize, InspectError),
    /// The key is that of none of these.
    NoneOfThese(Vec<String>),
    /// It is no CA.
    NotCa(String),
    /// Its key usage does not let it sign certificates.
    MayNotSign(String),
    /// It may sign for other purposes alone.
    NotForClients(String),
    /// It has expired.
    Expired(String, Timestamp),
    /// The private key cannot be used.
    Key(KeyError),
}

impl Authority {
    /// Chooses out of a bundle by the public key: the first certificate of a file is often another CA's.
    ///
    /// Of several with the same key (a CA that was renewed, or is signed by two others) the one that is valid longest.
    ///
    /// # Errors
    /// Where none has the key, or the one that has it must not sign client certificates.
    pub fn choose(bundle: &[Der], key: PrivateKey, now: Timestamp) -> Result<Self, AuthorityError> {
        let public = key.public_key().map_err(AuthorityError::Key)?;
        let mut subjects = Vec::new();
        let mut candidates = Vec::new();
        for (place, der) in bundle.iter().enumerate() {
            let facts = inspect(&der.0).map_err(|error| AuthorityError::Unreadable(place + 1, error))?;
            subjects.push(facts.subject.clone());
            if facts.public_key == public {
                candidates.push((der, facts));
            }
        }
        candidates.sort_by_key(|(_, facts)| std::cmp::Reverse(facts.not_after));
        let mut first_fault = None;
        for (der, facts) in candidates {
            match fault(&facts, now) {
                None => {
                    let others = bundle.iter().filter(|other| *other != der).cloned();
                    let bundle = std::iter::once(der.clone()).chain(others).collect();
                    return Ok(Self { certificate: der.clone(), facts, bundle, key });
                }
                Some(fault) => {
                    first_fault.get_or_insert(fault);
                }
            }
        }
        Err(first_fault.unwrap_or(AuthorityError::NoneOfThese(subjects)))
    }

    /// What a client must send after its own certificate, so that a server which trusts only the root can follow.
    #[must_use]
    pub fn intermediates(&self) -> Vec<Der> {
        let mut sent = Vec::new();
        let mut current = (self.certificate.clone(), self.facts.clone());
        // Each step takes another certificate of the bundle.
        while !current.1.is_self_issued() && sent.len() < self.bundle.len() && !sent.contains(&current.0) {
            sent.push(current.0.clone());
            let Issuer::Signed(place) = issuer_among(&current.0, &self.bundle) else { break };
            let Ok(facts) = inspect(&self.bundle[place].0) else { break };
            current = (self.bundle[place].clone(), facts);
        }
        sent
    }
}

/// What keeps Go from taking certificates of this CA, as its `isValid` and `CheckSignatureFrom` have it.
fn fault(facts: &CertificateFacts, now: Timestamp) -> Option<AuthorityError> {
    let subject = facts.subject.clone();
    // A version 1 certificate cannot say that it is a CA, and Go believes it where it is trusted as a root.
    if facts.version > 1 && !facts.is_ca {
        Some(AuthorityError::NotCa(subject))
    } else if !facts.may_sign {
        Some(AuthorityError::MayNotSign(subject))
    } else if matches!(facts.purposes, Purposes::Listed { client: false, .. }) {
        Some(AuthorityError::NotForClients(subject))
    } else if facts.not_after < now {
        Some(AuthorityError::Expired(subject, facts.not_after))
    } else {
        None
    }
}

impl fmt::Display for AuthorityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(place, error) => write!(f, "certificate {place} of the CA file: {error}"),
            Self::NoneOfThese(subjects) => write!(
                f,
                "the private key belongs to none of the certificates in the CA file: {}",
                subjects.join("; ")
            ),
            Self::NotCa(subject) => write!(f, "{subject} has the private key, and is no CA (CA:FALSE)"),
            Self::MayNotSign(subject) => {
                write!(f, "the key usage of {subject} does not let it sign certificates")
            }
            Self::NotForClients(subject) => {
                write!(
                    f,
                    "the purposes of {subject} do not include client authentication, so that of no certificate of it can"
                )
            }
            Self::Expired(subject, at) => {
                write!(f, "{subject} expired on {at}: nothing that it signs is accepted")
            }
            Self::Key(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for AuthorityError {}

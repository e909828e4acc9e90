//! What is worth saying about certificates that were found together: who signed each, and what is wrong or odd.
//!
//! The measure is what etcd does with a client certificate (tried on 3.4, 3.5 and 3.6), not what a browser would do.

use super::{
    chain::{Issuer, issuer_among},
    inspect::{CertificateFacts, InspectError, fingerprint, inspect},
    remarks,
    sighting::{KeySeen, Role, Sighting},
};
use crate::model::answer::Der;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// It works, and should not stay so.
    Warning,
    /// It does not work.
    Error,
}

/// Something worth saying about one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Its name, for programs.
    pub id: &'static str,
    /// How much it matters.
    pub level: Level,
    /// One sentence.
    pub text: String,
}

/// Who signed a certificate, among those that were found with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignedBy {
    /// Itself.
    Itself,
    /// The one with this name and place.
    Other {
        /// Its name in a table.
        name: String,
        /// Its subject.
        subject: String,
        /// Whether its private key lies beside it, so that it can sign another one here.
        has_key: bool,
    },
    /// Somebody who was not among them.
    Unseen,
}

/// One certificate with everything that can be said about it.
#[derive(Clone, Debug)]
pub struct Review {
    /// What it is called in a table.
    pub name: String,
    /// Where it was found.
    pub place: String,
    /// Its DER.
    pub der: Der,
    /// What it says of itself.
    pub facts: CertificateFacts,
    /// Who signed it.
    pub signed_by: SignedBy,
    /// The key beside it.
    pub key: KeySeen,
    /// Whether the key is its own; `None` where there is none or it could not be read.
    pub key_fits: Option<bool>,
    /// Whether it is a CA, by its constraints or, in version 1, by having signed itself.
    pub is_authority: bool,
    /// How long it is still valid; negative where it has expired.
    pub left: SignedDuration,
    /// What is worth saying, the worst first.
    pub remarks: Vec<Remark>,
}

/// Reviews certificates that were found together.
///
/// # Errors
/// The place and the reason, for the first that cannot be read.
pub fn review(sightings: &[Sighting], now: Timestamp) -> Result<Vec<Review>, (String, InspectError)> {
    let mut known: Vec<Known> = Vec::new();
    for sighting in sightings {
        for (position, der) in sighting.chain.iter().enumerate() {
            let facts = inspect(&der.0).map_err(|error| (sighting.place.clone(), error))?;
            known.push(Known { sighting, position, der: der.clone(), facts });
        }
    }
    let mut issuers: BTreeMap<&Der, Issuer> = BTreeMap::new();
    for one in &known {
        // Folders repeat their CAs in many files; each certificate is verified once.
        issuers.entry(&one.der).or_insert_with(|| one.issuer_among(&known));
    }
    let signers: BTreeSet<&Der> = issuers
        .iter()
        .filter_map(|(signed, issuer)| match issuer {
            Issuer::Signed(place) => Some(&known[*place].der).filter(|signer| signer != signed),
            _ => None,
        })
        .collect();
    Ok(known
        .iter()
        .filter(|one| one.position == 0 || one.sighting.role != Role::Any)
        .map(|one| {
            let issuer = issuers.get(&one.der).unwrap_or(&Issuer::Stranger);
            one.review(&known, issuer, signers.contains(&one.der), now)
        })
        .collect())
}

/// One certificate of those that were found together.
pub(super) struct Known<'a> {
    pub(super) sighting: &'a Sighting,
    /// Its place in its chain, from 0.
    pub(super) position: usize,
    pub(super) der: Der,
    pub(super) facts: CertificateFacts,
}

impl Known<'_> {
    /// Who signed it, by its place among all. Only those of the issuer's name are looked at, each once: a folder of all
    /// public CAs would take minutes otherwise.
    fn issuer_among(&self, known: &[Self]) -> Issuer {
        let mut candidates: BTreeMap<&Der, usize> = BTreeMap::new();
        for (place, other) in known.iter().enumerate() {
            let facts = &other.facts;
            if facts.raw_subject == self.facts.raw_issuer || facts.subject == self.facts.issuer {
                candidates.entry(&other.der).or_insert(place);
            }
        }
        let (ders, places): (Vec<Der>, Vec<usize>) =
            candidates.into_iter().map(|(der, place)| (der.clone(), place)).unzip();
        match issuer_among(&self.der, &ders) {
            Issuer::Signed(place) => Issuer::Signed(places[place]),
            Issuer::SameName(place) => Issuer::SameName(places[place]),
            Issuer::SameText(place) => Issuer::SameText(places[place]),
            Issuer::Stranger => Issuer::Stranger,
        }
    }

    fn name(&self) -> String {
        match self.position {
            0 => self.sighting.name.clone(),
            position => format!("{} [{}]", self.sighting.name, position + 1),
        }
    }

    fn has_key(&self) -> bool {
        self.position == 0 && self.sighting.key.place().is_some() && self.key_fits() != Some(false)
    }

    pub(super) fn key_fits(&self) -> Option<bool> {
        match &self.sighting.key {
            KeySeen::Read { public_key, .. } if self.position == 0 => {
                Some(*public_key == fingerprint(&self.facts.public_key))
            }
            _ => None,
        }
    }

    fn review(&self, known: &[Known<'_>], issuer: &Issuer, signs_others: bool, now: Timestamp) -> Review {
        let signed_by = match issuer {
            Issuer::Signed(place) if known[*place].der == self.der => SignedBy::Itself,
            Issuer::Signed(place) => {
                let signer = known[*place].der.clone();
                // The same CA may lie in several files, and only one of them need have the key.
                let same = known.iter().filter(|other| other.der == signer);
                let best = same.max_by_key(|other| (other.has_key(), other.position == 0));
                best.map_or(SignedBy::Unseen, |best| SignedBy::Other {
                    name: best.name(),
                    subject: best.facts.subject.clone(),
                    has_key: best.has_key(),
                })
            }
            _ => SignedBy::Unseen,
        };
        let is_authority =
            self.facts.is_ca || (self.facts.version == 1 && (signed_by == SignedBy::Itself || signs_others));
        let mut remarks = remarks::about(self, known, issuer, is_authority, signs_others, now);
        remarks.sort_by_key(|remark| std::cmp::Reverse(remark.level));
        Review {
            name: self.name(),
            place: self.sighting.place.clone(),
            der: self.der.clone(),
            facts: self.facts.clone(),
            signed_by,
            key: if self.position == 0 { self.sighting.key.clone() } else { KeySeen::Nothing },
            key_fits: self.key_fits(),
            is_authority,
            left: self.facts.not_after.duration_since(now),
            remarks,
        }
    }
}

impl Review {
    /// Whether nothing that was read can sign another one in its place: kubeadm's word for a CA whose key is elsewhere.
    #[must_use]
    pub fn is_externally_managed(&self) -> bool {
        match &self.signed_by {
            _ if self.is_authority => self.key == KeySeen::Nothing,
            SignedBy::Other { has_key, .. } => !has_key,
            SignedBy::Itself => false,
            SignedBy::Unseen => true,
        }
    }
}

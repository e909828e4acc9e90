//! Who signed a certificate, decided by names and keys and never by an error text.
//!
//! A CA of the same name with another key is the commonest mistake (every kubeadm cluster's etcd CA is called
//! `etcd-ca`), and TLS libraries report it under four different names; so the comparison is made here.

use super::{
    inspect::{CertificateFacts, inspect},
    signature::{self, Signature},
};
use crate::model::answer::Der;
use x509_parser::{certificate::X509Certificate, prelude::FromDer as _};

/// Who signed a certificate, out of some candidates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issuer {
    /// The candidate at this place signed it.
    Signed(usize),
    /// The candidate at this place has the issuer's name byte for byte, but its key did not sign it.
    SameName(usize),
    /// The candidate at this place has a name that reads the same, but in other bytes; Go compares bytes.
    SameText(usize),
    /// No candidate has the issuer's name.
    Stranger,
}

/// Finds who of the candidates signed a certificate. Candidates that cannot be read are passed over.
///
/// The best answer wins: signed over same name over same text over stranger.
#[must_use]
pub fn issuer_among(certificate: &Der, candidates: &[Der]) -> Issuer {
    let Ok(facts) = inspect(&certificate.0) else { return Issuer::Stranger };
    let mut best = Issuer::Stranger;
    for (place, candidate) in candidates.iter().enumerate() {
        let Ok(candidate_facts) = inspect(&candidate.0) else { continue };
        if candidate_facts.raw_subject == facts.raw_issuer {
            if is_signed_by(certificate, candidate) {
                return Issuer::Signed(place);
            }
            if !matches!(best, Issuer::SameName(_)) {
                best = Issuer::SameName(place);
            }
        } else if best == Issuer::Stranger && reads_the_same(&facts, &candidate_facts) {
            best = Issuer::SameText(place);
        }
    }
    best
}

/// Whether a chain leads to one of the anchors: each certificate signed by the next one needed, the last by an anchor.
///
/// Dates and purposes are not looked at: they are faults of their own.
#[must_use]
pub fn reaches(leaf: &Der, intermediates: &[Der], anchors: &[Der]) -> bool {
    let mut current = leaf.clone();
    // Every step uses one intermediate up, so the loop ends; a chain longer than this is nobody's.
    for _ in 0..=intermediates.len().min(8) {
        if anchors.contains(&current) || matches!(issuer_among(&current, anchors), Issuer::Signed(_)) {
            return true;
        }
        match issuer_among(&current, intermediates) {
            Issuer::Signed(place) if intermediates[place] != current => {
                current = intermediates[place].clone();
            }
            _ => return false,
        }
    }
    false
}

/// Whether an issuer's key made the signature on a certificate.
///
/// A signature of a kind that cannot be verified goes by the key ids, which CAs write from the key.
#[must_use]
pub fn is_signed_by(certificate: &Der, issuer: &Der) -> bool {
    let (Ok((_, read)), Ok((_, signer))) =
        (X509Certificate::from_der(&certificate.0), X509Certificate::from_der(&issuer.0))
    else {
        return false;
    };
    match signature::check(&read, signer.public_key()) {
        Signature::Made => true,
        Signature::NotMade => false,
        Signature::Unreadable => {
            let ids = inspect(&certificate.0).ok().zip(inspect(&issuer.0).ok());
            ids.is_some_and(|(facts, signer)| {
                facts.authority_key_id.is_some() && facts.authority_key_id == signer.subject_key_id
            })
        }
    }
}

fn reads_the_same(certificate: &CertificateFacts, candidate: &CertificateFacts) -> bool {
    !certificate.issuer.is_empty() && certificate.issuer == candidate.subject
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{BasicConstraints, CertificateParams, DnType, DnValue, IsCa, Issuer as Signer, KeyPair};

    fn authority(name: DnValue) -> (Der, Signer<'static, KeyPair>) {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        (Der(certificate.der().to_vec()), Signer::new(params, key))
    }

    fn text(name: &str) -> DnValue {
        DnValue::Utf8String(name.to_owned())
    }

    fn leaf(of: &Signer<'static, KeyPair>) -> Der {
        let key = KeyPair::generate().unwrap();
        Der(CertificateParams::default().signed_by(&key, of).unwrap().der().to_vec())
    }

    #[test]
    fn every_kind_of_issuer_is_told_apart() {
        let (right, signer) = authority(text("etcd-ca"));
        let (twin, _) = authority(text("etcd-ca"));
        let (printable, _) = authority(DnValue::PrintableString("etcd-ca".try_into().unwrap()));
        let (other, _) = authority(text("kubernetes"));
        let leaf = leaf(&signer);
        for (candidates, expected) in [
            (vec![other.clone(), right.clone()], Issuer::Signed(1)),
            (vec![twin.clone(), right.clone()], Issuer::Signed(1)),
            (vec![other.clone(), twin.clone()], Issuer::SameName(1)),
            (vec![printable.clone(), twin.clone()], Issuer::SameName(1)),
            (vec![printable.clone()], Issuer::SameText(0)),
            (vec![other.clone()], Issuer::Stranger),
            (vec![Der(b"noise".to_vec())], Issuer::Stranger),
            (vec![], Issuer::Stranger),
        ] {
            assert_eq!(issuer_among(&leaf, &candidates), expected);
        }
    }

    #[test]
    fn a_chain_is_followed_over_intermediates_and_ends_in_circles() {
        let (root, root_signer) = authority(text("root"));
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "middle");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let middle = Der(params.signed_by(&key, &root_signer).unwrap().der().to_vec());
        let leaf = leaf(&Signer::new(params, key));
        assert!(reaches(&leaf, std::slice::from_ref(&middle), std::slice::from_ref(&root)));
        assert!(!reaches(&leaf, &[], std::slice::from_ref(&root)));
        assert!(reaches(&root, &[], std::slice::from_ref(&root)), "an anchor may be presented itself");
        let (stranger, _) = authority(text("root"));
        assert!(!reaches(&leaf, &[middle, root.clone()], &[stranger]));
    }
}

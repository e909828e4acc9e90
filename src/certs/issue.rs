//! Issuing: one client certificate out of an order, checked before anybody gets to see it.
//!
//! A function of its arguments, time and serial number among them; only an ECDSA signature differs each time. The
//! certificate is put together here and not by rcgen, which builds names anew: it drops repeated attributes, refuses
//! several in one part, and Go then finds no issuer of that name.

use super::{
    authority::Authority,
    chain::is_signed_by,
    der,
    inspect::{CertificateFacts, InspectError, Purposes, inspect},
    key::KeyError,
};
use crate::model::answer::Der;
use aws_lc_rs::digest;
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use x509_parser::{prelude::FromDer as _, x509::SubjectPublicKeyInfo};

/// How long before now a certificate begins, for clocks that are a little behind; kubeadm's choice too.
const LEEWAY: SignedDuration = SignedDuration::from_mins(5);

/// How many bytes a serial number has: the most that RFC 5280 allows.
pub const SERIAL_BYTES: usize = 20;

const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1d, 0x0e];
const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1d, 0x23];
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 0x11];
/// id-kp-clientAuth.
const CLIENT_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02];

/// What is wanted. Everything else follows from the CA.
#[derive(Clone, Debug)]
pub struct Order {
    /// The DER of the subject, see [`super::names::common_name`].
    pub subject: Vec<u8>,
    /// The DER of the subject public key info.
    pub public_key: Vec<u8>,
    /// The DER of the alternative names, see [`super::names::alternative_names`].
    pub names: Option<Vec<u8>>,
    /// Random bytes for the serial number.
    pub serial: [u8; SERIAL_BYTES],
    /// When it is issued.
    pub now: Timestamp,
    /// Until when it should be valid.
    pub until: Timestamp,
}

/// A certificate that holds what it promises.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The certificate.
    pub certificate: Der,
    /// What it says.
    pub facts: CertificateFacts,
    /// Whether it ends sooner than was wanted, because the CA does.
    pub is_cut: bool,
}

/// Why nothing was issued.
#[derive(Debug)]
pub enum IssueError {
    /// It should end before it begins.
    Over(Timestamp),
    /// The public key cannot be read.
    PublicKey,
    /// The CA's key could not sign.
    Key(KeyError),
    /// What was made cannot be read again.
    Unreadable(InspectError),
    /// What was made does not hold; what exactly.
    DoesNotHold(&'static str),
}

/// Issues a certificate for client authentication and nothing else.
///
/// # Errors
/// Where the dates make no sense, the CA's key cannot sign, or the result does not pass its own check.
pub fn issue(authority: &Authority, order: &Order) -> Result<Issued, IssueError> {
    let begins = order.now.checked_sub(LEEWAY).unwrap_or(order.now).max(authority.facts.not_before);
    let ends = order.until.min(authority.facts.not_after);
    if ends <= begins || ends <= order.now {
        return Err(IssueError::Over(ends));
    }
    let algorithm = authority.key.signature_algorithm();
    let body = der::element(
        der::SEQUENCE,
        &[
            // Version 3.
            &der::element(der::explicit(0), &[&der::unsigned(&[2])]),
            &der::unsigned(&positive(order.serial)),
            &algorithm,
            &authority.facts.raw_subject,
            &der::element(der::SEQUENCE, &[&moment(begins), &moment(ends)]),
            &order.subject,
            &order.public_key,
            &der::element(der::explicit(3), &[&extensions(authority, order)?]),
        ],
    );
    let signature = authority.key.sign(&body).map_err(IssueError::Key)?;
    let signature = der::element(der::BIT_STRING, &[&[0], &signature]);
    let certificate = Der(der::element(der::SEQUENCE, &[&body, &algorithm, &signature]));
    let facts = inspect(&certificate.0).map_err(IssueError::Unreadable)?;
    match weakness(authority, order, &certificate, &facts) {
        None => Ok(Issued { certificate, facts, is_cut: order.until > ends }),
        Some(weakness) => Err(IssueError::DoesNotHold(weakness)),
    }
}

fn extensions(authority: &Authority, order: &Order) -> Result<Vec<u8>, IssueError> {
    let extension = |oid: &[u8], critical: bool, value: &[u8]| {
        let critical: Vec<u8> = if critical { der::element(der::BOOLEAN, &[&[0xff]]) } else { Vec::new() };
        let oid = der::element(der::OID, &[oid]);
        der::element(der::SEQUENCE, &[&oid, &critical, &der::element(der::OCTET_STRING, &[value])])
    };
    let key_id = key_id(&order.public_key).ok_or(IssueError::PublicKey)?;
    // A CA without a key id gets the one that it would have had.
    let authority_key_id = match &authority.facts.subject_key_id {
        Some(id) => bytes(id),
        None => self::key_id(&authority.facts.public_key).ok_or(IssueError::PublicKey)?,
    };
    let mut extensions = vec![
        extension(BASIC_CONSTRAINTS, true, &der::element(der::SEQUENCE, &[])),
        // digitalSignature: what TLS wants of a client, whatever its key.
        extension(KEY_USAGE, true, &der::element(der::BIT_STRING, &[&[7, 0x80]])),
        extension(
            EXTENDED_KEY_USAGE,
            false,
            &der::element(der::SEQUENCE, &[&der::element(der::OID, &[CLIENT_AUTH])]),
        ),
        extension(SUBJECT_KEY_ID, false, &der::element(der::OCTET_STRING, &[&key_id])),
        extension(
            AUTHORITY_KEY_ID,
            false,
            &der::element(der::SEQUENCE, &[&der::element(der::implicit(0), &[&authority_key_id])]),
        ),
    ];
    if let Some(names) = &order.names {
        // A certificate without a subject is named by these alone, and RFC 5280 then has them critical.
        let is_nameless = der::only(&order.subject, der::SEQUENCE).is_some_and(<[u8]>::is_empty);
        extensions.push(extension(ALTERNATIVE_NAMES, is_nameless, names));
    }
    let extensions: Vec<&[u8]> = extensions.iter().map(Vec::as_slice).collect();
    Ok(der::element(der::SEQUENCE, &extensions))
}

/// The first thing that a certificate lacks of what makes it a client certificate of this CA.
fn weakness(
    authority: &Authority,
    order: &Order,
    certificate: &Der,
    facts: &CertificateFacts,
) -> Option<&'static str> {
    let ca = &authority.facts;
    let holds = [
        (is_signed_by(certificate, &authority.certificate), "the CA's key did not make its signature"),
        (facts.raw_issuer == ca.raw_subject, "its issuer is not the CA's name byte for byte"),
        (facts.raw_subject == order.subject, "its subject is not the one that was ordered"),
        (facts.public_key == order.public_key, "its public key is not the one that was ordered"),
        (facts.version == 3 && !facts.is_ca, "it is a CA or of another version than 3"),
        (facts.purposes == Purposes::Listed { client: true, server: false }, "its purposes are others"),
        (
            ca.subject_key_id.is_none() || facts.authority_key_id == ca.subject_key_id,
            "its authority key id is not the CA's key id",
        ),
        (facts.subject_key_id.is_some(), "it has no key id"),
        (
            facts.not_before >= ca.not_before && facts.not_after <= ca.not_after,
            "it is valid when its CA is not",
        ),
        (facts.raw_names == order.names, "its alternative names are others"),
    ];
    holds.into_iter().find(|(holds, _)| !holds).map(|(_, weakness)| weakness)
}

/// A serial number that is positive and has no leading zero, which some programs drop.
fn positive(mut serial: [u8; SERIAL_BYTES]) -> [u8; SERIAL_BYTES] {
    serial[0] = (serial[0] & 0x7f) | 0x40;
    serial
}

/// The key id of a public key: the first 160 bits of its SHA-256, as RFC 7093 has it.
fn key_id(public_key: &[u8]) -> Option<Vec<u8>> {
    let (rest, key) = SubjectPublicKeyInfo::from_der(public_key).ok()?;
    let digest = digest::digest(&digest::SHA256, &key.subject_public_key.data);
    rest.is_empty().then(|| digest.as_ref()[..20].to_vec())
}

/// Bytes out of the hex that `inspect` made of them.
fn bytes(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// A moment in whole seconds: with two digits of the year until 2049, as RFC 5280 wants it, and with four from then on.
fn moment(at: Timestamp) -> Vec<u8> {
    let year = at.strftime("%Y").to_string();
    if ("1950".."2050").contains(&year.as_str()) {
        der::element(der::UTC_TIME, &[at.strftime("%y%m%d%H%M%SZ").to_string().as_bytes()])
    } else {
        der::element(der::GENERALIZED_TIME, &[at.strftime("%Y%m%d%H%M%SZ").to_string().as_bytes()])
    }
}

impl fmt::Display for IssueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Over(at) => write!(f, "it would end on {at}, before it begins"),
            Self::PublicKey => f.write_str("the public key cannot be read"),
            Self::Key(error) => error.fmt(f),
            Self::Unreadable(error) => write!(f, "what was issued cannot be read: {error}"),
            Self::DoesNotHold(weakness) => {
                write!(f, "what was issued does not hold, and was dropped: {weakness}")
            }
        }
    }
}

impl std::error::Error for IssueError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certs::{
        key::{Curve, KeyKind, PrivateKey},
        names::common_name,
    };
    use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};

    const NOW: &str = "2026-06-01T09:00:00Z";

    fn now() -> Timestamp {
        NOW.parse().unwrap()
    }

    /// A CA that is valid from so many minutes after now for so many hours.
    fn authority(minutes: i64, hours: i64) -> Authority {
        let at = |minutes: i64| {
            time::OffsetDateTime::from_unix_timestamp(now().as_second() + minutes * 60).unwrap()
        };
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        (params.not_before, params.not_after) = (at(minutes), at(hours * 60));
        let pair = KeyPair::generate().unwrap();
        let certificate = Der(params.self_signed(&pair).unwrap().der().to_vec());
        let key = crate::certs::key::read(pair.serialize_pem().as_bytes(), None).unwrap();
        Authority::choose(&[certificate], key, now()).unwrap()
    }

    fn order(hours: i64) -> Order {
        Order {
            subject: common_name("datadog-agent").unwrap(),
            public_key: PrivateKey::generate(KeyKind::Ecdsa(Curve::P256)).unwrap().public_key().unwrap(),
            names: None,
            serial: [0xff; SERIAL_BYTES],
            now: now(),
            until: now() + SignedDuration::from_hours(hours),
        }
    }

    #[test]
    fn dates_lie_within_those_of_the_ca() {
        for (begins, ca_hours, hours, expected) in [
            (-600, 100, 10, Some((-5, 10, false))),
            (-600, 100, 100, Some((-5, 100, false))),
            (-600, 100, 101, Some((-5, 100, true))),
            (-3, 100, 10, Some((-3, 10, false))),
            (30, 100, 10, Some((30, 10, false))),
            (-600, 100, 0, None),
            (-600, 100, -1, None),
            (700, 100, 10, None),
        ] {
            let issued = issue(&authority(begins, ca_hours), &order(hours));
            let seen = issued.as_ref().ok().map(|issued| {
                let begins = issued.facts.not_before.duration_since(now()).as_mins();
                (begins, issued.facts.not_after.duration_since(now()).as_hours(), issued.is_cut)
            });
            assert_eq!(seen, expected, "{begins} {ca_hours} {hours}: {:?}", issued.err());
        }
    }

    #[test]
    fn what_is_issued_is_for_clients_and_nothing_else() {
        let issued = issue(&authority(-600, 100), &order(10)).unwrap();
        assert_eq!(issued.facts.purposes, Purposes::Listed { client: true, server: false });
        assert_eq!((issued.facts.version, issued.facts.is_ca, issued.facts.may_sign), (3, false, false));
        assert_eq!(issued.facts.serial, format!("7f{}", "ff".repeat(19)), "a serial number is positive");
    }

    #[test]
    fn a_subject_that_is_no_name_does_not_pass() {
        let order = Order { subject: b"noise".to_vec(), ..order(10) };
        issue(&authority(-600, 100), &order).unwrap_err();
        let order = Order { public_key: b"noise".to_vec(), ..self::order(10) };
        assert!(matches!(issue(&authority(-600, 100), &order), Err(IssueError::PublicKey)));
    }

    #[test]
    fn years_from_2050_on_have_four_digits() {
        for (at, tag, text) in [
            ("2049-12-31T23:59:59Z", der::UTC_TIME, "491231235959Z"),
            ("2050-01-01T00:00:00Z", der::GENERALIZED_TIME, "20500101000000Z"),
        ] {
            assert_eq!(der::only(&moment(at.parse().unwrap()), tag), Some(text.as_bytes()));
        }
    }
}

//! JSON, and the same as YAML, of `certs`.

use super::FORMAT;
use crate::certs::{
    Purposes,
    authority::Authority,
    inspect::fingerprint,
    issue::Issued,
    places::{Opens, Place},
    review::{Level, Remark, Review, SignedBy},
    sighting::Unread,
    verify::Outcome,
};
use jiff::Timestamp;
use serde::Serialize;

/// The spellings of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
}

#[derive(Serialize)]
struct InspectV1<'a> {
    format: u32,
    taken_at: String,
    certificates: Vec<CertificateV1<'a>>,
    unread: Vec<UnreadV1<'a>>,
    exit: u8,
}

#[derive(Serialize)]
struct CertificateV1<'a> {
    name: &'a str,
    place: &'a str,
    subject: &'a str,
    issuer: &'a str,
    serial: &'a str,
    version: u32,
    not_before: String,
    not_after: String,
    seconds_left: i64,
    is_ca: bool,
    purposes: Option<Vec<&'a str>>,
    dns_names: &'a [String],
    addresses: Vec<String>,
    key: String,
    signature: &'a str,
    sha256: String,
    key_sha256: String,
    subject_key_id: Option<&'a str>,
    authority_key_id: Option<&'a str>,
    signed_by: Option<SignerV1<'a>>,
    externally_managed: bool,
    private_key: Option<KeyV1<'a>>,
    findings: Vec<RemarkV1<'a>>,
}

#[derive(Serialize)]
struct SignerV1<'a> {
    name: &'a str,
    subject: &'a str,
}

#[derive(Serialize)]
struct KeyV1<'a> {
    place: &'a str,
    fits: Option<bool>,
    mode: Option<String>,
}

#[derive(Serialize)]
pub(super) struct RemarkV1<'a> {
    id: &'a str,
    level: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct UnreadV1<'a> {
    place: &'a str,
    why: &'a str,
}

/// What `certs inspect` found.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn inspected(
    spelling: Spelling,
    reviews: &[Review],
    unread: &[Unread],
    now: Timestamp,
    exit: u8,
) -> Result<String, String> {
    let document = InspectV1 {
        format: FORMAT,
        taken_at: now.to_string(),
        certificates: reviews.iter().map(CertificateV1::of).collect(),
        unread: unread.iter().map(|one| UnreadV1 { place: &one.place, why: &one.why }).collect(),
        exit,
    };
    spelled(spelling, &document)
}

#[derive(Serialize)]
struct IssueV1<'a> {
    format: u32,
    taken_at: String,
    distribution: Option<&'a str>,
    authority: AuthorityV1<'a>,
    certificate: IssuedV1<'a>,
    opens: &'a str,
    safer: &'a [&'a str],
    written: &'a [String],
    outcomes: Vec<OutcomeV1<'a>>,
    curl: Option<&'a str>,
    next: &'a [String],
    exit: u8,
}

#[derive(Serialize)]
struct AuthorityV1<'a> {
    subject: &'a str,
    place: &'a str,
    chosen: &'a str,
    key_id: Option<&'a str>,
    not_after: String,
    sha256: String,
}

#[derive(Serialize)]
struct IssuedV1<'a> {
    subject: &'a str,
    serial: &'a str,
    not_before: String,
    not_after: String,
    is_cut: bool,
    key: String,
    sha256: String,
}

#[derive(Serialize)]
struct VerifyV1<'a> {
    format: u32,
    taken_at: String,
    holds: bool,
    outcomes: Vec<OutcomeV1<'a>>,
    curl: Option<&'a str>,
    exit: u8,
}

#[derive(Serialize)]
struct OutcomeV1<'a> {
    id: &'a str,
    holds: bool,
    level: Option<&'a str>,
    text: &'a str,
    remedy: Option<&'a str>,
}

/// What came of issuing, for [`issued`].
pub struct Made<'a> {
    /// The distribution, where one is known.
    pub place: Option<&'a Place>,
    /// What the CA opens.
    pub opens: Opens,
    /// The CA.
    pub authority: &'a Authority,
    /// Where it was read, and why it was chosen.
    pub chosen: (&'a str, &'a str),
    /// The certificate.
    pub issued: &'a Issued,
    /// What was written, and where.
    pub written: &'a [String],
    /// What etcd made of it, where it was asked.
    pub outcomes: &'a [Outcome],
    /// What asks etcd in the same way by hand.
    pub curl: Option<&'a str>,
    /// What is left to do.
    pub next: &'a [String],
}

/// What `certs issue`, `renew` and `sign` made. The private key is not in it.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn issued(spelling: Spelling, made: &Made<'_>, now: Timestamp, exit: u8) -> Result<String, String> {
    let (authority, facts) = (&made.authority.facts, &made.issued.facts);
    let document = IssueV1 {
        format: FORMAT,
        taken_at: now.to_string(),
        distribution: made.place.map(|place| place.id),
        authority: AuthorityV1 {
            subject: &authority.subject,
            place: made.chosen.0,
            chosen: made.chosen.1,
            key_id: authority.subject_key_id.as_deref(),
            not_after: authority.not_after.to_string(),
            sha256: fingerprint(&made.authority.certificate.0),
        },
        certificate: IssuedV1 {
            subject: &facts.subject,
            serial: &facts.serial,
            not_before: facts.not_before.to_string(),
            not_after: facts.not_after.to_string(),
            is_cut: made.issued.is_cut,
            key: facts.key.to_string(),
            sha256: fingerprint(&made.issued.certificate.0),
        },
        opens: match made.opens {
            Opens::Etcd => "etcd",
            Opens::EtcdAndApi => "etcd-and-api",
        },
        safer: made.place.map_or(&[], |place| place.safer),
        written: made.written,
        outcomes: made.outcomes.iter().map(OutcomeV1::of).collect(),
        curl: made.curl,
        next: made.next,
        exit,
    };
    spelled(spelling, &document)
}

#[derive(Serialize)]
struct AskedV1<'a> {
    format: u32,
    taken_at: String,
    written: &'a [String],
    next: [&'a str; 1],
    exit: u8,
}

/// What `certs issue --csr-out` made.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn asked(spelling: Spelling, written: &[String], next: &str, now: Timestamp) -> Result<String, String> {
    spelled(spelling, &AskedV1 { format: FORMAT, taken_at: now.to_string(), written, next: [next], exit: 0 })
}

/// What `certs verify` found out.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn verified(
    spelling: Spelling,
    outcomes: &[Outcome],
    curl: Option<&str>,
    now: Timestamp,
    exit: u8,
) -> Result<String, String> {
    let document = VerifyV1 {
        format: FORMAT,
        taken_at: now.to_string(),
        holds: !outcomes.iter().any(Outcome::is_failure),
        outcomes: outcomes.iter().map(OutcomeV1::of).collect(),
        curl,
        exit,
    };
    spelled(spelling, &document)
}

/// A document with one newline at its end.
pub(super) fn spelled(spelling: Spelling, document: &impl Serialize) -> Result<String, String> {
    match spelling {
        Spelling::Json => {
            serde_json::to_string_pretty(document).map(|text| text + "\n").map_err(|error| error.to_string())
        }
        Spelling::Yaml => serde_yaml::to_string(document).map_err(|error| error.to_string()),
    }
}

impl<'a> CertificateV1<'a> {
    fn of(review: &'a Review) -> Self {
        let facts = &review.facts;
        Self {
            name: &review.name,
            place: &review.place,
            subject: &facts.subject,
            issuer: &facts.issuer,
            serial: &facts.serial,
            version: facts.version,
            not_before: facts.not_before.to_string(),
            not_after: facts.not_after.to_string(),
            seconds_left: review.left.as_secs(),
            is_ca: review.is_authority,
            purposes: match &facts.purposes {
                Purposes::Unlimited => None,
                Purposes::Listed { client, server } => Some(
                    [(*client, "client"), (*server, "server")]
                        .into_iter()
                        .filter_map(|(listed, name)| listed.then_some(name))
                        .collect(),
                ),
            },
            dns_names: &facts.dns_names,
            addresses: facts.addresses.iter().map(ToString::to_string).collect(),
            key: facts.key.to_string(),
            signature: &facts.signature,
            sha256: fingerprint(&review.der.0),
            key_sha256: fingerprint(&facts.public_key),
            subject_key_id: facts.subject_key_id.as_deref(),
            authority_key_id: facts.authority_key_id.as_deref(),
            signed_by: match &review.signed_by {
                SignedBy::Itself => Some(SignerV1 { name: &review.name, subject: &facts.subject }),
                SignedBy::Other { name, subject, .. } => Some(SignerV1 { name, subject }),
                SignedBy::Unseen => None,
            },
            externally_managed: review.is_externally_managed(),
            private_key: review.key.place().map(|place| KeyV1 {
                place,
                fits: review.key_fits,
                mode: review.key.mode().map(|mode| format!("{mode:04o}")),
            }),
            findings: review.remarks.iter().map(RemarkV1::of).collect(),
        }
    }
}

impl<'a> RemarkV1<'a> {
    pub(super) fn of(remark: &'a Remark) -> Self {
        Self { id: remark.id, level: level(remark.level), text: &remark.text }
    }
}

pub(super) const fn level(level: Level) -> &'static str {
    match level {
        Level::Note => "note",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}

impl<'a> OutcomeV1<'a> {
    fn of(outcome: &'a Outcome) -> Self {
        Self {
            id: outcome.id,
            holds: !outcome.is_failure(),
            level: outcome.level.map(level),
            text: &outcome.text,
            remedy: outcome.remedy.as_deref(),
        }
    }
}

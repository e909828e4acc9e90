//! What one certificate says of itself.

use super::signature;
use aws_lc_rs::digest;
use jiff::Timestamp;
use std::{fmt, net::IpAddr};
use x509_parser::{
    certificate::X509Certificate,
    extensions::{GeneralName, ParsedExtension},
    prelude::FromDer as _,
};

/// What a certificate says of itself, nothing of it verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// The subject as people write it, such as `O=system:masters, CN=kubernetes-admin`.
    pub subject: String,
    /// The issuer as people write it.
    pub issuer: String,
    /// The subject's DER, which is what Go compares.
    pub raw_subject: Vec<u8>,
    /// The issuer's DER.
    pub raw_issuer: Vec<u8>,
    /// The serial number in hex.
    pub serial: String,
    /// The X.509 version: 1 or 3.
    pub version: u32,
    /// The first moment at which it is valid.
    pub not_before: Timestamp,
    /// The last moment at which it is valid.
    pub not_after: Timestamp,
    /// Whether its basic constraints make it a CA.
    pub is_ca: bool,
    /// What it may be used for.
    pub purposes: Purposes,
    /// Its DNS names.
    pub dns_names: Vec<String>,
    /// Its IP addresses.
    pub addresses: Vec<IpAddr>,
    /// The subject key id in hex.
    pub subject_key_id: Option<String>,
    /// The authority key id in hex.
    pub authority_key_id: Option<String>,
    /// The DER of its subject public key info.
    pub public_key: Vec<u8>,
    /// What kind of key that is.
    pub key: PublicKey,
    /// The algorithm of the signature on it, such as `SHA-256 with RSA`.
    pub signature: String,
    /// Whether that algorithm is too weak for today's programs: etcd built with Go 1.18 or later refuses it.
    pub is_signed_weakly: bool,
    /// Whether its key usage lets it sign certificates; without that extension everything is allowed.
    pub may_sign: bool,
    /// The DER of its subject alternative names, as they stand in the extension.
    pub raw_names: Option<Vec<u8>>,
}

/// What kind of key a certificate is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// RSA with so many bits.
    Rsa(usize),
    /// Any other, by name.
    Other(String),
}

/// What the extended key usage of a certificate allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purposes {
    /// It has no such extension: everything is allowed.
    Unlimited,
    /// What it lists.
    Listed {
        /// TLS client authentication (or any purpose).
        client: bool,
        /// TLS server authentication (or any purpose).
        server: bool,
    },
}

/// Why a certificate could not be read.
#[derive(Debug)]
pub struct InspectError(String);

/// Reads one certificate.
///
/// # Errors
/// Where the bytes are not one DER certificate, or hold dates that no calendar knows.
pub fn inspect(der: &[u8]) -> Result<CertificateFacts, InspectError> {
    let (rest, certificate) = X509Certificate::from_der(der)
        .map_err(|error| InspectError(format!("not an X.509 certificate: {error}")))?;
    if !rest.is_empty() {
        return Err(InspectError(format!("{} bytes follow the certificate", rest.len())));
    }
    let (algorithm, is_signed_weakly) = signature::named(&certificate);
    let mut facts = CertificateFacts {
        subject: name(certificate.subject()),
        issuer: name(certificate.issuer()),
        raw_subject: certificate.subject().as_raw().to_vec(),
        raw_issuer: certificate.issuer().as_raw().to_vec(),
        serial: hex(certificate.raw_serial()),
        version: certificate.version().0 + 1,
        not_before: moment(certificate.validity().not_before.timestamp())?,
        not_after: moment(certificate.validity().not_after.timestamp())?,
        is_ca: false,
        purposes: Purposes::Unlimited,
        dns_names: Vec::new(),
        addresses: Vec::new(),
        subject_key_id: None,
        authority_key_id: None,
        public_key: certificate.public_key().raw.to_vec(),
        key: public_key(certificate.public_key()),
        signature: algorithm,
        is_signed_weakly,
        may_sign: true,
        raw_names: None,
    };
    for extension in certificate.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::BasicConstraints(constraints) => facts.is_ca = constraints.ca,
            ParsedExtension::ExtendedKeyUsage(usage) => {
                facts.purposes = Purposes::Listed {
                    client: usage.client_auth || usage.any,
                    server: usage.server_auth || usage.any,
                };
            }
            ParsedExtension::SubjectKeyIdentifier(id) => facts.subject_key_id = Some(hex(id.0)),
            ParsedExtension::AuthorityKeyIdentifier(id) => {
                facts.authority_key_id = id.key_identifier.as_ref().map(|id| hex(id.0));
            }
            ParsedExtension::KeyUsage(usage) => facts.may_sign = usage.key_cert_sign(),
            ParsedExtension::SubjectAlternativeName(names) => {
                facts.raw_names = Some(extension.value.to_vec());
                for general in &names.general_names {
                    match general {
                        GeneralName::DNSName(name) => facts.dns_names.push((*name).to_owned()),
                        GeneralName::IPAddress(bytes) => facts.addresses.extend(address(bytes)),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Ok(facts)
}

impl CertificateFacts {
    /// The SHA-256 of its public key, in hex: what a private key is held against.
    #[must_use]
    pub fn public_key_fingerprint(&self) -> String {
        fingerprint(&self.public_key)
    }

    /// Whether it may be used as a TLS client certificate by what it lists.
    #[must_use]
    pub const fn allows_client(&self) -> bool {
        match self.purposes {
            Purposes::Unlimited => true,
            Purposes::Listed { client, .. } => client,
        }
    }

    /// Whether subject and issuer are the same, as they are where a certificate signed itself.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.raw_subject == self.raw_issuer
    }

    /// Whether it names this host: an address among its addresses, a name among its DNS names.
    ///
    /// A DNS name may begin with `*.`, which stands for one label. The common name does not count: Go and
    /// rustls have not looked at it for years, and neither does the Agent's TLS library.
    #[must_use]
    pub fn names_host(&self, host: &str) -> bool {
        if let Ok(address) = host.parse::<IpAddr>() {
            return self.addresses.contains(&address);
        }
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.dns_names.iter().any(|pattern| {
            let pattern = pattern.trim_end_matches('.').to_ascii_lowercase();
            match pattern.strip_prefix("*.") {
                Some(parent) => {
                    host.split_once('.').is_some_and(|(label, rest)| !label.is_empty() && rest == parent)
                }
                None => pattern == host,
            }
        })
    }

    /// Subject, issuer and dates as one clause of evidence.
    #[must_use]
    pub fn describe(&self) -> String {
        format!(
            "subject {}, issued by {}, valid from {} until {}",
            quoted(&self.subject),
            quoted(&self.issuer),
            self.not_before,
            self.not_after
        )
    }

    /// The names and addresses that it is valid for, as a list for people.
    #[must_use]
    pub fn describe_hosts(&self) -> String {
        let hosts: Vec<String> =
            self.dns_names.iter().cloned().chain(self.addresses.iter().map(ToString::to_string)).collect();
        if hosts.is_empty() { "nothing".to_owned() } else { hosts.join(", ") }
    }
}

fn public_key(key: &x509_parser::x509::SubjectPublicKeyInfo<'_>) -> PublicKey {
    let curve = key.algorithm.parameters.as_ref().and_then(|parameters| parameters.as_oid().ok());
    let curve = curve.map(|oid| oid.to_id_string()).unwrap_or_default();
    let name = match (key.algorithm.algorithm.to_id_string().as_str(), curve.as_str()) {
        ("1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10", _) => {
            return match key.parsed() {
                Ok(x509_parser::public_key::PublicKey::RSA(key)) => PublicKey::Rsa(key.key_size()),
                _ => PublicKey::Other("RSA".to_owned()),
            };
        }
        ("1.2.840.10045.2.1", "1.2.840.10045.3.1.7") => "ECDSA P-256".to_owned(),
        ("1.2.840.10045.2.1", "1.3.132.0.34") => "ECDSA P-384".to_owned(),
        ("1.2.840.10045.2.1", "1.3.132.0.35") => "ECDSA P-521".to_owned(),
        ("1.2.840.10045.2.1", curve) => format!("ECDSA on curve {curve}"),
        ("1.3.101.112", _) => "Ed25519".to_owned(),
        ("1.3.101.113", _) => "Ed448".to_owned(),
        ("1.2.840.10040.4.1", _) => "DSA".to_owned(),
        (oid, _) => oid.to_owned(),
    };
    PublicKey::Other(name)
}

fn quoted(name: &str) -> &str {
    if name.is_empty() { "(empty)" } else { name }
}

/// A name as RFC 4514 would have it in order of the encoding; bytes that are no text are kept visible.
fn name(name: &x509_parser::x509::X509Name<'_>) -> String {
    let text = name.to_string();
    // Names come from strangers: no control characters reach a terminal.
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn moment(seconds: i64) -> Result<Timestamp, InspectError> {
    Timestamp::from_second(seconds).map_err(|error| InspectError(format!("a date out of range: {error}")))
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from),
        16 => <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from),
        _ => None,
    }
}

/// The SHA-256 of something public, such as a certificate's DER, in hex.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// Bytes as lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(bits) => write!(f, "RSA-{bits}"),
            Self::Other(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for InspectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InspectError {}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair};

    fn made(change: impl FnOnce(&mut CertificateParams)) -> CertificateFacts {
        let mut params =
            CertificateParams::new(vec!["etcd.example".to_owned(), "192.0.2.11".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "datadog-agent");
        change(&mut params);
        inspect(params.self_signed(&KeyPair::generate().unwrap()).unwrap().der()).unwrap()
    }

    #[test]
    fn purposes_absent_allow_everything_and_server_only_allows_no_client() {
        assert!(made(|_| {}).allows_client());
        let server = made(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth]);
        assert!(!server.allows_client());
        assert_eq!(server.purposes, Purposes::Listed { client: false, server: true });
        assert!(
            made(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any]).allows_client()
        );
    }

    #[test]
    fn hosts_are_matched_by_alternative_name_only() {
        let facts = made(|_| {});
        for (host, named) in [
            ("etcd.example", true),
            ("ETCD.example.", true),
            ("192.0.2.11", true),
            ("192.0.2.12", false),
            ("datadog-agent", false),
        ] {
            assert_eq!(facts.names_host(host), named, "{host}");
        }
    }

    #[test]
    fn a_wildcard_stands_for_exactly_one_label() {
        let mut facts = made(|_| {});
        facts.dns_names = vec!["*.example.org".to_owned()];
        for (host, named) in [("a.example.org", true), ("a.b.example.org", false), ("example.org", false)] {
            assert_eq!(facts.names_host(host), named, "{host}");
        }
    }

    #[test]
    fn bytes_that_are_no_certificate_are_refused() {
        assert!(inspect(b"").is_err());
        assert!(inspect(b"-----BEGIN CERTIFICATE-----").is_err());
    }
}

//! Certificates made on the spot: authorities, leaves, and everything that can be wrong with them.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    PKCS_ECDSA_P384_SHA384, SanType,
};
use std::{fs, path::Path, path::PathBuf};
use time::{Duration, OffsetDateTime};

/// A CA with its key.
pub(crate) struct Authority {
    pub(crate) pem: String,
    pub(crate) key: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate with its key.
pub(crate) struct Leaf {
    pub(crate) pem: String,
    pub(crate) key: String,
}

/// What is to be wrong with a leaf.
#[derive(Clone)]
pub(crate) struct Shape {
    pub(crate) purposes: Vec<ExtendedKeyUsagePurpose>,
    pub(crate) from: OffsetDateTime,
    pub(crate) until: OffsetDateTime,
    pub(crate) hosts: Vec<String>,
}

/// A good client certificate.
pub(crate) fn client() -> Shape {
    let now = OffsetDateTime::now_utc();
    Shape {
        purposes: vec![ExtendedKeyUsagePurpose::ClientAuth],
        from: now - Duration::hours(1),
        until: now + Duration::days(30),
        hosts: Vec::new(),
    }
}

/// A good server certificate for 127.0.0.1, good for clients too, as etcd wants it.
pub(crate) fn server() -> Shape {
    Shape {
        purposes: vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth],
        hosts: vec!["127.0.0.1".to_owned(), "localhost".to_owned()],
        ..client()
    }
}

impl Shape {
    pub(crate) fn purposes(self, purposes: &[ExtendedKeyUsagePurpose]) -> Self {
        Self { purposes: purposes.to_vec(), ..self }
    }

    pub(crate) fn expired(self) -> Self {
        let now = OffsetDateTime::now_utc();
        Self { from: now - Duration::days(60), until: now - Duration::days(30), ..self }
    }

    pub(crate) fn not_yet_valid(self) -> Self {
        let now = OffsetDateTime::now_utc();
        Self { from: now + Duration::days(30), until: now + Duration::days(60), ..self }
    }

    pub(crate) fn hosts(self, hosts: &[&str]) -> Self {
        Self { hosts: hosts.iter().map(|host| (*host).to_owned()).collect(), ..self }
    }
}

impl Authority {
    /// A CA of this name.
    pub(crate) fn new(name: &str) -> Self {
        Self::of(DnValue::Utf8String(name.to_owned()), &KeyPair::generate().unwrap())
    }

    /// A CA whose name is written in another string type.
    pub(crate) fn printable(name: &str) -> Self {
        Self::of(DnValue::PrintableString(name.try_into().unwrap()), &KeyPair::generate().unwrap())
    }

    /// A CA of this name with another kind of key.
    pub(crate) fn p384(name: &str) -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
        Self::of(DnValue::Utf8String(name.to_owned()), &key)
    }

    fn of(name: DnValue, key: &KeyPair) -> Self {
        let now = OffsetDateTime::now_utc();
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages =
            vec![rcgen::KeyUsagePurpose::KeyCertSign, rcgen::KeyUsagePurpose::DigitalSignature];
        params.not_before = now - Duration::days(100);
        params.not_after = now + Duration::days(1000);
        let pem = params.self_signed(key).unwrap().pem();
        let key_pem = key.serialize_pem();
        let key = KeyPair::from_pem(&key_pem).unwrap();
        Self { pem, key: key_pem, issuer: Issuer::new(params, key) }
    }

    /// A certificate of this CA.
    pub(crate) fn issue(&self, name: &str, shape: &Shape) -> Leaf {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages.clone_from(&shape.purposes);
        params.use_authority_key_identifier_extension = true;
        params.is_ca = IsCa::ExplicitNoCa;
        params.not_before = shape.from;
        params.not_after = shape.until;
        params.subject_alt_names = shape
            .hosts
            .iter()
            .map(|host| match host.parse() {
                Ok(address) => SanType::IpAddress(address),
                Err(_) => SanType::DnsName(host.as_str().try_into().unwrap()),
            })
            .collect();
        let pem = params.signed_by(&key, &self.issuer).unwrap().pem();
        Leaf { pem, key: key.serialize_pem() }
    }
}

impl Leaf {
    /// Writes `NAME.crt` and `NAME.key`.
    pub(crate) fn write(&self, folder: &Path, name: &str) -> (PathBuf, PathBuf) {
        (write(folder, &format!("{name}.crt"), &self.pem), write(folder, &format!("{name}.key"), &self.key))
    }
}

/// Writes a file and says where.
pub(crate) fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

//! Makes the certificates that a spec describes. It judges none of them: a spec may want an expired or a foreign one.

use super::{
    key::Key,
    seed::Seed,
    spec::{AuthoritySpec, CertificateSpec, Issuer, LabSpec, PkiSpec, Purpose, Validity},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa,
    KeyUsagePurpose, SanType, SerialNumber, string::PrintableString,
};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use std::{collections::BTreeMap, error, fmt};

/// All authorities and certificates of a cluster, by the names that its spec has for them.
pub(super) struct Pki {
    authorities: BTreeMap<String, Made>,
    certificates: BTreeMap<String, Made>,
}

/// A certificate, what is sent along with it, and its key.
pub(super) struct Made {
    /// The certificate first, then what is sent along.
    pub(super) chain: Vec<CertificateDer<'static>>,
    /// Its private key.
    pub(super) key: PrivatePkcs8KeyDer<'static>,
    certificate: CertificateDer<'static>,
}

/// Why the certificates of a spec cannot be made.
#[derive(Debug)]
pub enum PkiError {
    /// The spec uses an authority or a certificate that it does not describe.
    Undescribed(String),
    /// A certificate cannot be encoded or signed.
    Unsignable(String, rcgen::Error),
}

struct Authority {
    params: CertificateParams,
    key: Key,
}

impl Pki {
    /// Makes everything that the spec describes.
    pub(super) fn make(spec: &LabSpec) -> Result<Self, PkiError> {
        let PkiSpec { authorities, certificates } = &spec.pki;
        let press = Press { seed: Seed(spec.seed), now: spec.now };
        let mut signers = BTreeMap::new();
        let mut made = BTreeMap::new();
        for (name, spec) in authorities {
            let (signer, authority) =
                press.authority(name, spec).map_err(|source| PkiError::Unsignable(name.clone(), source))?;
            signers.insert(name.as_str(), signer);
            made.insert(name.clone(), authority);
        }
        let mut leaves = BTreeMap::new();
        for (name, spec) in certificates {
            let signer = match &spec.issuer {
                Issuer::Itself => None,
                Issuer::Authority(issuer) | Issuer::SentAuthority(issuer) => {
                    Some(signers.get(issuer.as_str()).ok_or_else(|| PkiError::Undescribed(issuer.clone()))?)
                }
            };
            let mut leaf = press
                .leaf(name, spec, signer)
                .map_err(|source| PkiError::Unsignable(name.clone(), source))?;
            if let Issuer::SentAuthority(issuer) = &spec.issuer {
                leaf.chain.extend(made.get(issuer).map(|authority| authority.certificate.clone()));
            }
            leaves.insert(name.clone(), leaf);
        }
        Ok(Self { authorities: made, certificates: leaves })
    }

    /// The authority of this name.
    pub(super) fn authority(&self, name: &str) -> Result<&Made, PkiError> {
        self.authorities.get(name).ok_or_else(|| PkiError::Undescribed(name.to_owned()))
    }

    /// The certificate of this name.
    pub(super) fn certificate(&self, name: &str) -> Result<&Made, PkiError> {
        self.certificates.get(name).ok_or_else(|| PkiError::Undescribed(name.to_owned()))
    }
}

impl Made {
    /// The certificate alone.
    pub(super) const fn der(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// The certificate alone, as PEM.
    pub(super) fn pem(&self) -> String {
        pem("CERTIFICATE", &self.certificate)
    }

    /// The private key, as PEM.
    pub(super) fn key_pem(&self) -> String {
        pem("PRIVATE KEY", self.key.secret_pkcs8_der())
    }
}

/// What certificates are made with.
struct Press {
    seed: Seed,
    now: Timestamp,
}

impl Press {
    fn authority(&self, name: &str, spec: &AuthoritySpec) -> Result<(Authority, Made), rcgen::Error> {
        let mut params = self.params(&format!("authority {name}"), &spec.common_name, None, spec.validity)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages.push(KeyUsagePurpose::KeyCertSign);
        params.subject_alt_names = host_names(&spec.dns)?;
        let key = Key::derive(self.seed, &format!("authority {name}"), spec.key)?;
        let certificate = params.self_signed(&key.pair)?.der().clone();
        let made = Made { chain: vec![certificate.clone()], key: key.pkcs8.clone_key(), certificate };
        Ok((Authority { params, key }, made))
    }

    fn leaf(
        &self,
        name: &str,
        spec: &CertificateSpec,
        signer: Option<&Authority>,
    ) -> Result<Made, rcgen::Error> {
        let mut params = self.params(name, &spec.common_name, spec.organization.as_deref(), spec.validity)?;
        params.is_ca = IsCa::ExplicitNoCa;
        params.extended_key_usages = spec
            .purposes
            .iter()
            .map(|purpose| match purpose {
                Purpose::Server => ExtendedKeyUsagePurpose::ServerAuth,
                Purpose::Client => ExtendedKeyUsagePurpose::ClientAuth,
            })
            .collect();
        params.subject_alt_names = host_names(&spec.dns)?;
        params.subject_alt_names.extend(spec.addresses.iter().copied().map(SanType::IpAddress));
        let key = Key::derive(self.seed, name, spec.key)?;
        let certificate = match signer {
            Some(authority) => {
                params.use_authority_key_identifier_extension = true;
                params.signed_by(
                    &key.pair,
                    &rcgen::Issuer::from_params(&authority.params, &authority.key.pair),
                )?
            }
            None => params.self_signed(&key.pair)?,
        };
        let certificate = certificate.der().clone();
        Ok(Made { chain: vec![certificate.clone()], key: key.pkcs8, certificate })
    }

    fn params(
        &self,
        name: &str,
        common_name: &str,
        organization: Option<&str>,
        validity: Validity,
    ) -> Result<CertificateParams, rcgen::Error> {
        let mut params = CertificateParams::default();
        params.serial_number = Some(SerialNumber::from_slice(&self.seed.serial(name)));
        params.not_before = self.date(validity.from)?;
        params.not_after = self.date(validity.until)?;
        params.distinguished_name = DistinguishedName::new();
        if let Some(organization) = organization {
            params.distinguished_name.push(DnType::OrganizationName, name_part(organization));
        }
        params.distinguished_name.push(DnType::CommonName, name_part(common_name));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
        Ok(params)
    }

    fn date(&self, offset: SignedDuration) -> Result<time::OffsetDateTime, rcgen::Error> {
        let at = self.now.as_second().saturating_add(offset.as_secs());
        time::OffsetDateTime::from_unix_timestamp(at).map_err(|_| rcgen::Error::Time)
    }
}

fn host_names(names: &[String]) -> Result<Vec<SanType>, rcgen::Error> {
    names.iter().map(|name| Ok(SanType::DnsName(name.clone().try_into()?))).collect()
}

/// In the string type that Go would choose, because names are compared byte by byte.
fn name_part(text: &str) -> DnValue {
    match PrintableString::try_from(text) {
        Ok(text) => DnValue::PrintableString(text),
        Err(_) => DnValue::Utf8String(text.to_owned()),
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut lines = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, further) = rest.split_at(rest.len().min(64));
        lines.push(line);
        rest = further;
    }
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

impl fmt::Display for PkiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undescribed(name) => write!(f, "the practice cluster describes no certificate {name}"),
            Self::Unsignable(name, _) => {
                write!(f, "certificate {name} of the practice cluster cannot be made")
            }
        }
    }
}

impl error::Error for PkiError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Undescribed(_) => None,
            Self::Unsignable(_, source) => Some(source),
        }
    }
}

//! Certificate signing requests: made where the key is, read where the CA is. Of a request only the subject, the key and the
//! host names are believed; purposes and the like are the CA's to decide.

use super::{
    der,
    key::{KeyError, PrivateKey},
    pem::{self, PemError},
    signature::{self, Signature},
};
use std::fmt;
use x509_parser::{
    certification_request::X509CertificationRequest, extensions::ParsedExtension, prelude::FromDer as _,
};

/// pkcs-9-at-extensionRequest.
const EXTENSION_REQUEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x0e];
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 0x11];

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The DER of the subject.
    pub subject: Vec<u8>,
    /// The subject as people write it.
    pub subject_text: String,
    /// The DER of the subject public key info.
    pub public_key: Vec<u8>,
    /// The DER of the alternative names.
    pub names: Option<Vec<u8>>,
}

/// Why a request cannot be signed.
#[derive(Debug)]
pub enum RequestError {
    /// The text holds no request.
    Pem(PemError),
    /// It is damaged.
    Damaged,
    /// Who made it does not hold its key, or signed in a way that cannot be verified.
    Unproven,
}

/// The PEM of a request for a key, signed with it.
///
/// # Errors
/// Where the key cannot sign.
pub fn make(key: &PrivateKey, subject: &[u8], names: Option<&[u8]>) -> Result<String, KeyError> {
    let attributes = names.map_or_else(Vec::new, |names| {
        let value = der::element(der::OCTET_STRING, &[names]);
        let extension = der::element(der::SEQUENCE, &[&der::element(der::OID, &[ALTERNATIVE_NAMES]), &value]);
        let extensions = der::element(der::SET, &[&der::element(der::SEQUENCE, &[&extension])]);
        der::element(der::SEQUENCE, &[&der::element(der::OID, &[EXTENSION_REQUEST]), &extensions])
    });
    let attributes = der::element(der::explicit(0), &[&attributes]);
    let body = der::element(der::SEQUENCE, &[&der::unsigned(&[]), subject, &key.public_key()?, &attributes]);
    let signature = der::element(der::BIT_STRING, &[&[0], &key.sign(&body)?]);
    let request = der::element(der::SEQUENCE, &[&body, &key.signature_algorithm(), &signature]);
    Ok(pem::encode("CERTIFICATE REQUEST", &request).expose().clone())
}

/// Reads a request, PEM or DER, and sees that its maker holds the key.
///
/// # Errors
/// Where it cannot be read, or its signature is not by its own key.
pub fn read(text: &[u8]) -> Result<Request, RequestError> {
    let block = pem::blocks(text)
        .map_err(RequestError::Pem)?
        .into_iter()
        .find(|block| matches!(block.label.as_str(), "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST"));
    let bytes = match &block {
        Some(block) => block.der.as_slice(),
        None if der::only(text, der::SEQUENCE).is_some() => text,
        None => return Err(RequestError::Pem(PemError::Nothing("CERTIFICATE REQUEST"))),
    };
    let (rest, request) = X509CertificationRequest::from_der(bytes).map_err(|_| RequestError::Damaged)?;
    if !rest.is_empty() {
        return Err(RequestError::Damaged);
    }
    let asked = &request.certification_request_info;
    let proof = signature::check_parts(
        &request.signature_algorithm,
        &request.signature_value.data,
        asked.raw,
        &asked.subject_pki,
    );
    if proof != Signature::Made {
        return Err(RequestError::Unproven);
    }
    let names = asked.iter_attributes().find_map(|attribute| match attribute.parsed_attribute() {
        x509_parser::cri_attributes::ParsedCriAttribute::ExtensionRequest(request) => {
            request.extensions.iter().find_map(|extension| match extension.parsed_extension() {
                ParsedExtension::SubjectAlternativeName(_) => Some(extension.value.to_vec()),
                _ => None,
            })
        }
        _ => None,
    });
    Ok(Request {
        subject: asked.subject.as_raw().to_vec(),
        subject_text: asked.subject.to_string(),
        public_key: asked.subject_pki.raw.to_vec(),
        names,
    })
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pem(error) => error.fmt(f),
            Self::Damaged => f.write_str("the signing request is damaged"),
            Self::Unproven => f.write_str("the signing request is not signed by its own key"),
        }
    }
}

impl std::error::Error for RequestError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certs::{
        key::{Curve, KeyKind},
        names::{HostName, alternative_names, common_name},
    };

    #[test]
    fn a_request_says_what_was_asked_for_and_nobody_can_change_it() {
        let subject = common_name("datadog-agent").unwrap();
        let names = alternative_names(&[HostName::Dns("a.example".to_owned())]);
        for kind in
            [KeyKind::Rsa(2048), KeyKind::Ecdsa(Curve::P256), KeyKind::Ecdsa(Curve::P521), KeyKind::Ed25519]
        {
            let key = PrivateKey::generate(kind).unwrap();
            for names in [None, names.clone()] {
                let text = make(&key, &subject, names.as_deref()).unwrap();
                let request = read(text.as_bytes()).unwrap();
                assert_eq!(request.subject, subject, "{kind}");
                assert_eq!(request.names, names, "{kind}");
                assert_eq!(request.public_key, key.public_key().unwrap());
                let mut der = pem::blocks(text.as_bytes()).unwrap()[0].der.to_vec();
                let at = der.windows(7).position(|bytes| bytes == b"datadog").unwrap();
                der[at] = b'x';
                assert!(matches!(read(&der), Err(RequestError::Unproven)), "{kind}");
            }
        }
    }
}

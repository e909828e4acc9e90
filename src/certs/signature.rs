//! Whether one key made the signature on a certificate. It says when it cannot tell, and judges nothing else.
//!
//! `x509-parser` verifies fewer kinds (no P-521, no ECDSA with SHA-512, nothing old), and what it cannot verify would pass
//! for another CA's.

use aws_lc_rs::signature::{self as algorithms, UnparsedPublicKey, VerificationAlgorithm};
use x509_parser::{
    certificate::X509Certificate,
    x509::{AlgorithmIdentifier, SubjectPublicKeyInfo},
};

/// What a signature is to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signature {
    /// The key made it.
    Made,
    /// The key did not make it.
    NotMade,
    /// It is of a kind that the backend does not verify.
    Unreadable,
}

/// The signature's algorithm as certificates name it; its name; whether Go has not taken it since 1.18 or longer.
const NAMES: &[(&str, &str, bool)] = &[
    ("1.2.840.113549.1.1.4", "MD5 with RSA", true),
    ("1.2.840.113549.1.1.5", "SHA-1 with RSA", true),
    ("1.3.14.3.2.29", "SHA-1 with RSA", true),
    ("1.2.840.10045.4.1", "ECDSA with SHA-1", true),
    ("1.2.840.10040.4.3", "DSA with SHA-1", true),
    ("1.2.840.113549.1.1.11", "SHA-256 with RSA", false),
    ("1.2.840.113549.1.1.12", "SHA-384 with RSA", false),
    ("1.2.840.113549.1.1.13", "SHA-512 with RSA", false),
    ("1.2.840.113549.1.1.10", "RSA-PSS", false),
    ("1.2.840.10045.4.3.2", "ECDSA with SHA-256", false),
    ("1.2.840.10045.4.3.3", "ECDSA with SHA-384", false),
    ("1.2.840.10045.4.3.4", "ECDSA with SHA-512", false),
    ("1.3.101.112", "Ed25519", false),
];

/// The name of a certificate's signature algorithm, and whether today's Go refuses it.
pub(super) fn named(certificate: &X509Certificate<'_>) -> (String, bool) {
    let oid = certificate.signature_algorithm.algorithm.to_id_string();
    NAMES
        .iter()
        .find(|(known, ..)| *known == oid)
        .map_or((oid, false), |(_, name, is_weak)| ((*name).to_owned(), *is_weak))
}

/// Whether this public key made the signature on the certificate.
pub(super) fn check(certificate: &X509Certificate<'_>, key: &SubjectPublicKeyInfo<'_>) -> Signature {
    check_parts(
        &certificate.signature_algorithm,
        &certificate.signature_value.data,
        certificate.tbs_certificate.as_ref(),
        key,
    )
}

/// Whether this public key made a signature on a message.
pub(super) fn check_parts(
    signed_with: &AlgorithmIdentifier<'_>,
    signature: &[u8],
    message: &[u8],
    key: &SubjectPublicKeyInfo<'_>,
) -> Signature {
    let signed_with = signed_with.algorithm.to_id_string();
    let curve = key.algorithm.parameters.as_ref().and_then(|parameters| parameters.as_oid().ok());
    let curve = curve.map(|oid| oid.to_id_string()).unwrap_or_default();
    let kind = key.algorithm.algorithm.to_id_string();
    let Some(algorithm) = algorithm(&signed_with, &kind, &curve) else {
        return if is_of_another_kind(&signed_with, &kind) {
            Signature::NotMade
        } else {
            Signature::Unreadable
        };
    };
    match UnparsedPublicKey::new(algorithm, &key.subject_public_key.data).verify(message, signature) {
        Ok(()) => Signature::Made,
        Err(_) => Signature::NotMade,
    }
}

/// An RSA key makes no ECDSA signature, and so on.
fn is_of_another_kind(signature: &str, key: &str) -> bool {
    let family = |oid: &str| {
        [("1.2.840.113549.1.1", "rsa"), ("1.2.840.10045", "ecdsa"), ("1.3.101.112", "ed25519")]
            .into_iter()
            .find(|(prefix, _)| oid.starts_with(prefix))
            .map(|(_, family)| family)
    };
    matches!((family(signature), family(key)), (Some(signature), Some(key)) if signature != key)
}

fn algorithm(signature: &str, key: &str, curve: &str) -> Option<&'static dyn VerificationAlgorithm> {
    const RSA: &str = "1.2.840.113549.1.1.1";
    const EC: &str = "1.2.840.10045.2.1";
    const P256: &str = "1.2.840.10045.3.1.7";
    const P384: &str = "1.3.132.0.34";
    const P521: &str = "1.3.132.0.35";
    let algorithm: &'static dyn VerificationAlgorithm = match (signature, key, curve) {
        ("1.2.840.113549.1.1.5" | "1.3.14.3.2.29", RSA, _) => {
            &algorithms::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY
        }
        ("1.2.840.113549.1.1.11", RSA, _) => &algorithms::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        ("1.2.840.113549.1.1.12", RSA, _) => &algorithms::RSA_PKCS1_2048_8192_SHA384,
        ("1.2.840.113549.1.1.13", RSA, _) => &algorithms::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        ("1.2.840.10045.4.1", EC, P256) => &algorithms::ECDSA_P256_SHA1_ASN1,
        ("1.2.840.10045.4.3.2", EC, P256) => &algorithms::ECDSA_P256_SHA256_ASN1,
        ("1.2.840.10045.4.3.3", EC, P256) => &algorithms::ECDSA_P256_SHA384_ASN1,
        ("1.2.840.10045.4.3.4", EC, P256) => &algorithms::ECDSA_P256_SHA512_ASN1,
        ("1.2.840.10045.4.3.2", EC, P384) => &algorithms::ECDSA_P384_SHA256_ASN1,
        ("1.2.840.10045.4.3.3", EC, P384) => &algorithms::ECDSA_P384_SHA384_ASN1,
        ("1.2.840.10045.4.3.4", EC, P384) => &algorithms::ECDSA_P384_SHA512_ASN1,
        ("1.2.840.10045.4.1", EC, P521) => &algorithms::ECDSA_P521_SHA1_ASN1,
        ("1.2.840.10045.4.3.2", EC, P521) => &algorithms::ECDSA_P521_SHA256_ASN1,
        ("1.2.840.10045.4.3.3", EC, P521) => &algorithms::ECDSA_P521_SHA384_ASN1,
        ("1.2.840.10045.4.3.4", EC, P521) => &algorithms::ECDSA_P521_SHA512_ASN1,
        ("1.3.101.112", "1.3.101.112", _) => &algorithms::ED25519,
        _ => return None,
    };
    Some(algorithm)
}

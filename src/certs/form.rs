//! What a private key is by its structure: which form it has, and which kind of key it holds. Labels do not decide: cfssl
//! and Talos have their own, and people mix up the others.

use super::{
    der::{self, Elements},
    key::{Curve, KeyError, KeyKind},
};

/// rsaEncryption.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// id-ecPublicKey.
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// id-Ed25519.
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
/// Keys that clusters have and that neither Go nor the backend signs certificates with.
const UNUSABLE: &[(&[u8], &str)] = &[
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a], "an RSA key for PSS alone"),
    (&[0x2b, 0x65, 0x71], "an Ed448 key"),
    (&[0x2b, 0x65, 0x6e], "an X25519 key, which cannot sign"),
    (&[0x2b, 0x65, 0x6f], "an X448 key, which cannot sign"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01], "a DSA key"),
    (&[0x2b, 0x81, 0x04, 0x00, 0x0a], "an EC key on the curve secp256k1"),
    (&[0x2b, 0x81, 0x04, 0x00, 0x21], "an EC key on the curve P-224"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x01], "an EC key on the curve P-192"),
    (&[0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d], "an SM2 key"),
];

/// The forms in which clusters keep keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// RSA alone, `RSA PRIVATE KEY`.
    Pkcs1,
    /// An elliptic curve's alone, `EC PRIVATE KEY`.
    Sec1,
    /// Any kind with its name, `PRIVATE KEY`.
    Pkcs8,
}

/// The kind and the form of a key.
pub(super) fn recognise(bytes: &[u8]) -> Result<(KeyKind, Form), KeyError> {
    Ok(match shape(bytes).ok_or(KeyError::Damaged)? {
        Shape::Rsa { modulus } => (rsa_kind(modulus)?, Form::Pkcs1),
        Shape::Ec { parameters } => (curve(parameters)?, Form::Sec1),
        Shape::Wrapped { oid, inside, .. } if oid == RSA => match shape(inside) {
            Some(Shape::Rsa { modulus }) => (rsa_kind(modulus)?, Form::Pkcs8),
            _ => return Err(KeyError::Damaged),
        },
        Shape::Wrapped { oid, parameters, .. } if oid == EC => (curve(Some(parameters))?, Form::Pkcs8),
        Shape::Wrapped { oid, .. } if oid == ED25519 => (KeyKind::Ed25519, Form::Pkcs8),
        Shape::Wrapped { oid, .. } => {
            return Err(KeyError::Kind(unusable(oid, "a key of an unknown kind")));
        }
    })
}

/// The form alone, of a key of any kind.
pub(super) fn form(bytes: &[u8]) -> Option<Form> {
    Some(match shape(bytes)? {
        Shape::Rsa { .. } => Form::Pkcs1,
        Shape::Ec { .. } => Form::Sec1,
        Shape::Wrapped { .. } => Form::Pkcs8,
    })
}

/// What a structure is by its first elements.
enum Shape<'a> {
    Rsa { modulus: &'a [u8] },
    Ec { parameters: Option<&'a [u8]> },
    Wrapped { oid: &'a [u8], parameters: &'a [u8], inside: &'a [u8] },
}

fn shape(bytes: &[u8]) -> Option<Shape<'_>> {
    let mut parts = Elements::of(der::only(bytes, der::SEQUENCE)?);
    let version = parts.take(der::INTEGER)?;
    let second = parts.next()?;
    match second.tag {
        der::SEQUENCE => {
            let mut algorithm = Elements::of(second.content);
            let oid = algorithm.take(der::OID)?;
            let parameters = algorithm.rest();
            Some(Shape::Wrapped { oid, parameters, inside: parts.take(der::OCTET_STRING)? })
        }
        der::OCTET_STRING if version == [1] => {
            let parameters =
                parts.next().filter(|part| part.tag == der::explicit(0)).map(|part| part.content);
            Some(Shape::Ec { parameters })
        }
        der::INTEGER => Some(Shape::Rsa { modulus: second.content }),
        _ => None,
    }
}

fn rsa_kind(modulus: &[u8]) -> Result<KeyKind, KeyError> {
    let digits = &modulus[modulus.iter().take_while(|digit| **digit == 0).count()..];
    let spare = digits.first().map_or(0, |first| first.leading_zeros() as usize);
    let bits = digits.len() * 8 - spare;
    if (2048..=8192).contains(&bits) { Ok(KeyKind::Rsa(bits)) } else { Err(KeyError::Size(bits)) }
}

/// The curve out of its parameters: the name of one, or, seldom, its whole description.
fn curve(parameters: Option<&[u8]>) -> Result<KeyKind, KeyError> {
    let Some(element) = parameters.and_then(|bytes| Elements::of(bytes).next()) else {
        return Err(KeyError::Kind("an EC key that names no curve".to_owned()));
    };
    match (element.tag, element.content) {
        (der::OID, [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]) => Ok(KeyKind::Ecdsa(Curve::P256)),
        (der::OID, [0x2b, 0x81, 0x04, 0x00, 0x22]) => Ok(KeyKind::Ecdsa(Curve::P384)),
        (der::OID, [0x2b, 0x81, 0x04, 0x00, 0x23]) => Ok(KeyKind::Ecdsa(Curve::P521)),
        (der::OID, oid) => Err(KeyError::Kind(unusable(oid, "an EC key on a curve that Go does not have"))),
        _ => Err(KeyError::Kind("an EC key that describes its curve and does not name it".to_owned())),
    }
}

fn unusable(oid: &[u8], otherwise: &str) -> String {
    UNUSABLE.iter().find(|(known, _)| *known == oid).map_or(otherwise, |(_, name)| name).to_owned()
}

//! Private keys from a seed, in the one form that everybody reads (PKCS#8 with the public key inside).

use super::{seed::Seed, spec::KeyType};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, SignatureAlgorithm};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const PUBLIC_KEY: u8 = 0xa1;

/// id-ecPublicKey, encoded.
const EC: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// secp256r1, encoded.
const P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// secp384r1, encoded.
const P384: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];

/// A key pair, and the private key as PKCS#8.
pub(super) struct Key {
    pub(super) pair: KeyPair,
    pub(super) pkcs8: PrivatePkcs8KeyDer<'static>,
}

impl Key {
    /// The key that the seed has for this purpose.
    ///
    /// Deterministic, so that the hash of a public key is the same in every report on the practice cluster.
    pub(super) fn derive(seed: Seed, purpose: &str, kind: KeyType) -> Result<Self, rcgen::Error> {
        let (scalar, curve, algorithm): (Vec<u8>, _, &'static SignatureAlgorithm) = match kind {
            KeyType::P256 => (seed.bytes::<32>(purpose).to_vec(), P256, &PKCS_ECDSA_P256_SHA256),
            KeyType::P384 => (seed.bytes::<48>(purpose).to_vec(), P384, &PKCS_ECDSA_P384_SHA384),
        };
        let bare = PrivatePkcs8KeyDer::from(pkcs8(&scalar, curve, None));
        let pair = KeyPair::from_der_and_sign_algo(&PrivateKeyDer::Pkcs8(bare), algorithm)?;
        let pkcs8 = PrivatePkcs8KeyDer::from(pkcs8(&scalar, curve, Some(pair.public_key_raw())));
        Ok(Self { pair, pkcs8 })
    }
}

/// A private key as RFC 5958 has it, around an elliptic-curve key as RFC 5915 has it.
fn pkcs8(scalar: &[u8], curve: &[u8], public: Option<&[u8]>) -> Vec<u8> {
    // Without its highest bit the scalar is below the order of the curve.
    let mut scalar = scalar.to_vec();
    if let Some(first) = scalar.first_mut() {
        *first = (*first & 0x7f) | 0x01;
    }
    let public = public.map_or_else(Vec::new, |point| der(PUBLIC_KEY, &[&der(BIT_STRING, &[&[0], point])]));
    let key = der(SEQUENCE, &[&der(INTEGER, &[&[1]]), &der(OCTET_STRING, &[&scalar]), &public]);
    der(SEQUENCE, &[&der(INTEGER, &[&[0]]), &der(SEQUENCE, &[EC, curve]), &der(OCTET_STRING, &[&key])])
}

/// One DER element; contents stay below 65536 bytes.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let [high, low] = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
    let mut element = match (high, low) {
        (0, ..0x80) => vec![tag, low],
        (0, _) => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    element.extend(content);
    element
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_the_same_each_time_and_can_be_read_back() {
        for kind in [KeyType::P256, KeyType::P384] {
            let key = Key::derive(Seed(7), "ca", kind).unwrap();
            let again = Key::derive(Seed(7), "ca", kind).unwrap();
            let other = Key::derive(Seed(7), "etcd-ca", kind).unwrap();
            assert_eq!(key.pkcs8, again.pkcs8);
            assert_ne!(key.pkcs8, other.pkcs8);
            let read = KeyPair::try_from(key.pkcs8.secret_pkcs8_der()).unwrap();
            assert_eq!(read.public_key_raw(), key.pair.public_key_raw());
        }
    }
}

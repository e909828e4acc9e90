//! Private keys in every form that clusters have them in: what kind it is, what its public half is, and signing with it.
//!
//! A key goes by its structure and not by its label: cfssl and Talos have labels of their own for Ed25519, and Go reads
//! them all. Nothing here is shown or serialised but the public half.

use super::{
    der,
    form::{self, Form},
    pem::{self, Block},
    sealed,
};
use crate::model::secret::Secret;
use aws_lc_rs::{
    encoding::{AsDer as _, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::{self, KeySize},
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING,
        EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    },
};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer};
use std::fmt;
use zeroize::Zeroizing;

/// id-Ed25519, which names the key and the signature.
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
/// sha256WithRSAEncryption.
const RSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
/// ecdsa-with-SHA256, and with the last byte changed SHA-384 and SHA-512.
const ECDSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const ECDSA_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];
const ECDSA_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04];

/// The curves that Go, openssl and the backend have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
}

/// What kind of key it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA with so many bits.
    Rsa(usize),
    /// ECDSA.
    Ecdsa(Curve),
    /// Ed25519.
    Ed25519,
}

/// Why a private key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// It is encrypted, and no password was given.
    Encrypted,
    /// It is encrypted in the way of the old PEM headers.
    LegacyEncrypted,
    /// The password is not its own.
    WrongPassword,
    /// It is encrypted in a way that is not read here.
    Cipher(String),
    /// It is a key that certificates cannot be signed with; what it is.
    Kind(String),
    /// It has too few or too many bits.
    Size(usize),
    /// Its bytes are no such key.
    Damaged,
    /// No key could be drawn.
    Unmade,
}

/// A private key. It can be neither printed nor serialised, and is wiped when dropped.
pub struct PrivateKey {
    kind: KeyKind,
    pair: Pair,
    form: Form,
    der: Zeroizing<Vec<u8>>,
}

enum Pair {
    Rsa(rsa::KeyPair),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// Reads the first private key of a text.
///
/// # Errors
/// Where there is none, or it cannot be used; a password that is not needed is no error.
pub fn read(text: &[u8], password: Option<&Secret<Vec<u8>>>) -> Result<PrivateKey, pem::PemError> {
    plain(pem::key_block(text)?, password).map_err(pem::PemError::Key)
}

/// Whether the first private key of a text wants a password.
#[must_use]
pub fn wants_password(text: &[u8]) -> bool {
    pem::key_block(text).is_ok_and(|block| !block.has_headers && block.label == "ENCRYPTED PRIVATE KEY")
}

/// The key of a block.
///
/// # Errors
/// Where it cannot be used.
pub(super) fn plain(block: Block, password: Option<&Secret<Vec<u8>>>) -> Result<PrivateKey, KeyError> {
    if block.has_headers {
        return Err(KeyError::LegacyEncrypted);
    }
    match block.label.as_str() {
        "ENCRYPTED PRIVATE KEY" => PrivateKey::of(sealed::open(&block.der, password)?),
        "OPENSSH PRIVATE KEY" => Err(KeyError::Kind("a key of OpenSSH".to_owned())),
        "DSA PRIVATE KEY" => Err(KeyError::Kind("a DSA key".to_owned())),
        _ => PrivateKey::of(block.der),
    }
}

impl PrivateKey {
    fn of(bytes: Zeroizing<Vec<u8>>) -> Result<Self, KeyError> {
        let (kind, form) = form::recognise(&bytes)?;
        let pair = match kind {
            KeyKind::Rsa(_) => match form {
                Form::Pkcs1 => rsa::KeyPair::from_der(&bytes),
                Form::Sec1 | Form::Pkcs8 => rsa::KeyPair::from_pkcs8(&bytes),
            }
            .map(Pair::Rsa),
            KeyKind::Ecdsa(curve) => {
                EcdsaKeyPair::from_private_key_der(curve.signing(), &bytes).map(Pair::Ecdsa)
            }
            KeyKind::Ed25519 => Ed25519KeyPair::from_pkcs8_maybe_unchecked(&bytes).map(Pair::Ed25519),
        }
        .map_err(|_| KeyError::Damaged)?;
        Ok(Self { kind, pair, form, der: bytes })
    }

    /// Draws a key of this kind from the system's randomness.
    ///
    /// # Errors
    /// Where the backend cannot; RSA is drawn with 2048, 3072, 4096 or 8192 bits, the next one up from what is asked.
    pub fn generate(kind: KeyKind) -> Result<Self, KeyError> {
        let drawn = match kind {
            KeyKind::Rsa(bits) => {
                let size = match bits {
                    0..=2048 => KeySize::Rsa2048,
                    2049..=3072 => KeySize::Rsa3072,
                    3073..=4096 => KeySize::Rsa4096,
                    _ => KeySize::Rsa8192,
                };
                let pair = rsa::KeyPair::generate(size).map_err(|_| KeyError::Unmade)?;
                let der = aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair);
                der.map(|der| Zeroizing::new(der.as_ref().to_vec()))
            }
            KeyKind::Ecdsa(curve) => EcdsaKeyPair::generate_pkcs8(curve.signing(), &SystemRandom::new())
                .map(|der| Zeroizing::new(der.as_ref().to_vec())),
            KeyKind::Ed25519 => Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new())
                .map(|der| Zeroizing::new(der.as_ref().to_vec())),
        };
        Self::of(drawn.map_err(|_| KeyError::Unmade)?)
    }

    /// What kind of key it is.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The DER of its subject public key info.
    ///
    /// # Errors
    /// None that can come about with a key that could be read.
    pub fn public_key(&self) -> Result<Vec<u8>, KeyError> {
        let der: Result<PublicKeyX509Der<'_>, _> = match &self.pair {
            Pair::Rsa(pair) => pair.public_key().as_der(),
            Pair::Ecdsa(pair) => pair.public_key().as_der(),
            Pair::Ed25519(pair) => pair.public_key().as_der(),
        };
        der.map(|der| der.as_ref().to_vec()).map_err(|_| KeyError::Damaged)
    }

    /// The DER of the algorithm that [`Self::sign`] signs with, as certificates name it.
    pub(super) fn signature_algorithm(&self) -> Vec<u8> {
        let (oid, parameters): (&[u8], &[u8]) = match self.kind {
            KeyKind::Rsa(_) => (RSA_SHA256, &[der::NULL, 0]),
            KeyKind::Ecdsa(Curve::P256) => (ECDSA_SHA256, &[]),
            KeyKind::Ecdsa(Curve::P384) => (ECDSA_SHA384, &[]),
            KeyKind::Ecdsa(Curve::P521) => (ECDSA_SHA512, &[]),
            KeyKind::Ed25519 => (ED25519, &[]),
        };
        der::element(der::SEQUENCE, &[&der::element(der::OID, &[oid]), parameters])
    }

    /// Signs a message; an ECDSA signature differs each time.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map(|()| signature)
            }
            Pair::Ecdsa(pair) => pair.sign(&random, message).map(|signature| signature.as_ref().to_vec()),
            Pair::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
        }
        .map_err(|_| KeyError::Unmade)
    }

    /// The key as PEM, in the form in which it was read or drawn.
    #[must_use]
    pub fn to_pem(&self) -> Secret<String> {
        let label = match self.form {
            Form::Pkcs1 => "RSA PRIVATE KEY",
            Form::Sec1 => "EC PRIVATE KEY",
            Form::Pkcs8 => "PRIVATE KEY",
        };
        pem::encode(label, &self.der)
    }
}

impl Curve {
    fn signing(self) -> &'static EcdsaSigningAlgorithm {
        match self {
            Self::P256 => &ECDSA_P256_SHA256_ASN1_SIGNING,
            Self::P384 => &ECDSA_P384_SHA384_ASN1_SIGNING,
            Self::P521 => &ECDSA_P521_SHA512_ASN1_SIGNING,
        }
    }
}

impl KeyError {
    /// What turns the key into one that can be used, as a command.
    #[must_use]
    pub fn remedy(&self, path: &str) -> Option<String> {
        match self {
            // pkcs8 reads what every release of openssl has ever written, and asks for the password itself.
            Self::LegacyEncrypted | Self::Cipher(_) => {
                Some(format!("openssl pkcs8 -topk8 -v2 aes-256-cbc -in {path} -out {path}.p8"))
            }
            Self::Encrypted | Self::WrongPassword => {
                Some("put the password alone into a file that only you can read, and name it with --ca-key-password-file".to_owned())
            }
            _ => None,
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(bits) => write!(f, "RSA-{bits}"),
            Self::Ecdsa(Curve::P256) => f.write_str("ECDSA P-256"),
            Self::Ecdsa(Curve::P384) => f.write_str("ECDSA P-384"),
            Self::Ecdsa(Curve::P521) => f.write_str("ECDSA P-521"),
            Self::Ed25519 => f.write_str("Ed25519"),
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encrypted => f.write_str("the private key is encrypted, and there is no password for it"),
            Self::LegacyEncrypted => {
                f.write_str("the private key is encrypted in the old way (Proc-Type: 4,ENCRYPTED), which is not read here")
            }
            Self::WrongPassword => f.write_str("the password does not open the private key"),
            Self::Cipher(cipher) => write!(f, "the private key is encrypted with {cipher}, which is not read here"),
            Self::Kind(kind) => write!(f, "it is {kind}, and etcd takes RSA, ECDSA on P-256, P-384 or P-521, and Ed25519"),
            Self::Size(bits) => write!(f, "it is an RSA key of {bits} bits, and 2048 to 8192 are needed"),
            Self::Damaged => f.write_str("the private key is damaged"),
            Self::Unmade => f.write_str("the backend could not make a key or a signature"),
        }
    }
}

impl std::error::Error for KeyError {}

/// The key of a block as a TLS library takes it, whatever kind it is: the library judges that.
///
/// # Errors
/// Where it is encrypted, or its form is unknown.
pub(super) fn as_pki(block: &Block) -> Result<PrivateKeyDer<'static>, KeyError> {
    let form = match (block.has_headers, block.label.as_str(), form::form(&block.der)) {
        (true, ..) => return Err(KeyError::LegacyEncrypted),
        (_, "ENCRYPTED PRIVATE KEY", _) => return Err(KeyError::Encrypted),
        (_, _, Some(form)) => form,
        (_, "RSA PRIVATE KEY", None) => Form::Pkcs1,
        (_, "EC PRIVATE KEY", None) => Form::Sec1,
        (_, "PRIVATE KEY", None) => Form::Pkcs8,
        (_, label, None) => return Err(KeyError::Kind(format!("a block \"{label}\""))),
    };
    let der = block.der.to_vec();
    Ok(match form {
        Form::Pkcs1 => PrivatePkcs1KeyDer::from(der).into(),
        Form::Sec1 => PrivateSec1KeyDer::from(der).into(),
        Form::Pkcs8 => PrivatePkcs8KeyDer::from(der).into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [KeyKind; 5] = [
        KeyKind::Rsa(2048),
        KeyKind::Ecdsa(Curve::P256),
        KeyKind::Ecdsa(Curve::P384),
        KeyKind::Ecdsa(Curve::P521),
        KeyKind::Ed25519,
    ];

    #[test]
    fn what_is_drawn_can_be_read_back() {
        for kind in KINDS {
            let drawn = PrivateKey::generate(kind).unwrap();
            assert_eq!(drawn.kind(), kind);
            let again = read(drawn.to_pem().expose().as_bytes(), None).unwrap();
            assert_eq!(again.kind(), kind);
            assert_eq!(again.public_key().unwrap(), drawn.public_key().unwrap());
            assert!(
                rustls::crypto::aws_lc_rs::sign::any_supported_type(
                    &pem::private_key(drawn.to_pem().expose().as_bytes()).unwrap()
                )
                .is_ok()
            );
        }
    }

    #[test]
    fn the_label_does_not_decide() {
        let pem = PrivateKey::generate(KeyKind::Ed25519).unwrap().to_pem();
        for label in ["Ed25519 PRIVATE KEY", "ED25519 PRIVATE KEY", "EC PRIVATE KEY"] {
            let text = pem.expose().replace("PRIVATE KEY", label);
            assert_eq!(read(text.as_bytes(), None).unwrap().kind(), KeyKind::Ed25519, "{label}");
        }
    }

    #[test]
    fn noise_is_no_key() {
        for bytes in [&[][..], &[0x30], &[0x30, 0], &[0x30, 3, 2, 1, 0], &[4, 1, 0]] {
            let text = pem::encode("PRIVATE KEY", bytes);
            assert_eq!(
                read(text.expose().as_bytes(), None).err(),
                Some(pem::PemError::Key(KeyError::Damaged)),
                "{bytes:x?}"
            );
        }
    }
}

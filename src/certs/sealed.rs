//! Private keys that a password protects (PKCS#8 with PBES2): opening them, within limits on what that may cost.

use super::{
    der::{self, Elements},
    key::KeyError,
};
use crate::model::secret::Secret;
use pkcs8::{EncryptedPrivateKeyInfoRef, pkcs5::pbes2::Kdf};
use zeroize::Zeroizing;

/// The greatest work that the password of a key may cost. openssl writes 2,048 rounds; this many take a second.
const MAX_ROUNDS: u32 = 2_000_000;

/// The most memory that scrypt may ask for, in bytes.
const MAX_SCRYPT_BYTES: u64 = 256 * 1024 * 1024;

/// The key inside; a key that no password opens here is named as such before one is asked for.
pub(super) fn open(der: &[u8], password: Option<&Secret<Vec<u8>>>) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    // Anything that is not PBES2 with a cipher and a hash of this century ends here.
    let sealed = EncryptedPrivateKeyInfoRef::try_from(der).map_err(|_| {
        if is_sealed(der) { KeyError::Cipher("an old or rare cipher".to_owned()) } else { KeyError::Damaged }
    })?;
    let Some(scheme) = sealed.encryption_algorithm.pbes2() else {
        return Err(KeyError::Cipher("PBES1, of before the year 2000".to_owned()));
    };
    let is_dear = match &scheme.kdf {
        Kdf::Pbkdf2(kdf) => kdf.iteration_count > MAX_ROUNDS,
        Kdf::Scrypt(kdf) => {
            let bytes = u64::from(kdf.block_size).saturating_mul(128).saturating_mul(kdf.cost_parameter);
            bytes > MAX_SCRYPT_BYTES || kdf.parallelization > 16
        }
        _ => return Err(KeyError::Cipher("an unknown way to make a key of a password".to_owned())),
    };
    if is_dear {
        return Err(KeyError::Cipher("a password that costs more work than is sensible".to_owned()));
    }
    let password = password.ok_or(KeyError::Encrypted)?;
    let mut buffer = Zeroizing::new(sealed.encrypted_data.as_bytes().to_vec());
    let length = match scheme.decrypt_in_place(password.expose(), &mut buffer) {
        Ok(plain) => plain.len(),
        Err(pkcs8::pkcs5::Error::UnsupportedAlgorithm { oid }) => {
            return Err(KeyError::Cipher(format!("the algorithm {oid}")));
        }
        Err(_) => return Err(KeyError::WrongPassword),
    };
    buffer.truncate(length);
    // A wrong password passes for a right one once in 256 times, and then leaves noise.
    if der::only(&buffer, der::SEQUENCE).is_none() { Err(KeyError::WrongPassword) } else { Ok(buffer) }
}

/// Whether bytes have the shape of an encrypted key: how, and then what.
fn is_sealed(bytes: &[u8]) -> bool {
    let Some(content) = der::only(bytes, der::SEQUENCE) else { return false };
    let mut parts = Elements::of(content);
    parts.take(der::SEQUENCE).is_some() && parts.take(der::OCTET_STRING).is_some() && parts.rest().is_empty()
}

//! PEM blocks: certificates and private keys out of a file or a Secret's entry, whatever stands around them.
//!
//! A reader of our own: that of `rustls` passes over a private key whose label it does not know, of which cfssl and Talos
//! write two kinds, and takes the headers of an old encrypted key for damaged base64.

use super::key::{self, KeyError};
use crate::model::{answer::Der, secret::Secret};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::pki_types::PrivateKeyDer;
use std::fmt;
use zeroize::Zeroizing;

/// Why PEM text could not be used.
#[derive(Debug, PartialEq, Eq)]
pub enum PemError {
    /// There is no block of the wanted kind.
    Nothing(&'static str),
    /// A block is damaged.
    Damaged(String),
    /// The private key cannot be used.
    Key(KeyError),
}

/// One block. What is in it may be secret, so it is neither shown nor kept after use.
pub struct Block {
    /// What stands behind `BEGIN`, such as `CERTIFICATE`.
    pub label: String,
    /// Whether it has the headers of an old encrypted key.
    pub has_headers: bool,
    /// What is in it.
    pub der: Zeroizing<Vec<u8>>,
}

/// All blocks of a text, in order; text between them is passed over.
///
/// # Errors
/// Where a block does not end, or is not base64.
pub fn blocks(text: &[u8]) -> Result<Vec<Block>, PemError> {
    let mut blocks = Vec::new();
    let mut lines = text.split(|byte| matches!(byte, b'\n' | b'\r')).map(<[u8]>::trim_ascii);
    while let Some(line) = lines.next() {
        let Some(label) = boundary(line, "BEGIN") else { continue };
        let shown: String = label.chars().take(40).collect();
        let damaged = |why: &str| PemError::Damaged(format!("block \"{shown}\": {why}"));
        let mut has_headers = false;
        let mut content: Vec<&[u8]> = Vec::new();
        loop {
            let line = lines.next().ok_or_else(|| damaged("it does not end"))?;
            if let Some(end) = boundary(line, "END") {
                if end != label {
                    return Err(damaged("it ends under another name"));
                }
                break;
            }
            if boundary(line, "BEGIN").is_some() {
                return Err(damaged("another block begins inside of it"));
            }
            // A header is a name with a colon, which no base64 has; its further lines are indented and rare.
            if line.contains(&b':') {
                has_headers = true;
            } else {
                content.push(line);
            }
        }
        // Reserved at once, so that growing leaves no copy of a key behind.
        let mut base64 = Zeroizing::new(Vec::with_capacity(content.iter().map(|line| line.len()).sum()));
        for line in content {
            base64.extend(line.iter().filter(|byte| !byte.is_ascii_whitespace()));
        }
        let mut der = Zeroizing::new(vec![0; base64.len() / 4 * 3 + 3]);
        let length = STANDARD.decode_slice(&*base64, &mut der).map_err(|_| damaged("it is not base64"))?;
        der.truncate(length);
        blocks.push(Block { label, has_headers, der });
    }
    Ok(blocks)
}

/// The label of a line that begins or ends a block.
fn boundary(line: &[u8], word: &str) -> Option<String> {
    let line = std::str::from_utf8(line).ok()?;
    // Windows editors put a mark before the first line.
    let line = line.trim_start_matches('\u{feff}');
    let label = line.strip_prefix("-----")?.strip_prefix(word)?.strip_prefix(' ')?.strip_suffix("-----")?;
    Some(label.to_owned())
}

/// All certificates of a text, in order. Blocks of other kinds are passed over.
///
/// # Errors
/// Where there is none, or a block is damaged.
pub fn certificates(text: &[u8]) -> Result<Vec<Der>, PemError> {
    let chain: Vec<Der> = blocks(text)?
        .into_iter()
        .filter(|block| matches!(block.label.as_str(), "CERTIFICATE" | "X509 CERTIFICATE"))
        .map(|block| Der(block.der.to_vec()))
        .collect();
    if chain.is_empty() { Err(PemError::Nothing("CERTIFICATE")) } else { Ok(chain) }
}

/// The first private key of a text, in the form in which a TLS library takes it.
///
/// # Errors
/// Where there is none, it is damaged, or it is encrypted.
pub fn private_key(text: &[u8]) -> Result<PrivateKeyDer<'static>, PemError> {
    key::as_pki(&key_block(text)?).map_err(PemError::Key)
}

/// The first block with a private key. What may stand before it, such as `EC PARAMETERS`, is passed over.
///
/// # Errors
/// Where there is none, or a block is damaged.
pub fn key_block(text: &[u8]) -> Result<Block, PemError> {
    blocks(text)?
        .into_iter()
        .find(|block| block.label.ends_with("PRIVATE KEY"))
        .ok_or(PemError::Nothing("PRIVATE KEY"))
}

/// Whether a text holds a PEM block whose label ends in this, such as `PRIVATE KEY`.
#[must_use]
pub fn has_block(text: &[u8], label: &str) -> bool {
    text.split(|byte| matches!(byte, b'\n' | b'\r'))
        .any(|line| boundary(line.trim_ascii(), "BEGIN").is_some_and(|found| found.ends_with(label)))
}

/// One block as text, 64 characters a line as openssl writes it.
#[must_use]
pub fn encode(label: &str, der: &[u8]) -> Secret<String> {
    let base64 = Zeroizing::new(STANDARD.encode(der));
    let mut text = String::with_capacity(base64.len() + base64.len() / 64 + 2 * label.len() + 40);
    for part in ["-----BEGIN ", label, "-----\n"] {
        text.push_str(part);
    }
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, further) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = further;
    }
    for part in ["-----END ", label, "-----\n"] {
        text.push_str(part);
    }
    Secret::new(text)
}

/// Certificates as text, in order.
#[must_use]
pub fn encode_certificates(chain: &[Der]) -> String {
    chain.iter().map(|der| encode("CERTIFICATE", &der.0).expose().clone()).collect()
}

/// A client's certificate chain and key, ready to be presented.
#[derive(Debug)]
pub struct ClientIdentity {
    /// The client's certificate first.
    pub chain: Vec<Der>,
    /// The text that holds the private key.
    pub key: Secret<Vec<u8>>,
}

impl fmt::Display for PemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing(label) => write!(f, "no PEM block \"{label}\" in it"),
            Self::Damaged(detail) => write!(f, "a damaged PEM block: {detail}"),
            Self::Key(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PemError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&[&str], &str>) {
        let seen = blocks(text.as_bytes());
        match (seen, expected) {
            (Ok(seen), Ok(expected)) => {
                let labels: Vec<&str> = seen.iter().map(|block| block.label.as_str()).collect();
                assert_eq!(labels, expected, "{text}");
            }
            (Err(error), Err(expected)) => assert!(error.to_string().contains(expected), "{error}"),
            (seen, _) => panic!("{text}: {:?}", seen.map(|blocks| blocks.len())),
        }
    }

    #[test]
    fn blocks_are_found_whatever_stands_around_them() {
        check("", Ok(&[]));
        check("no block\n", Ok(&[]));
        check("-----BEGIN A-----\nAAAA\n-----END A-----", Ok(&["A"]));
        check("\u{feff}-----BEGIN A-----\r\nAAAA\r\n-----END A-----\r\n", Ok(&["A"]));
        check("Subject: x\n  -----BEGIN A B-----  \n AA AA \n\n-----END A B-----\n# end", Ok(&["A B"]));
        check(
            "-----BEGIN A-----\n-----END A-----\n-----BEGIN B-----\nAA==\n-----END B-----",
            Ok(&["A", "B"]),
        );
        check(
            "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: x,y\n\nAAAA\n-----END A-----",
            Ok(&["A"]),
        );
    }

    #[test]
    fn damage_is_named() {
        check("-----BEGIN A-----\nAAAA\n", Err("block \"A\": it does not end"));
        check("-----BEGIN A-----\nAAAA\n-----END B-----", Err("it ends under another name"));
        check("-----BEGIN A-----\n-----BEGIN B-----\n", Err("another block begins inside of it"));
        check("-----BEGIN A-----\n***\n-----END A-----", Err("it is not base64"));
    }

    #[test]
    fn what_is_written_can_be_read() {
        for length in [0, 1, 47, 48, 49, 96, 1000] {
            let der = vec![0x5a; length];
            let text = encode("CERTIFICATE", &der);
            let read = blocks(text.expose().as_bytes()).unwrap();
            assert_eq!(*read[0].der, der);
            assert!(text.expose().lines().all(|line| line.len() <= 64));
        }
    }
}

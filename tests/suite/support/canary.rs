//! Looks for secrets that a test has planted, however they are spelled. It shares no code with what takes them out.

use super::pki::Authority;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use std::collections::HashSet;

/// A run of so many characters of a secret is a leak.
const RUN: usize = 12;

/// Asserts that nothing of these secrets is in a text.
#[track_caller]
pub(crate) fn assert_hidden(text: &[u8], secrets: &[&str], what: &str) {
    if leak_of_any(text, secrets).is_some() {
        let leaks: Vec<_> = secrets.iter().filter_map(|secret| Some((leak(text, secret)?, secret))).collect();
        panic!("{what}: {leaks:?} in {}", String::from_utf8_lossy(text));
    }
}

/// The spelling in which twelve bytes of a secret, one after another, stand in a text. Of a private key in PEM that is
/// what its certificate does not show as well.
pub(crate) fn leak(text: &[u8], secret: &str) -> Option<&'static str> {
    leak_of_any(text, &[secret])
}

fn leak_of_any(text: &[u8], secrets: &[&str]) -> Option<&'static str> {
    // Lines may be broken anywhere, and an escape for the end of a line stands where the line ended.
    let joined = String::from_utf8_lossy(text).replace("\\n", "");
    let dense: Vec<u8> = joined.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let texts = [text.to_vec(), url_decoded(&dense), dense];
    let parts: Vec<Vec<u8>> = secrets.iter().flat_map(|secret| parts(secret)).collect();
    let encoded: Vec<Vec<u8>> = parts.iter().flat_map(|part| in_base64(part)).collect();
    let hex: Vec<Vec<u8>> = parts.iter().map(|part| in_hex(part).into_bytes()).collect();
    let [plain, encoded] = [&parts, &encoded].map(|texts| runs(texts, RUN));
    let hex = runs(&hex, 2 * RUN);
    texts.iter().find_map(|text| {
        let numbers: Vec<u8> = text
            .split(|byte| !byte.is_ascii_digit())
            .filter(|digits| !digits.is_empty())
            .map(|digits| str::from_utf8(digits).unwrap().parse().unwrap_or(0))
            .collect();
        let spellings = [
            ("the text itself", text, &plain, RUN),
            ("base64", text, &encoded, RUN),
            ("hex", &text.to_ascii_lowercase(), &hex, 2 * RUN),
            ("numbers", &numbers, &plain, RUN),
        ];
        let found = |(_, text, runs, length): &(_, &Vec<u8>, &HashSet<&[u8]>, usize)| {
            text.windows(*length).any(|piece| runs.contains(piece))
        };
        spellings.into_iter().find(found).map(|(name, ..)| name)
    })
}

fn runs(texts: &[Vec<u8>], length: usize) -> HashSet<&[u8]> {
    texts.iter().flat_map(|text| text.windows(length)).collect()
}

/// What is secret in a secret.
fn parts(secret: &str) -> Vec<Vec<u8>> {
    let secret = secret.trim();
    assert!(secret.len() >= RUN, "a secret of which no run could be found");
    if !secret.contains("PRIVATE KEY-----") {
        return vec![secret.as_bytes().to_vec()];
    }
    let body: String = secret.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(&body).unwrap();
    // The scalar of an elliptic curve, or a piece of the primes of RSA.
    let from = if der.len() < 250 { 36 } else { der.len() * 3 / 4 };
    vec![der[from..from + 32].to_vec(), body.as_bytes()[from.div_ceil(3) * 4..][..40].to_vec()]
}

/// A secret in base64 wherever it begins in what is encoded.
fn in_base64(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for before in 0..3 {
        let shifted = [&[0; 2][..before], secret].concat();
        for encoded in [STANDARD_NO_PAD.encode(&shifted), URL_SAFE_NO_PAD.encode(&shifted)] {
            // What stands around a secret has a part in the characters at its ends.
            let (first, last) = ([0, 2, 3][before], encoded.len() - usize::from(shifted.len() % 3 != 0));
            all.push(encoded.as_bytes()[first..last].to_vec());
        }
    }
    all
}

fn in_hex(secret: &[u8]) -> String {
    secret.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

fn url_decoded(text: &[u8]) -> Vec<u8> {
    let digit = |at: usize| text.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        if let (b'%', Some(high), Some(low)) = (byte, digit(at + 1), digit(at + 2)) {
            decoded.push(u8::try_from(high * 16 + low).unwrap());
            at += 3;
        } else {
            decoded.push(*byte);
            at += 1;
        }
    }
    decoded
}

/// Every way in which a server could spell what it was shown.
pub(crate) fn spellings(secret: &str) -> Vec<String> {
    let hex =
        |prefix: &str| secret.bytes().fold(String::new(), |hex, byte| format!("{hex}{prefix}{byte:02x}"));
    let mut spellings =
        vec![secret.to_owned(), hex(""), hex("").to_uppercase(), hex("%"), hex("%").to_uppercase()];
    for before in ["", "a", "ab"] {
        let text = format!("{before}{secret}!");
        spellings.extend([STANDARD_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(&text)]);
    }
    spellings
}

#[test]
fn a_planted_leak_is_found_in_every_spelling_wherever_it_begins() {
    const SECRET: &str = "x9~Qe7/Kd2+Vb5?Zw8>Lm4=Ty1";
    for start in 0..=SECRET.len() - RUN {
        let piece = &SECRET[start..start + RUN];
        for spelling in spellings(piece) {
            let text = format!("error: \"{spelling}\" is refused");
            assert!(leak(text.as_bytes(), SECRET).is_some(), "{start}: {text}");
        }
        let short = &SECRET[start..start + RUN - 1];
        assert_eq!(leak(format!("error: \"{short}\"").as_bytes(), SECRET), None, "{short}");
        let bytes = format!("{:?}", piece.as_bytes());
        assert_eq!(leak(bytes.as_bytes(), SECRET), Some("numbers"));
        let broken = format!("{}\n   {}", &piece[..5], &piece[5..]);
        assert!(leak(broken.as_bytes(), SECRET).is_some(), "{broken}");
    }
    assert_eq!(leak(b"nothing of it, at any length", SECRET), None);
}

#[test]
fn a_planted_key_is_found_as_it_stands_in_pem_and_in_a_kubeconfig() {
    let key = Authority::new("kubernetes").key;
    let planted = [key.clone(), key.replace('\n', "\\n"), STANDARD.encode(&key), key.replace('\n', "\n    ")];
    for text in &planted {
        assert!(leak(text.as_bytes(), &key).is_some(), "{text}");
    }
    let body: String = key.lines().filter(|line| !line.starts_with("-----")).collect();
    assert!(leak(&body.as_bytes()[56..76], &key).is_some());
    assert_eq!(leak(&body.as_bytes()[body.len() - 60..], &key), None, "the public half is no secret");
    assert_eq!(leak(b"-----BEGIN PRIVATE KEY-----", &key), None);
}

//! Takes the secrets of a run out of what servers sent back, however they are spelled there. It asks nothing and judges nothing.
//!
//! A server that is shown a credential can repeat it: in a message, a header, the name of its certificate. Whatever is
//! a run of twelve characters of a secret, as it is, in base64, in hex or as a URL spells it, enters neither snapshot
//! nor log. Shorter pieces, and what a server makes of a secret by a rule of its own, cannot be told from other text.

use crate::model::{
    answer::{Answer, ProbeRecord},
    observed::{Failure, FailureKind, Observed},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use serde_json::{Map, Value};
use std::{
    collections::HashSet,
    fmt::{self, Write as _},
    hash::{BuildHasher as _, RandomState},
};
use zeroize::Zeroizing;

/// The length of a piece that gives a secret away.
const RUN: usize = 12;

/// What stands where a secret stood.
const MARK: &str = "[redacted]";

/// The entries of answers that are certificates, in base64.
const CERTIFICATES: [&str; 4] = ["chain", "acceptable", "certificates", "authority"];

/// What is known of the secrets: the keyed hash of every piece of them, and no piece itself.
#[derive(Default)]
pub(super) struct Redactor {
    pieces: HashSet<u64>,
    /// The pieces of what a JSON web token says. Names that stand in it stand in certificates as well, which are in
    /// base64 too, so there they give nothing away.
    claims: HashSet<u64>,
    state: RandomState,
}

impl Redactor {
    /// Learns a secret in all of its spellings.
    pub(super) fn learn(&mut self, secret: &[u8]) {
        let secret = secret.trim_ascii();
        let (whole, signature) = match signature(secret) {
            Some(signature) => (&mut self.claims, Some(signature)),
            None => (&mut self.pieces, None),
        };
        whole.extend(hashes(secret, &self.state));
        self.pieces.extend(signature.into_iter().flat_map(|secret| hashes(secret, &self.state)));
    }

    /// An answer in which no secret is repeated: other text stays, and what cannot do without is dropped.
    pub(super) fn without_secrets(&self, answer: Observed<Answer>) -> Observed<Answer> {
        if self.pieces.is_empty() && self.claims.is_empty() {
            return answer;
        }
        let Ok(mut value) = serde_json::to_value(&answer) else { return answer };
        if !self.clean_value(&mut value, false) {
            return answer;
        }
        serde_json::from_value(value).unwrap_or_else(|_| {
            let said = "it repeats a credential of this run, so nothing of it is kept";
            let failure = Failure::new(FailureKind::Unexpected, said);
            match answer {
                // That something was there is no secret.
                Observed::Seen(Answer::Probe(record)) => {
                    let ProbeRecord { rung, elapsed_ms, .. } = *record;
                    let kept =
                        ProbeRecord { rung, failure: Some(failure), tls: None, http: None, elapsed_ms };
                    Observed::Seen(Answer::Probe(Box::new(kept)))
                }
                _ => Observed::Failed(failure),
            }
        })
    }

    /// Whether something was taken out.
    fn clean_value(&self, value: &mut Value, is_certificate: bool) -> bool {
        match value {
            Value::String(text) => match self.clean(text, is_certificate) {
                Some(clean) => {
                    *text = clean;
                    true
                }
                None => false,
            },
            Value::Array(items) => {
                items.iter_mut().fold(false, |found, item| self.clean_value(item, is_certificate) | found)
            }
            Value::Object(entries) => {
                let found = entries.iter_mut().fold(false, |found, (key, entry)| {
                    self.clean_value(entry, CERTIFICATES.contains(&key.as_str())) | found
                });
                if !entries.keys().any(|key| self.clean(key, false).is_some()) {
                    return found;
                }
                let renamed: Map<String, Value> = std::mem::take(entries)
                    .into_iter()
                    .map(|(key, entry)| (self.clean(&key, false).unwrap_or(key), entry))
                    .collect();
                *entries = renamed;
                true
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// A text without the pieces of secrets; `None` where there are none in it.
    fn clean(&self, text: &str, is_certificate: bool) -> Option<String> {
        let bytes = text.as_bytes();
        let mut clean = Vec::new();
        // Everything before this is copied or marked.
        let mut done = 0;
        let mut secret_until = 0;
        for (start, piece) in bytes.windows(RUN).enumerate() {
            let hash = self.state.hash_one(piece);
            if !self.pieces.contains(&hash) && (is_certificate || !self.claims.contains(&hash)) {
                continue;
            }
            if start >= secret_until {
                clean.extend_from_slice(&bytes[done..start]);
                clean.extend_from_slice(MARK.as_bytes());
            }
            secret_until = start + RUN;
            done = secret_until;
        }
        if secret_until == 0 {
            return None;
        }
        clean.extend_from_slice(&bytes[done..]);
        Some(String::from_utf8_lossy(&clean).into_owned())
    }
}

/// What is secret in a JSON web token; `None` for what is none.
fn signature(secret: &[u8]) -> Option<&[u8]> {
    let mut parts = secret.split(|byte| *byte == b'.');
    let (header, _, signature) = (parts.next()?, parts.next()?, parts.next()?);
    // What `{"` begins with in base64.
    (parts.next().is_none() && header.starts_with(b"eyJ")).then_some(signature)
}

fn hashes(secret: &[u8], state: &RandomState) -> Vec<u64> {
    let of = |spelling: Zeroizing<Vec<u8>>| -> Vec<u64> {
        spelling.windows(RUN).map(|piece| state.hash_one(piece)).collect()
    };
    spellings(secret).into_iter().flat_map(of).collect()
}

/// A text as it is, in base64 wherever it begins there, in hex, and as URLs spell it.
fn spellings(text: &[u8]) -> Vec<Zeroizing<Vec<u8>>> {
    let mut spellings = vec![Zeroizing::new(text.to_vec())];
    for before in 0..3 {
        let shifted = Zeroizing::new([&[0; 2][..before], text].concat());
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let mut encoded = Zeroizing::new(engine.encode(&shifted).into_bytes());
            // The characters at the ends are made of what stands around it as well.
            if !shifted.len().is_multiple_of(3) {
                encoded.pop();
            }
            let own = encoded.get((before * 8).div_ceil(6)..).unwrap_or_default();
            spellings.push(Zeroizing::new(own.to_vec()));
        }
    }
    let reserved = |byte: u8| !(byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    for upper in [false, true] {
        spellings.push(escaped(text, "", upper, |_| true));
        spellings.push(escaped(text, "%", upper, |_| true));
        spellings.push(escaped(text, "%", upper, reserved));
    }
    spellings
}

/// The bytes of a text, some of them in hex behind a prefix.
fn escaped(text: &[u8], prefix: &str, upper: bool, is_escaped: impl Fn(u8) -> bool) -> Zeroizing<Vec<u8>> {
    let mut spelling = Zeroizing::new(String::with_capacity(text.len() * (prefix.len() + 2)));
    for byte in text {
        // Writing to a String cannot fail.
        let _ = match (is_escaped(*byte), upper) {
            (false, _) => write!(spelling, "{}", char::from(*byte)),
            (true, false) => write!(spelling, "{prefix}{byte:02x}"),
            (true, true) => write!(spelling, "{prefix}{byte:02X}"),
        };
    }
    Zeroizing::new(std::mem::take(&mut *spelling).into_bytes())
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        answer::{CertificateFile, Der},
        facts::ServerVersion,
    };
    use base64::engine::general_purpose::STANDARD;

    const SECRET: &str = "q7Zt-9fK2~mW+x/4Rb8=LpVd";

    fn redactor() -> Redactor {
        let mut redactor = Redactor::default();
        redactor.learn(SECRET.as_bytes());
        redactor
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(redactor().clean(text, false).as_deref().unwrap_or(text), expected, "{text}");
    }

    #[test]
    fn takes_out_every_spelling_and_leaves_what_stands_around_it() {
        check(&format!("a {SECRET} b {SECRET}"), "a [redacted] b [redacted]");
        check("nothing of it", "nothing of it");
        check(&SECRET[..11], &SECRET[..11]);
        check(&format!("<{}>", &SECRET[3..15]), "<[redacted]>");
        for upper in [false, true] {
            for prefix in ["", "%"] {
                let spelling = escaped(SECRET.as_bytes(), prefix, upper, |_| true);
                check(&format!("<{}>", String::from_utf8_lossy(&spelling)), "<[redacted]>");
            }
        }
        check("é q7Zt-9fK2~mW%2Bx%2F4Rb8%3DLpVd é", "é [redacted] é");
    }

    #[test]
    fn knows_it_in_base64_at_any_place() {
        for before in 0..4 {
            let text = format!("{}{SECRET}, and more", &"name: "[..before]);
            for encoded in [STANDARD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
                let clean = redactor().clean(&encoded, true).unwrap();
                assert!(clean.contains(MARK) && clean.len() < encoded.len(), "{encoded}: {clean}");
            }
        }
    }

    #[test]
    fn answers_keep_their_shape_and_are_dropped_where_they_cannot() {
        let version = |text: &str| {
            let [major, minor, platform] = ["1", "36", "linux/amd64"].map(str::to_owned);
            let git_version = text.to_owned();
            Observed::Seen(Answer::Version(ServerVersion { major, minor, git_version, platform }))
        };
        let clean = redactor().without_secrets(version(&format!("v1-{SECRET}")));
        assert_eq!(clean, version("v1-[redacted]"));
        assert_eq!(redactor().without_secrets(version("v1.36.2")), version("v1.36.2"));
        let certificate =
            CertificateFile { chain: vec![Der(format!("CN={SECRET}").into_bytes())], key: None };
        let dropped = redactor().without_secrets(Observed::Seen(Answer::Certificates(certificate)));
        assert!(matches!(dropped, Observed::Failed(_)), "{dropped:?}");
    }

    #[test]
    fn names_in_a_token_are_no_secret_in_a_certificate() {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let claims = part("{\"sub\":\"system:serviceaccount:datadog:datadog-agent\"}");
        let token = [part("{\"alg\":\"ES256\"}"), claims.clone(), part("3f9c1d7be02a4586")].join(".");
        let mut redactor = Redactor::default();
        redactor.learn(token.as_bytes());
        assert_eq!(redactor.clean(&claims, true), None);
        assert_eq!(redactor.clean(&claims, false).as_deref(), Some(MARK));
        for is_certificate in [false, true] {
            assert_eq!(redactor.clean(&part("3f9c1d7be02a4586"), is_certificate).as_deref(), Some(MARK));
            assert!(redactor.clean(&STANDARD.encode(&token), is_certificate).is_some());
        }
    }
}

//! What a bearer token says of itself. Its signature is not looked at, and nothing of it can be used to sign in.

use super::answer::TokenFacts;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::Value;

/// How many audiences are kept; one or two are usual.
const MAX_AUDIENCES: usize = 8;

/// How much of one claim is kept. An issuer is a URL, and no longer than those are.
const MAX_CLAIM_CHARS: usize = 256;

impl TokenFacts {
    /// The claims of a token, where it is a JSON Web Token as service accounts have; none of them otherwise.
    #[must_use]
    pub fn claimed(token: &str) -> Self {
        let mut parts = token.split('.');
        let (Some(_), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Self::default();
        };
        let decoded = URL_SAFE_NO_PAD.decode(claims).unwrap_or_default();
        let Ok(claims @ Value::Object(_)) = serde_json::from_slice::<Value>(&decoded) else {
            return Self::default();
        };
        let text = |value: &Value| value.as_str().map(shortened);
        let moment = |value: &Value| Timestamp::from_second(value.as_i64()?).ok();
        Self {
            expires: moment(&claims["exp"]),
            issuer: text(&claims["iss"]),
            subject: text(&claims["sub"]),
            audiences: match &claims["aud"] {
                Value::Array(audiences) => audiences.iter().filter_map(text).take(MAX_AUDIENCES).collect(),
                one => text(one).into_iter().collect(),
            },
        }
    }

    /// What it says, for people.
    #[must_use]
    pub fn describe(&self) -> String {
        let mut words = Vec::new();
        words.extend(self.subject.as_ref().map(|subject| format!("of {subject}")));
        words.extend(self.issuer.as_ref().map(|issuer| format!("issued by {issuer}")));
        if !self.audiences.is_empty() {
            words.push(format!("for {}", self.audiences.join(", ")));
        }
        words.extend(self.expires.map(|end| format!("until {end}")));
        if words.is_empty() { "it says nothing of itself".to_owned() } else { words.join(", ") }
    }
}

/// Without what a terminal would obey.
fn shortened(text: &str) -> String {
    text.chars().filter(|char| !char.is_control()).take(MAX_CLAIM_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(claims: &str, expected: &str) {
        let token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
        assert_eq!(TokenFacts::claimed(&token).describe(), expected, "{claims}");
    }

    #[test]
    fn claims_are_read() {
        check(
            r#"{"iss":"https://a","aud":["b","c"],"sub":"system:serviceaccount:d:e","exp":0}"#,
            "of system:serviceaccount:d:e, issued by https://a, for b, c, until 1970-01-01T00:00:00Z",
        );
        check(r#"{"aud":"b","exp":"soon"}"#, "for b");
        check(&format!(r#"{{"iss":"{}"}}"#, "x".repeat(900)), &format!("issued by {}", "x".repeat(256)));
        check("{\"iss\":\"a\\u001b[31m\"}", "issued by a[31m");
    }

    #[test]
    fn what_is_no_web_token_says_nothing() {
        for token in ["abc", "a.b", "a.b.c", "a.b.c.d", "", "e30.W10.c2ln", "abcdef.0123456789abcdef"] {
            assert_eq!(TokenFacts::claimed(token), TokenFacts::default(), "{token}");
        }
    }
}

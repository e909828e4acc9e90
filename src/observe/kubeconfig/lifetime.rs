//! How long the credential of a kubeconfig lives, as it says itself. It repeats nothing of the credential but that.

use crate::certs::inspect;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::Value;

/// What kind of credential it is, and from when until when it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    credential: &'static str,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Lifetime {
    /// That of a client certificate; `None` where it is not one that can be read.
    pub(super) fn of_certificate(der: &[u8]) -> Option<Self> {
        let facts = inspect::inspect(der).ok()?;
        Some(Self {
            credential: "client certificate",
            from: Some(facts.not_before),
            until: Some(facts.not_after),
        })
    }

    /// That of a bearer token; `None` where it is no JSON Web Token.
    ///
    /// Its signature is not looked at: only the server that takes it can judge that.
    pub(super) fn of_token(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let (_, payload, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
            return None;
        };
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        let moment = |name: &str| Timestamp::from_second(claims[name].as_i64()?).ok();
        Some(Self { credential: "token", from: moment("nbf"), until: moment("exp") })
    }

    /// Why it cannot be taken at this time, as a sentence; `None` where it says nothing against that.
    #[must_use]
    pub fn fault(&self, now: Timestamp) -> Option<String> {
        let Self { credential, .. } = self;
        match (self.from, self.until) {
            (_, Some(until)) if until < now => {
                Some(format!("the {credential} of the kubeconfig expired on {until}"))
            }
            (Some(from), _) if from > now => {
                Some(format!("the {credential} of the kubeconfig is not valid before {from}"))
            }
            _ => None,
        }
    }
}

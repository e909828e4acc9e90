//! Bearer tokens of service accounts: those that are good from the start and those that are asked for later. It authorizes nothing.

use super::{clock::Clock, seed::Seed, spec::LabSpec};
use crate::model::{component::Component, question::AccountRef};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// All tokens of the cluster.
pub(super) struct Tokens {
    issuer: String,
    seed: Seed,
    known: Mutex<BTreeMap<String, Token>>,
}

/// A token that the cluster knows.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) account: AccountRef,
    pub(super) audiences: Vec<String>,
    pub(super) until: Timestamp,
}

/// Why a token is not accepted. Only a `TokenReview` says it; everything else answers 401 to all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BadToken {
    /// Not one that this cluster has issued.
    Unknown,
    /// Its time is over.
    Expired,
    /// It is for others.
    Audience { of_token: Vec<String>, wanted: Vec<String> },
}

impl Tokens {
    /// The tokens that the spec gives.
    pub(super) fn new(spec: &LabSpec) -> Self {
        let issuer = spec
            .components
            .iter()
            .find(|component| component.component == Component::ApiServer)
            .and_then(|component| component.flag("service-account-issuer"))
            .unwrap_or("https://kubernetes.default.svc.cluster.local");
        let known = spec.tokens.iter().map(|token| {
            let known = Token {
                account: token.account.clone(),
                audiences: token.audiences.clone(),
                until: spec.now.saturating_add(token.until).unwrap_or(spec.now),
            };
            (token.text.clone(), known)
        });
        Self { issuer: issuer.to_owned(), seed: Seed(spec.seed), known: Mutex::new(known.collect()) }
    }

    /// The audience that tokens have where none is asked for, and that the cluster's own servers expect.
    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Whose token this is, if it is good now for one of the audiences; and for which of them it is.
    pub(super) fn look_up(
        &self,
        text: &str,
        audiences: &[String],
        clock: &Clock,
    ) -> Result<(AccountRef, Vec<String>), BadToken> {
        let known = self.lock();
        let token = known.get(text).ok_or(BadToken::Unknown)?;
        if token.until <= clock.now() {
            return Err(BadToken::Expired);
        }
        let shared: Vec<String> =
            audiences.iter().filter(|audience| token.audiences.contains(audience)).cloned().collect();
        if shared.is_empty() {
            return Err(BadToken::Audience { of_token: token.audiences.clone(), wanted: audiences.to_vec() });
        }
        Ok((token.account.clone(), shared))
    }

    /// Issues a token; the text looks like a JWT and nothing is signed.
    pub(super) fn issue(&self, token: Token, uid: &str, lifetime: SignedDuration) -> String {
        let mut known = self.lock();
        let id = self.seed.uuid(&format!("token {}", known.len()));
        let until = token.until.as_second();
        let since = until.saturating_sub(lifetime.as_secs());
        let header = json!({"alg": "ES256", "kid": self.seed.hex::<16>("service account key")});
        let claims = json!({
            "aud": token.audiences,
            "exp": until,
            "iat": since,
            "iss": self.issuer,
            "jti": id,
            "kubernetes.io": {
                "namespace": token.account.namespace,
                "serviceaccount": {"name": token.account.name, "uid": uid},
            },
            "nbf": since,
            "sub": token.account.user_name(),
        });
        let text = [
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(claims.to_string()),
            URL_SAFE_NO_PAD.encode(self.seed.bytes::<64>(&id)),
        ]
        .join(".");
        known.insert(text.clone(), token);
        text
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Token>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for BadToken {
    /// In the words of a `TokenReview`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("invalid bearer token"),
            Self::Expired => f.write_str("[invalid bearer token, service account token has expired]"),
            Self::Audience { of_token, wanted } => write!(
                f,
                "[invalid bearer token, token audiences {} is invalid for the target audiences {}]",
                list(of_token),
                list(wanted)
            ),
        }
    }
}

/// A list as Go prints it with `%q`.
fn list(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| format!("{text:?}")).collect();
    format!("[{}]", quoted.join(" "))
}

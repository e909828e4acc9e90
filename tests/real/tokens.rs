//! Tokens of service accounts as nobody would issue them: long over, of another issuer, of another key.

use crate::pki::AccountKey;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use time::OffsetDateTime;

/// The issuer and the audience of kubeadm's API servers.
pub(crate) const ISSUER: &str = "https://kubernetes.default.svc.cluster.local";

/// What a token claims.
#[derive(Clone, Debug)]
pub(crate) struct Claims {
    pub(crate) namespace: String,
    pub(crate) account: String,
    /// The account's, as the API server knows it.
    pub(crate) uid: String,
    pub(crate) issuer: String,
    pub(crate) audience: String,
    /// When it ends, in seconds from now.
    pub(crate) until: i64,
}

impl Claims {
    /// Those of a token that would be accepted, with the right key.
    pub(crate) fn of(namespace: &str, account: &str, uid: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            account: account.to_owned(),
            uid: uid.to_owned(),
            issuer: ISSUER.to_owned(),
            audience: ISSUER.to_owned(),
            until: 3600,
        }
    }

    /// The token.
    pub(crate) fn signed(&self, key: &AccountKey) -> String {
        let now = OffsetDateTime::now_utc().unix_timestamp();
        let begin = now.min(now + self.until) - 3600;
        let claims = json!({
            "iss": self.issuer, "aud": [self.audience],
            "iat": begin, "nbf": begin, "exp": now + self.until,
            "sub": format!("system:serviceaccount:{}:{}", self.namespace, self.account),
            "kubernetes.io": {
                "namespace": self.namespace, "serviceaccount": {"name": self.account, "uid": self.uid},
            },
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&json!({"alg": "ES256"})), part(&claims));
        let signature = URL_SAFE_NO_PAD.encode(key.sign(text.as_bytes()));
        format!("{text}.{signature}")
    }
}

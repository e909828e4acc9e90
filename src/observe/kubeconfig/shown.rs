//! What a client shows to the API server and to a proxy: the secrets that these can repeat. Nothing of it may be printed.

use crate::{model::secret::Secret, observe::files};
use serde_json::Value;

/// The entries of a user that are sent as they are.
const SENT: [&str; 2] = ["token", "password"];

/// Token and password of the user, those of an auth-provider, and the password of the proxy.
pub(super) fn secrets(config: &kube::Config) -> Vec<Secret<String>> {
    // The one way to see what kube keeps from view; it does not leave this function but in custody.
    let user = serde_json::to_value(&config.auth_info).unwrap_or_default();
    let provider = user["auth-provider"]["config"].as_object().into_iter().flatten();
    let of_provider = provider.filter(|(name, _)| name.contains("token")).map(|(_, value)| value);
    let of_user = SENT.iter().map(|name| &user[*name]);
    let in_entries = of_user.chain(of_provider).filter_map(Value::as_str).map(str::to_owned);
    let in_file = config.auth_info.token_file.as_deref().and_then(|path| {
        let bytes = files::bytes(path.as_ref()).ok()?;
        Some(String::from_utf8_lossy(&bytes).trim().to_owned())
    });
    let of_proxy = config.proxy_url.as_ref().and_then(|url| {
        let (user, _) = url.authority()?.as_str().rsplit_once('@')?;
        Some(user.split_once(':')?.1.to_owned())
    });
    in_entries.chain(in_file).chain(of_proxy).filter(|secret| !secret.is_empty()).map(Secret::new).collect()
}

//! Short-lived tokens of service accounts, on request.

use super::{body, path::Resource};
use crate::{
    lab::{
        cluster::Cluster,
        json::escape,
        reply::{Refusal, Reply},
        request::Ask,
        store::uid,
        tokens::Token,
    },
    model::question::AccountRef,
};
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

const GROUP: &str = "authentication.k8s.io";
/// What a token lives where nothing is asked for.
const DEFAULT_SECONDS: i64 = 3600;
/// Less is refused.
const LEAST_SECONDS: i64 = 600;

/// Issues a token of the account that the path names.
pub(super) fn create(cluster: &Cluster, resource: &Resource, ask: &Ask) -> Result<Reply, Refusal> {
    let account = AccountRef { namespace: resource.namespace.clone(), name: resource.name.clone() };
    if cluster.store().core("serviceaccounts", &account.namespace, &account.name).is_none() {
        return Err(Refusal::no_such_object("", "serviceaccounts", &account.name));
    }
    let asked = body::read(ask, "TokenRequest")?;
    let seconds = asked["spec"]["expirationSeconds"].as_i64().unwrap_or(DEFAULT_SECONDS);
    if seconds < LEAST_SECONDS {
        let problem = format!(
            "spec.expirationSeconds: Invalid value: {seconds}: may not specify a duration less than 10 minutes"
        );
        return Err(Refusal::invalid(GROUP, "TokenRequest", &account.name, &problem));
    }
    let mut audiences: Vec<String> = asked["spec"]["audiences"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    if audiences.is_empty() {
        audiences.push(cluster.tokens().issuer().to_owned());
    }
    let now = cluster.clock().now();
    let lifetime = SignedDuration::from_secs(seconds);
    let until = now.saturating_add(lifetime).unwrap_or(now);
    let id = uid(cluster.seed(), "ServiceAccount", &account.namespace, &account.name);
    let token = Token { account: account.clone(), audiences: audiences.clone(), until };
    let text = cluster.tokens().issue(token, &id, lifetime);
    // Kubernetes writes whole seconds.
    let second = |at: jiff::Timestamp| jiff::Timestamp::from_second(at.as_second()).unwrap_or(at);
    let answer = json!({
        "kind": "TokenRequest",
        "apiVersion": format!("{GROUP}/v1"),
        "metadata": {
            "name": account.name,
            "namespace": account.namespace,
            "creationTimestamp": second(now),
        },
        "spec": {"audiences": audiences, "expirationSeconds": seconds, "boundObjectRef": null},
        "status": {"token": text, "expirationTimestamp": second(until)},
    });
    Ok(Reply::json(StatusCode::CREATED, escape(&answer.to_string()) + "\n"))
}

//! Network policies, as far as connections to pods go.

use super::{
    DecodeError,
    objects::{Pairs, RawMeta, pairs},
    read,
};
use crate::model::network_policy::{IngressRule, NetworkPolicy, Peer, PolicyPort, Selector};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

#[derive(Deserialize)]
struct RawPolicy {
    metadata: Option<RawMeta>,
    spec: Option<RawSpec>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawSpec {
    pod_selector: Option<RawSelector>,
    policy_types: Option<Vec<String>>,
    ingress: Option<Vec<RawRule>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawSelector {
    match_labels: Pairs,
    match_expressions: Option<Vec<RawExpression>>,
}

#[derive(Deserialize)]
struct RawExpression {
    key: Option<String>,
    operator: Option<String>,
    values: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct RawRule {
    from: Option<Vec<RawPeer>>,
    ports: Option<Vec<RawPort>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPeer {
    pod_selector: Option<RawSelector>,
    namespace_selector: Option<RawSelector>,
    ip_block: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPort {
    port: Option<Value>,
    end_port: Option<u16>,
}

/// A network policy.
///
/// # Errors
/// If it is no policy or has no name.
pub fn network_policy(value: &Value) -> Result<NetworkPolicy, DecodeError> {
    const WHAT: &str = "network policy";
    let raw: RawPolicy = read(value, WHAT)?;
    let meta = raw.metadata.ok_or(DecodeError::Nameless(WHAT))?;
    let spec = raw.spec.unwrap_or_default();
    // A policy that names no type is about connections to pods.
    let is_ingress = spec
        .policy_types
        .as_ref()
        .is_none_or(|types| types.is_empty() || types.iter().any(|it| it == "Ingress"));
    Ok(NetworkPolicy {
        namespace: meta.namespace.unwrap_or_default(),
        name: meta.name.filter(|name| !name.is_empty()).ok_or(DecodeError::Nameless(WHAT))?,
        pods: selector(spec.pod_selector.unwrap_or_default()),
        ingress: is_ingress.then(|| spec.ingress.unwrap_or_default().into_iter().map(rule).collect()),
    })
}

fn selector(raw: RawSelector) -> Selector {
    let expressions = raw.match_expressions.unwrap_or_default().into_iter();
    Selector {
        labels: pairs(raw.match_labels),
        expressions: expressions
            .filter_map(|raw| Some((raw.key?, raw.operator?, raw.values.unwrap_or_default())))
            .collect(),
    }
}

fn rule(raw: RawRule) -> IngressRule {
    let peer = |raw: RawPeer| Peer {
        pods: raw.pod_selector.map(selector),
        namespaces: raw.namespace_selector.map(selector),
        is_address: raw.ip_block.is_some(),
    };
    let port = |raw: RawPort| {
        let (number, name) = match raw.port {
            Some(Value::String(name)) => (None, Some(name)),
            Some(number) => (number.as_u64().and_then(|port| u16::try_from(port).ok()), None),
            None => (None, None),
        };
        PolicyPort { number, end: raw.end_port, name }
    };
    IngressRule {
        from: raw.from.unwrap_or_default().into_iter().map(peer).collect(),
        ports: raw.ports.unwrap_or_default().into_iter().map(port).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_rules_and_tells_none_from_nothing() {
        let of = |spec: Value| {
            network_policy(&json!({"metadata": {"name": "p", "namespace": "n"}, "spec": spec})).unwrap()
        };
        let seen = of(
            json!({"podSelector": {"matchLabels": {"app": "dca"}}, "policyTypes": ["Ingress"], "ingress": [{
            "from": [{"podSelector": {}}, {"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [{"port": 5005}, {"port": "agentport"}]}]}),
        );
        let rule = &seen.ingress.as_ref().unwrap()[0];
        assert_eq!((rule.from[0].is_address, rule.from[1].is_address), (false, true));
        assert_eq!((rule.ports[0].number, rule.ports[1].name.as_deref()), (Some(5005), Some("agentport")));
        assert_eq!(of(json!({"podSelector": {}})).ingress, Some(Vec::new()));
        assert_eq!(of(json!({"policyTypes": ["Egress"]})).ingress, None);
    }
}

//! Network policies, and whether they let a connection to a pod through: a pure reading of the API's own rules.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A network policy, as far as connections to pods go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkPolicy {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The pods that it is about; all of its namespace where it is empty.
    pub pods: Selector,
    /// What may reach them; `None` where it says nothing of connections to them.
    pub ingress: Option<Vec<IngressRule>>,
}

/// A label selector in the form of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selector {
    /// Labels with their values.
    pub labels: BTreeMap<String, String>,
    /// Requirements: key, operator, values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expressions: Vec<(String, String, Vec<String>)>,
}

/// One rule: it lets through what comes from one of its peers to one of its ports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngressRule {
    /// From whom; from everybody where it is empty.
    pub from: Vec<Peer>,
    /// To which ports; to all where it is empty.
    pub ports: Vec<PolicyPort>,
}

/// A source of connections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// Pods by their labels; with `namespaces` those of other namespaces, without of the policy's own.
    pub pods: Option<Selector>,
    /// Namespaces by their labels.
    pub namespaces: Option<Selector>,
    /// A range of addresses, which is said to be there and no more.
    pub is_address: bool,
}

/// A port of a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyPort {
    /// Its number; `None` for all of a protocol.
    pub number: Option<u16>,
    /// The last of a range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<u16>,
    /// Its name, where it is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Who wants to connect: labels of the pod and of its namespace.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The namespace.
    pub namespace: &'a str,
    /// The namespace's labels.
    pub namespace_labels: &'a BTreeMap<String, String>,
    /// The pod's labels.
    pub labels: &'a BTreeMap<String, String>,
}

/// What policies make of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage<'a> {
    /// No policy is about the pod.
    Open,
    /// A rule lets it through.
    Allowed(&'a NetworkPolicy),
    /// Policies are about the pod, and none lets it through.
    Denied(&'a NetworkPolicy),
    /// A rule about addresses may let it through, which labels do not tell.
    Undecided(&'a NetworkPolicy),
}

impl Selector {
    /// Whether labels satisfy it; an empty one is satisfied by all.
    #[must_use]
    pub fn selects(&self, labels: &BTreeMap<String, String>) -> bool {
        self.labels.iter().all(|(key, value)| labels.get(key) == Some(value))
            && self.expressions.iter().all(|(key, operator, values)| {
                let value = labels.get(key);
                match operator.as_str() {
                    "In" => value.is_some_and(|value| values.contains(value)),
                    "NotIn" => value.is_none_or(|value| !values.contains(value)),
                    "Exists" => value.is_some(),
                    "DoesNotExist" => value.is_none(),
                    _ => false,
                }
            })
    }
}

/// What policies make of a connection from a pod to a port of another pod.
///
/// Policies add up: what one of them lets through goes through. Source: the API's documentation of `NetworkPolicy`.
/// A pod on its node's network has the node's address, of which labels tell nothing; callers must not ask for it.
#[must_use]
pub fn passage<'a>(
    policies: &'a [NetworkPolicy],
    from: Source<'_>,
    to: Source<'_>,
    port: (u16, Option<&str>),
) -> Passage<'a> {
    let mut denied = None;
    let mut undecided = None;
    for policy in policies {
        let Some(rules) = &policy.ingress else { continue };
        if policy.namespace != to.namespace || !policy.pods.selects(to.labels) {
            continue;
        }
        denied.get_or_insert(policy);
        for rule in rules.iter().filter(|rule| rule.reaches(port)) {
            if rule.from.is_empty() || rule.from.iter().any(|peer| peer.is(policy, from)) {
                return Passage::Allowed(policy);
            }
            if rule.from.iter().any(|peer| peer.is_address) {
                undecided.get_or_insert(policy);
            }
        }
    }
    match (denied, undecided) {
        (None, _) => Passage::Open,
        (_, Some(policy)) => Passage::Undecided(policy),
        (Some(policy), None) => Passage::Denied(policy),
    }
}

impl IngressRule {
    fn reaches(&self, (number, name): (u16, Option<&str>)) -> bool {
        self.ports.is_empty()
            || self.ports.iter().any(|port| match (port.number, &port.name) {
                (Some(first), _) => (first..=port.end.unwrap_or(first)).contains(&number),
                (None, Some(named)) => Some(named.as_str()) == name,
                (None, None) => true,
            })
    }
}

impl Peer {
    fn is(&self, policy: &NetworkPolicy, from: Source<'_>) -> bool {
        if self.is_address {
            return false;
        }
        let of_namespace = match &self.namespaces {
            Some(selector) => selector.selects(from.namespace_labels),
            None => policy.namespace == from.namespace,
        };
        of_namespace && self.pods.as_ref().is_none_or(|selector| selector.selects(from.labels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn selector(pairs: &[(&str, &str)]) -> Selector {
        Selector { labels: labels(pairs), expressions: Vec::new() }
    }

    fn policy(from: Vec<Peer>, port: u16) -> NetworkPolicy {
        let ports = vec![PolicyPort { number: Some(port), ..PolicyPort::default() }];
        NetworkPolicy {
            namespace: "datadog".to_owned(),
            name: "p".to_owned(),
            pods: selector(&[("app", "dca")]),
            ingress: Some(vec![IngressRule { from, ports }]),
        }
    }

    fn check(policies: &[NetworkPolicy], namespace: &str, expected: &str) {
        let (of_namespace, of_pod) = (labels(&[("name", namespace)]), labels(&[("app", "agent")]));
        let (none, target) = (labels(&[]), labels(&[("app", "dca")]));
        let from = Source { namespace, namespace_labels: &of_namespace, labels: &of_pod };
        let to = Source { namespace: "datadog", namespace_labels: &none, labels: &target };
        let found = match passage(policies, from, to, (5005, Some("agentport"))) {
            Passage::Open => "open",
            Passage::Allowed(_) => "allowed",
            Passage::Denied(_) => "denied",
            Passage::Undecided(_) => "undecided",
        };
        assert_eq!(found, expected, "{policies:?} from {namespace}");
    }

    #[test]
    fn policies_add_up() {
        let own = || Peer { pods: Some(selector(&[("app", "agent")])), ..Peer::default() };
        let shop = || Peer { namespaces: Some(selector(&[("name", "shop")])), ..Peer::default() };
        let address = || Peer { is_address: true, ..Peer::default() };
        check(&[], "shop", "open");
        check(&[policy(vec![own()], 5005)], "datadog", "allowed");
        check(&[policy(vec![own()], 5005)], "shop", "denied");
        check(&[policy(vec![own()], 5000)], "datadog", "denied");
        check(&[policy(vec![own()], 5000), policy(vec![shop()], 5005)], "shop", "allowed");
        check(&[policy(Vec::new(), 5005)], "shop", "allowed");
        check(&[policy(vec![address()], 5005)], "shop", "undecided");
        let silent = NetworkPolicy { ingress: None, ..policy(Vec::new(), 5005) };
        check(&[silent], "shop", "open");
    }
}

//! From the JSON of Kubernetes to the slim facts of the model: pure, tolerant of `null` everywhere, and the place where
//! secrets are left behind. Nothing here knows where the JSON came from.

mod addresses;
mod allowed;
mod annotations;
mod applications;
mod bindings;
mod checks;
pub(super) mod flags;
mod installed;
mod kubelet;
mod log;
mod objects;
mod policies;
mod settings;
mod surroundings;
mod templates;
mod told;

pub use addresses::{address, addresses};
pub use annotations::service;
pub use applications::applications;
pub use bindings::{binding, role};
pub use checks::config_map;
pub use installed::{installed_datadog_agent, release, served_by};
pub use kubelet::kubelet_config;
pub use log::log;
pub use objects::{api_groups, named, node, pod, version};
pub use policies::network_policy;
pub use settings::{datadog_agent_settings, helm_values};
pub use surroundings::{
    api_service, datadog_agent, endpoint_slice, event, lease, namespace, service_account, signing_request,
    static_pods, webhooks,
};
pub use templates::{specification, workload};
pub use told::told;

use crate::model::{
    answer::{Answer, Listed},
    facts::{AnnotatedService, Named, Node, Pod},
    resource::Resource,
    rights::Binding,
    workload::Workload,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt;

/// Why JSON is not the object that it should be. It never quotes the JSON, which may hold secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// It has fields of other types than that kind of object has.
    Shape(&'static str),
    /// It has no name.
    Nameless(&'static str),
    /// It has no items.
    NotAList(&'static str),
    /// It is no JSON.
    NotJson(&'static str),
}

/// A list of nodes.
///
/// # Errors
/// If it is no list, or if an item is no node.
pub fn nodes(list: &Value) -> Result<Listed<Node>, DecodeError> {
    listed_by(list, "list of nodes", node)
}

/// A list of pods.
///
/// # Errors
/// If it is no list, or if an item is no pod.
pub fn pods(list: &Value) -> Result<Listed<Pod>, DecodeError> {
    listed_by(list, "list of pods", pod)
}

/// A list of `DaemonSets` or of Deployments, or of both.
///
/// # Errors
/// If it is no list, or if an item is no workload.
pub fn workloads(list: &Value) -> Result<Listed<Workload>, DecodeError> {
    listed_by(list, "list of workloads", |item| workload(item, &item_kind(list, item)))
}

/// A list of pods as what their specifications would be as templates of workloads.
///
/// # Errors
/// If it is no list, or if an item is no pod.
pub fn specifications(list: &Value) -> Result<Listed<Workload>, DecodeError> {
    listed_by(list, "list of pods", specification)
}

/// Those of a list of Services that configure checks.
///
/// # Errors
/// If it is no list, or if an item is no Service.
pub fn services(list: &Value) -> Result<Listed<AnnotatedService>, DecodeError> {
    let Listed { items, complete } = listed_by(list, "list of Services", service)?;
    Ok(Listed { items: items.into_iter().flatten().collect(), complete })
}

/// A list of `ClusterRoleBindings`.
///
/// # Errors
/// If it is no list, or if an item is no binding.
pub fn bindings(list: &Value) -> Result<Listed<Binding>, DecodeError> {
    listed_by(list, "list of role bindings", binding)
}

/// A list of one of the kinds that stand around the agents.
///
/// # Errors
/// If it is no list, if an item is not what it should be, or if the kind is none of these.
pub fn around(list: &Value, resource: Resource) -> Result<Answer, DecodeError> {
    Ok(match resource {
        Resource::Events => Answer::Events(listed_by(list, "list of events", event)?),
        Resource::Leases => Answer::Leases(listed_by(list, "list of leases", lease)?),
        Resource::NetworkPolicies => {
            Answer::NetworkPolicies(listed_by(list, "list of network policies", network_policy)?)
        }
        Resource::EndpointSlices => {
            Answer::EndpointSlices(listed_by(list, "list of endpoint slices", endpoint_slice)?)
        }
        Resource::ApiServices => Answer::ApiServices(listed_by(list, "list of APIServices", api_service)?),
        Resource::SigningRequests => {
            Answer::SigningRequests(listed_by(list, "list of requests for certificates", signing_request)?)
        }
        Resource::Webhooks => Answer::Webhooks(webhooks(list)?),
        Resource::DatadogAgents => {
            Answer::DatadogAgents(listed_by(list, "list of DatadogAgents", datadog_agent)?)
        }
        Resource::Nodes
        | Resource::Pods
        | Resource::Namespaces
        | Resource::DaemonSets
        | Resource::Deployments
        | Resource::Services
        | Resource::ClusterRoleBindings => return Err(DecodeError::Shape("list")),
    })
}

/// The names in a list of anything, such as a `PartialObjectMetadataList`.
///
/// # Errors
/// If it is no list, or if an item has no name.
pub fn names(list: &Value) -> Result<Listed<Named>, DecodeError> {
    listed_by(list, "list of names", named)
}

/// The kind of an item: its own, or that of its list. The API server leaves the kind of items out, kubectl does not.
#[must_use]
pub fn item_kind(list: &Value, item: &Value) -> String {
    let of_list = || list["kind"].as_str().and_then(|kind| kind.strip_suffix("List"));
    item["kind"].as_str().or_else(of_list).unwrap_or_default().to_owned()
}

/// Whether the API server held nothing back from a list.
#[must_use]
pub fn is_complete(list: &Value) -> bool {
    list["metadata"]["continue"].as_str().unwrap_or_default().is_empty()
}

/// A list of anything, by what an item is.
///
/// # Errors
/// If it is no list, or if an item is not what it should be.
pub fn listed_by<T>(
    list: &Value,
    what: &'static str,
    item: impl Fn(&Value) -> Result<T, DecodeError>,
) -> Result<Listed<T>, DecodeError> {
    // An empty list is written as `[]` by some API servers and as `null` by others.
    let items = match &list["items"] {
        Value::Array(items) => items.iter().map(item).collect::<Result<_, _>>()?,
        Value::Null if list.get("items").is_some() => Vec::new(),
        _ => return Err(DecodeError::NotAList(what)),
    };
    Ok(Listed { items, complete: is_complete(list) })
}

fn read<T: DeserializeOwned>(value: &Value, what: &'static str) -> Result<T, DecodeError> {
    T::deserialize(value).map_err(|_| DecodeError::Shape(what))
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape(what) => write!(f, "{what} with fields of unexpected types"),
            Self::Nameless(what) => write!(f, "{what} without a name"),
            Self::NotAList(what) => write!(f, "{what} without items"),
            Self::NotJson(what) => write!(f, "{what} that is no JSON"),
        }
    }
}

impl std::error::Error for DecodeError {}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tells_whole_lists_from_pages() {
        let page = json!({"metadata": {"continue": "abc", "remainingItemCount": 9}, "items": [{"metadata": {"name": "a"}}]});
        assert!(!nodes(&page).unwrap().complete);
        let whole = json!({"metadata": {"continue": ""}, "items": [{"metadata": {"name": "a"}}]});
        assert!(nodes(&whole).unwrap().complete);
        assert_eq!(nodes(&json!({"items": null})).unwrap(), Listed { items: Vec::new(), complete: true });
    }

    #[test]
    fn refuses_what_is_no_list() {
        assert_eq!(nodes(&json!({"kind": "Status"})), Err(DecodeError::NotAList("list of nodes")));
        assert_eq!(names(&json!({"items": [{}]})), Err(DecodeError::Nameless("object")));
        assert_eq!(pods(&json!({"items": [{"metadata": {"name": 1}}]})), Err(DecodeError::Shape("pod")));
    }

    #[test]
    fn knows_the_kind_of_items_from_either_place() {
        let list = json!({"kind": "DaemonSetList", "items": [{"metadata": {"name": "a", "namespace": "b"}}]});
        assert_eq!(workloads(&list).unwrap().items[0].kind, "DaemonSet");
        let list = json!({"kind": "List", "items": [{"kind": "Deployment", "metadata": {"name": "a"}}]});
        assert_eq!(workloads(&list).unwrap().items[0].kind, "Deployment");
    }
}

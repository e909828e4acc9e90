//! Where the kubelets of nodes are, and nothing else of them: a node is some 12 KB, most of it names of images.

use super::{DecodeError, read};
use crate::model::{answer::Listed, facts::Node};
use serde::Deserialize;
use serde_json::{Value, error::Category};

/// A page of nodes.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// Of each no more than its name and where its kubelet is.
    pub nodes: Listed<Node>,
    /// What to ask the next page with; empty where there is none.
    pub next: String,
}

#[derive(Deserialize)]
struct RawPage {
    metadata: Option<RawListMeta>,
    // An empty list is `[]` or `null`, but what is no list has none at all.
    #[serde(deserialize_with = "Option::deserialize")]
    items: Option<Vec<RawNode>>,
}

#[derive(Deserialize)]
struct RawListMeta {
    #[serde(rename = "continue")]
    next: Option<String>,
}

#[derive(Deserialize)]
struct RawNode {
    metadata: Option<RawName>,
    status: Option<RawStatus>,
}

#[derive(Deserialize)]
struct RawName {
    name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawStatus {
    addresses: Option<Vec<RawAddress>>,
    daemon_endpoints: Option<RawDaemonEndpoints>,
}

#[derive(Deserialize)]
pub(super) struct RawAddress {
    #[serde(rename = "type")]
    kind: Option<String>,
    address: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawDaemonEndpoints {
    kubelet_endpoint: Option<RawDaemonEndpoint>,
}

#[derive(Deserialize)]
struct RawDaemonEndpoint {
    // In capitals since the first version of the API.
    #[serde(rename = "Port")]
    port: Option<u16>,
}

/// A page of nodes, from the text of the answer: as a tree it would need several times the memory, and most of the time.
///
/// # Errors
/// If it is no list of nodes.
pub fn addresses(text: &[u8]) -> Result<Page, DecodeError> {
    let what = "list of nodes";
    let page: RawPage = serde_json::from_slice(text).map_err(|error| match error.classify() {
        Category::Data => DecodeError::Shape(what),
        Category::Io | Category::Syntax | Category::Eof => DecodeError::NotJson(what),
    })?;
    let next = page.metadata.and_then(|metadata| metadata.next).unwrap_or_default();
    let items = page.items.unwrap_or_default().into_iter().map(slim).collect::<Result<_, _>>()?;
    Ok(Page { nodes: Listed { items, complete: next.is_empty() }, next })
}

/// A node of which no more is kept than where its kubelet is.
///
/// # Errors
/// If it is no node or has no name.
pub fn address(value: &Value) -> Result<Node, DecodeError> {
    slim(read(value, "node")?)
}

/// The addresses of a node, by their type.
pub(super) fn pairs(raw: Option<Vec<RawAddress>>) -> Vec<(String, String)> {
    raw.unwrap_or_default().into_iter().filter_map(|raw| Some((raw.kind?, raw.address?))).collect()
}

/// The port of a node's kubelet.
pub(super) fn port(raw: Option<RawDaemonEndpoints>) -> Option<u16> {
    raw?.kubelet_endpoint?.port
}

fn slim(raw: RawNode) -> Result<Node, DecodeError> {
    let name = raw.metadata.and_then(|metadata| metadata.name).filter(|name| !name.is_empty());
    let status = raw.status.unwrap_or_default();
    Ok(Node {
        name: name.ok_or(DecodeError::Nameless("node"))?,
        addresses: pairs(status.addresses),
        kubelet_port: port(status.daemon_endpoints),
        ..Node::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_more_is_kept_of_a_node_than_where_its_kubelet_is() {
        let node = json!({
            "metadata": {"name": "n", "labels": {"a": "b"}},
            "spec": {"providerID": "kind://n"},
            "status": {
                "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}, {"type": "Hostname"}],
                "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
                "images": [{"names": ["a"]}],
            },
        });
        let slim = Node {
            name: "n".to_owned(),
            addresses: vec![("InternalIP".to_owned(), "10.0.0.1".to_owned())],
            kubelet_port: Some(10250),
            ..Node::default()
        };
        assert_eq!(address(&node).unwrap(), slim);
        let list = json!({"metadata": {"continue": "abc"}, "items": [node]}).to_string();
        let nodes = Listed { items: vec![slim], complete: false };
        assert_eq!(addresses(list.as_bytes()).unwrap(), Page { nodes, next: "abc".to_owned() });
    }

    #[test]
    fn an_empty_page_is_a_list_and_what_has_no_items_is_none() {
        for text in [r#"{"items": []}"#, r#"{"items": null, "metadata": {"continue": null}}"#] {
            let nodes = Listed { items: Vec::new(), complete: true };
            assert_eq!(addresses(text.as_bytes()).unwrap(), Page { nodes, next: String::new() }, "{text}");
        }
        for (text, error) in [
            (r#"{"kind": "Status"}"#, DecodeError::Shape("list of nodes")),
            (r#"{"items": [{"status": []}]}"#, DecodeError::Shape("list of nodes")),
            (r#"{"items": [{"metadata": {"name": ""}}]}"#, DecodeError::Nameless("node")),
            (r#"{"items": ["#, DecodeError::NotJson("list of nodes")),
            ("<html>", DecodeError::NotJson("list of nodes")),
        ] {
            assert_eq!(addresses(text.as_bytes()), Err(error), "{text}");
        }
    }
}

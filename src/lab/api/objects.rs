//! Lists and single objects, whole or as metadata, page by page. Who may see them was decided before.

use super::{path::Resource, selector::Selector};
use crate::lab::{
    cluster::Cluster,
    json::escape,
    renewal::renewed,
    reply::{Refusal, Reply},
    request::Ask,
    store::{Key, Kind},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{StatusCode, header};
use serde_json::{Value, json};

/// How much of each object is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Whole,
    Metadata,
}

/// One object.
pub(super) fn get(cluster: &Cluster, ask: &Ask, kind: &Kind, resource: &Resource) -> Result<Reply, Refusal> {
    let shape = shape(ask, "PartialObjectMetadata")?;
    let namespace = if kind.namespaced { resource.namespace.as_str() } else { "" };
    let object = cluster
        .store()
        .get(kind, namespace, &resource.name)
        .ok_or_else(|| Refusal::no_such_object(kind.group, kind.plural, &resource.name))?;
    let object = renewed(cluster, kind, object);
    let text = match shape {
        Shape::Whole => object.to_string(),
        Shape::Metadata => metadata_of(&object).to_string(),
    };
    Ok(Reply::json(StatusCode::OK, escape(&text) + "\n"))
}

/// A list: of one namespace or of all, selected, and as long as the page.
pub(super) fn list(cluster: &Cluster, ask: &Ask, kind: &Kind, resource: &Resource) -> Result<Reply, Refusal> {
    let shape = shape(ask, "PartialObjectMetadataList")?;
    let labels = ask.parameter("labelSelector").unwrap_or_default();
    let fields = ask.parameter("fieldSelector").unwrap_or_default();
    let selector = Selector::parse(labels, fields, kind.plural).map_err(|problem| {
        Refusal::bad_request(format!(
            "Unable to find \"{}, Resource={}\" that match label selector \"{labels}\", field selector \"{fields}\": {problem}",
            if kind.group.is_empty() { "/v1".to_owned() } else { kind.api_version() },
            kind.plural,
        ))
    })?;
    let after = ask.parameter("continue").map(resume).transpose()?;
    let mut found = cluster
        .store()
        .of_kind(kind)
        .filter(|((namespace, _), _)| resource.namespace.is_empty() || *namespace == resource.namespace)
        .filter(|(key, _)| after.as_ref().is_none_or(|after| *key > after))
        .filter(|(_, object)| selector.selects(object));
    let limit = ask.parameter("limit").and_then(|limit| limit.parse().ok()).filter(|limit| *limit > 0);
    let page: Vec<(&Key, &Value)> = found.by_ref().take(limit.unwrap_or(usize::MAX)).collect();
    let remaining = found.count();

    let mut metadata = vec![format!("\"resourceVersion\":\"{}\"", cluster.store().version())];
    if let (true, Some((last, _))) = (remaining > 0, page.last()) {
        metadata.push(format!("\"continue\":\"{}\"", pause(cluster.store().version(), last)));
        // With a selector the API server would have to read everything to count, and does not.
        if selector.is_empty() {
            metadata.push(format!("\"remainingItemCount\":{remaining}"));
        }
    }
    let (list_kind, api_version) = match shape {
        Shape::Whole => (format!("{}List", kind.name), kind.api_version()),
        Shape::Metadata => ("PartialObjectMetadataList".to_owned(), "meta.k8s.io/v1".to_owned()),
    };
    let items: Vec<String> = page
        .into_iter()
        .map(|(_, object)| match shape {
            Shape::Whole => without_kind(&renewed(cluster, kind, object)).to_string(),
            Shape::Metadata => metadata_of(object).to_string(),
        })
        .collect();
    let text = format!(
        "{{\"kind\":\"{list_kind}\",\"apiVersion\":\"{api_version}\",\"metadata\":{{{}}},\"items\":[{}]}}\n",
        metadata.join(","),
        items.join(",")
    );
    Ok(Reply::json(StatusCode::OK, escape(&text)))
}

/// The first media type that can be served, as the client ranks them.
fn shape(ask: &Ask, partial: &str) -> Result<Shape, Refusal> {
    let accept = ask.header(header::ACCEPT).unwrap_or("*/*");
    accept.split(',').find_map(|range| acceptable(range, partial)).ok_or_else(|| Refusal {
        code: StatusCode::NOT_ACCEPTABLE,
        reason: "NotAcceptable",
        message: "only the following media types are accepted: application/json".to_owned(),
        details: None,
    })
}

fn acceptable(range: &str, partial: &str) -> Option<Shape> {
    let mut parts = range.split(';').map(str::trim);
    if !["application/json", "application/*", "*/*"].contains(&parts.next()?) {
        return None;
    }
    match parts.find_map(|part| part.strip_prefix("as=")) {
        None => Some(Shape::Whole),
        Some(wanted) if wanted == partial => Some(Shape::Metadata),
        Some(_) => None,
    }
}

/// Items of a list do not repeat what the list says.
fn without_kind(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(members) = object.as_object_mut() {
        members.remove("kind");
        members.remove("apiVersion");
    }
    object
}

fn metadata_of(object: &Value) -> Value {
    json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"]})
}

/// Where a list goes on, in the form of a real API server: a version and the first key that is left.
fn pause(version: usize, (namespace, name): &Key) -> String {
    let start =
        if namespace.is_empty() { format!("{name}\u{0}") } else { format!("{namespace}/{name}\u{0}") };
    URL_SAFE_NO_PAD.encode(json!({"v": "meta.k8s.io/v1", "rv": version, "start": start}).to_string())
}

/// The last key of the page before.
fn resume(token: &str) -> Result<Key, Refusal> {
    let start = URL_SAFE_NO_PAD
        .decode(token)
        .ok()
        .and_then(|text| serde_json::from_slice::<Value>(&text).ok())
        .and_then(|token| Some(token["start"].as_str()?.strip_suffix('\u{0}')?.to_owned()))
        .ok_or_else(|| Refusal::bad_request("continue key is not valid: encoded start key is not valid"))?;
    Ok(match start.split_once('/') {
        Some((namespace, name)) => (namespace.to_owned(), name.to_owned()),
        None => (String::new(), start),
    })
}

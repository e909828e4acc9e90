//! The log of a container, as the kubelet hands it on: lines with their times, cut as the caller wants them.

use super::path::Resource;
use crate::lab::{
    cluster::Cluster,
    reply::{Refusal, Reply},
    request::Ask,
};
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::Value;

/// Answers with the lines.
pub(super) fn read(cluster: &Cluster, ask: &Ask, resource: &Resource) -> Result<Reply, Refusal> {
    let pod = cluster
        .store()
        .core("pods", &resource.namespace, &resource.name)
        .ok_or_else(|| Refusal::no_such_object("", "pods", &resource.name))?;
    let container = container_of(ask, pod)?;
    if ask.parameter("previous") == Some("true") {
        let (name, namespace) = (&resource.name, &resource.namespace);
        return Err(Refusal::bad_request(format!(
            "previous terminated container \"{container}\" in pod \"{name}\" not found, namespace \"{namespace}\""
        )));
    }
    let number = |name: &str| ask.parameter(name).and_then(|text| text.parse::<i64>().ok());
    let now = cluster.clock().now();
    let since = number("sinceSeconds").map(SignedDuration::from_secs);
    let voice = cluster.spec().voices.values().find(|voice| voice.is_of(pod, container));
    let written = voice.map(|voice| voice.lines.as_slice()).unwrap_or_default();
    let mut lines: Vec<String> = written
        .iter()
        .filter(|line| since.is_none_or(|since| line.ago <= since))
        .map(|line| {
            let time = now.saturating_sub(line.ago).unwrap_or(now);
            if ask.parameter("timestamps") == Some("true") {
                format!("{time} {}\n", line.text)
            } else {
                format!("{}\n", line.text)
            }
        })
        .collect();
    if let Some(tail) = number("tailLines").and_then(|tail| usize::try_from(tail).ok()) {
        lines.drain(..lines.len().saturating_sub(tail));
    }
    let mut bytes = lines.concat().into_bytes();
    if let Some(limit) = number("limitBytes").and_then(|limit| usize::try_from(limit).ok()) {
        bytes.truncate(limit);
    }
    Ok(Reply::bare_text(StatusCode::OK, bytes))
}

/// The container that is asked about, which must be named where there are several.
pub(super) fn container_of<'a>(ask: &'a Ask, pod: &'a Value) -> Result<&'a str, Refusal> {
    let all = |kind: &str| {
        pod["spec"][kind].as_array().into_iter().flatten().filter_map(|one| one["name"].as_str())
    };
    let pod_name = pod["metadata"]["name"].as_str().unwrap_or_default();
    let Some(wanted) = ask.parameter("container") else {
        let first = all("containers").next();
        return first.ok_or_else(|| Refusal::bad_request("a container name must be specified"));
    };
    if all("containers").chain(all("initContainers")).any(|name| name == wanted) {
        Ok(wanted)
    } else {
        Err(Refusal::bad_request(format!("container {wanted} is not valid for pod {pod_name}")))
    }
}

//! The kubelet's own server: it refuses in plain text, and asks for rights on its node instead of on paths.

use super::{
    access::Credentials,
    bodies,
    cluster::Cluster,
    json::escape,
    reply::Reply,
    request::Ask,
    spec::{KubeletAuthorization, KubeletSpec, NodeSpec},
    store::Kind,
};
use crate::model::{component::Component, question::Permission};
use http::{Method, StatusCode};
use serde_json::{Value, json};

/// Answers a request on a node's kubelet.
pub(super) fn answer(cluster: &Cluster, node: &NodeSpec, ask: &Ask) -> Reply {
    let KubeletSpec { anonymous, webhook, authorization, .. } = node.kubelet;
    // Without an API server to ask, a token is not even looked at.
    let looked_at = Credentials { certificates: true, tokens: webhook, anonymous };
    let Ok(who) = cluster.identify(ask, looked_at) else {
        return Reply::bare_text(StatusCode::UNAUTHORIZED, "Unauthorized");
    };
    let verb = verb(&ask.method);
    let subresources = subresources(&ask.path);
    // One of them is enough.
    let may = authorization == KubeletAuthorization::AlwaysAllow
        || subresources.iter().any(|subresource| {
            let action = Permission::Resource {
                verb: verb.to_owned(),
                group: String::new(),
                resource: "nodes".to_owned(),
                subresource: Some((*subresource).to_owned()),
                namespace: None,
                name: Some(node.name.clone()),
            };
            cluster.rule(&who, &action).is_allowed()
        });
    if !may {
        let body = format!(
            "Forbidden (user={}, verb={verb}, resource=nodes, subresource(s)=[{}])\n",
            who.user,
            subresources.join(" ")
        );
        return Reply::bare_text(StatusCode::FORBIDDEN, body);
    }
    match ask.path.as_str() {
        "/configz" => Reply::json(StatusCode::OK, configuration(&node.kubelet)),
        "/healthz" => Reply::text(StatusCode::OK, "ok"),
        "/metrics" => {
            let body = bodies::of(cluster.spec(), Component::Kubelet, include_str!("bodies/kubelet.txt"));
            Reply::kubernetes_metrics(body.replace("NODE", &node.name))
        }
        "/metrics/cadvisor" => Reply::kubernetes_metrics(include_str!("bodies/cadvisor.txt")),
        "/pods" => Reply::json(StatusCode::OK, pods(cluster, node)),
        "/stats/summary" => {
            let summary =
                json!({"node": {"nodeName": node.name, "startTime": cluster.spec().set_up_at()}, "pods": []});
            Reply::json(StatusCode::OK, escape(&summary.to_string()))
        }
        _ => Reply::not_found(),
    }
}

/// What it runs with, as far as others may want to know; durations as it fills them in.
fn configuration(kubelet: &KubeletSpec) -> String {
    let mode = match kubelet.authorization {
        KubeletAuthorization::Webhook => "Webhook",
        KubeletAuthorization::AlwaysAllow => "AlwaysAllow",
    };
    include_str!("bodies/configz.json")
        .replace("ANONYMOUS", if kubelet.anonymous { "true" } else { "false" })
        .replace("WEBHOOK", if kubelet.webhook { "true" } else { "false" })
        .replace("MODE", mode)
}

/// The pods of its node.
fn pods(cluster: &Cluster, node: &NodeSpec) -> String {
    let pods: Vec<Value> = Kind::find("", "pods")
        .into_iter()
        .flat_map(|kind| cluster.store().of_kind(kind))
        .map(|(_, pod)| pod)
        .filter(|pod| pod["spec"]["nodeName"] == node.name.as_str())
        .map(|pod| {
            let mut pod = pod.clone();
            let is_static = pod["metadata"]["annotations"]["kubernetes.io/config.source"] == "file";
            if is_static && node.kubelet.static_pods_pending {
                pod["status"] = json!({"phase": "Pending"});
            }
            pod
        })
        .collect();
    escape(&json!({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": pods}).to_string()) + "\n"
}

/// What a path is a part of; since 1.36 the finer ones stand beside `proxy`, which is all of them.
///
/// Source: `pkg/kubelet/server/auth.go` of Kubernetes.
fn subresources(path: &str) -> &'static [&'static str] {
    let under =
        |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if under("/stats") {
        &["stats"]
    } else if under("/metrics") {
        &["metrics"]
    } else if under("/logs") {
        &["log"]
    } else if under("/checkpoint") {
        &["checkpoint"]
    } else if under("/pods") || under("/runningpods") {
        &["pods", "proxy"]
    } else if under("/healthz") {
        &["healthz", "proxy"]
    } else if under("/configz") {
        &["configz", "proxy"]
    } else {
        &["proxy"]
    }
}

fn verb(method: &Method) -> &'static str {
    match *method {
        Method::POST => "create",
        Method::PUT => "update",
        Method::PATCH => "patch",
        Method::DELETE => "delete",
        _ => "get",
    }
}

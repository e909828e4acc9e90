//! The small Kubernetes API of the practice cluster: only what an observer asks. It can be looked at and not be changed.

mod body;
mod discovery;
mod exec;
mod impersonate;
mod lent;
mod log;
mod objects;
mod path;
mod proxy;
mod reviews;
mod selector;
mod token_request;

use super::{
    access::Credentials,
    cluster::Cluster,
    forbidden::forbidden,
    forward,
    proxy::Journey,
    reply::{Refusal, Reply},
    request::Ask,
    store::Kind,
};
use crate::{
    model::{component::Component, question::Permission},
    rbac::Identity,
};
use http::{HeaderName, Method, header};
use jiff::fmt::rfc2822::DateTimePrinter;
use path::{Resource, Target};
use serde_json::Value;
use std::net::SocketAddr;

/// What comes of a request.
pub(super) enum Outcome {
    /// An answer.
    Reply(Reply),
    /// Connections to a pod's ports: each port with the place that is behind it, if there is one.
    Forward { pod: String, ports: Vec<(u16, Option<SocketAddr>)> },
    /// What a command in a container prints; nothing where there is no such command.
    Exec(Option<String>),
    /// A request to be made on the caller's behalf, though not in his name.
    Proxy(Journey),
}

/// Answers a request on a node's API server.
pub(super) fn answer(cluster: &Cluster, node: &str, ask: &Ask) -> Outcome {
    let spec = cluster.spec().component(Component::ApiServer, node);
    let flag = |name| spec.and_then(|spec| spec.flag(name));
    let looked_at = Credentials {
        certificates: flag("client-ca-file").is_some(),
        tokens: true,
        anonymous: flag("anonymous-auth") != Some("false"),
    };
    let Ok(who) = cluster.identify(ask, looked_at) else {
        return Outcome::Reply(signed(cluster, ask, Refusal::unauthorized().reply(), false));
    };
    let outcome = impersonate::become_another(cluster, ask, who)
        .and_then(|who| route(cluster, node, &who, ask))
        .unwrap_or_else(|status| Outcome::Reply(status.reply()));
    match outcome {
        Outcome::Reply(reply) => Outcome::Reply(signed(cluster, ask, reply, true)),
        other @ (Outcome::Forward { .. } | Outcome::Exec(_) | Outcome::Proxy(_)) => other,
    }
}

fn route(cluster: &Cluster, node: &str, who: &Identity, ask: &Ask) -> Result<Outcome, Refusal> {
    let target = Target::of(ask);
    authorize(cluster, who, &target.permission(ask))?;
    match &target {
        Target::Path => {
            let verbose = ask.query.iter().any(|(key, _)| key == "verbose");
            let reply = match ask.method {
                Method::GET | Method::HEAD => discovery::path(cluster, &ask.path, verbose),
                _ => None,
            };
            Ok(Outcome::Reply(reply.unwrap_or_else(Reply::not_found)))
        }
        Target::Resource(resource) => on_resource(cluster, node, who, ask, resource),
    }
}

/// Goes on if he may.
fn authorize(cluster: &Cluster, who: &Identity, action: &Permission) -> Result<(), Refusal> {
    let ruling = cluster.rule(who, action);
    if ruling.is_allowed() { Ok(()) } else { Err(forbidden(who, action, &ruling.reason())) }
}

fn on_resource(
    cluster: &Cluster,
    node: &str,
    who: &Identity,
    ask: &Ask,
    resource: &Resource,
) -> Result<Outcome, Refusal> {
    if let Some(body) = lent::by_eks(cluster, resource) {
        return lent::answer(ask, body).map(Outcome::Reply);
    }
    if resource.verb == "create" && resource.subresource.is_empty() {
        let review = (resource.group.as_str(), resource.plural.as_str());
        if let Some(answer) = reviews::create(cluster, who, review, ask) {
            return answer.map(Outcome::Reply);
        }
    }
    let kind = Kind::find(&resource.group, &resource.plural)
        .filter(|kind| kind.version == resource.version && is_served(cluster, kind))
        .ok_or_else(Refusal::no_such_resource)?;
    match (kind.plural, resource.subresource.as_str(), resource.verb) {
        ("serviceaccounts", "token", "create") => {
            token_request::create(cluster, resource, ask).map(Outcome::Reply)
        }
        ("pods", "portforward", "get") => port_forward(cluster, who, ask, resource),
        ("nodes", "proxy", "get") => proxy::to_node(cluster, node, ask, resource).map(Outcome::Proxy),
        ("pods", "proxy", "get") => proxy::to_pod(cluster, node, ask, resource).map(Outcome::Proxy),
        ("pods", "portforward" | "exec", "create") => Err(Refusal::bad_request(forward::ONLY)),
        ("pods", "log", "get") => log::read(cluster, ask, resource).map(Outcome::Reply),
        ("pods", "exec", "get") => {
            let pod = upgraded_pod(cluster, who, ask, resource)?;
            exec::run(cluster, ask, pod).map(Outcome::Exec)
        }
        (_, "", "list") => objects::list(cluster, ask, kind, resource).map(Outcome::Reply),
        (_, "", "get") => objects::get(cluster, ask, kind, resource).map(Outcome::Reply),
        ("nodes" | "pods", "proxy", _) | (_, "", _) => Err(Refusal::method_not_allowed()),
        _ => Err(Refusal::no_such_resource()),
    }
}

/// Whether a kind is there: those of Kubernetes itself are, others where somebody has brought them.
fn is_served(cluster: &Cluster, kind: &Kind) -> bool {
    const OF_THE_OPERATOR: &str = "datadoghq.com";
    kind.group != OF_THE_OPERATOR || cluster.spec().groups.contains(&kind.api_version())
}

fn port_forward(
    cluster: &Cluster,
    who: &Identity,
    ask: &Ask,
    resource: &Resource,
) -> Result<Outcome, Refusal> {
    let pod = upgraded_pod(cluster, who, ask, resource)?;
    let ports: Vec<(u16, Option<SocketAddr>)> = ask
        .query
        .iter()
        .filter(|(key, _)| key == "ports")
        .flat_map(|(_, ports)| ports.split(','))
        .filter_map(|port| port.trim().parse().ok())
        .map(|port| (port, cluster.network().behind(pod, port)))
        .collect();
    if ports.is_empty() {
        return Err(Refusal::bad_request("query parameter \"port\" is required"));
    }
    Ok(Outcome::Forward { pod: resource.name.clone(), ports })
}

/// The pod that a request for a WebSocket is about.
fn upgraded_pod<'a>(
    cluster: &'a Cluster,
    who: &Identity,
    ask: &Ask,
    resource: &Resource,
) -> Result<&'a Value, Refusal> {
    // Since 1.35 a WebSocket takes the right to create as well as the one to get.
    authorize(cluster, who, &resource.permission("create"))?;
    let pod = cluster
        .store()
        .core("pods", &resource.namespace, &resource.name)
        .ok_or_else(|| Refusal::no_such_object("", "pods", &resource.name))?;
    let upgrade = ask.header(header::UPGRADE).unwrap_or_default();
    if !upgrade.eq_ignore_ascii_case("websocket") {
        return Err(Refusal::bad_request("Upgrade request required"));
    }
    Ok(pod)
}

/// An answer that somebody else gave, as the API server passes it on: with its own headers, and otherwise untouched.
pub(super) fn passed_on(cluster: &Cluster, answered: Result<Reply, Refusal>, ask: &Ask) -> Reply {
    match answered {
        Ok(reply) => with_marks(cluster, reply, true),
        Err(status) => signed(cluster, ask, status.reply(), true),
    }
}

fn signed(cluster: &Cluster, ask: &Ask, reply: Reply, is_known: bool) -> Reply {
    let reply = with_marks(cluster, reply, is_known);
    if ask.wants_indented() { reply.indented() } else { reply }
}

/// The headers by which an API server is known: no other component sends them.
fn with_marks(cluster: &Cluster, reply: Reply, is_known: bool) -> Reply {
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&cluster.clock().now());
    let mut reply = reply
        .with(header::DATE, &date.unwrap_or_default())
        .with(HeaderName::from_static("audit-id"), &cluster.next_id("audit"))
        .with(header::CACHE_CONTROL, "no-cache, private");
    if is_known {
        // Requests of unknown origin are turned away before they are given a priority.
        for (header, purpose) in [
            (HeaderName::from_static("x-kubernetes-pf-flowschema-uid"), "flow schema"),
            (HeaderName::from_static("x-kubernetes-pf-prioritylevel-uid"), "priority level"),
        ] {
            reply = reply.with(header, &cluster.seed().uuid(purpose));
        }
    }
    if reply.status == http::StatusCode::FORBIDDEN {
        reply = reply.with(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    }
    reply
}

//! etcd's two HTTP listeners. Who may come in was decided by TLS, or by nobody.

use super::{bodies, reply::Reply, request::Ask, spec::LabSpec};
use crate::model::component::Component;
use http::{Method, StatusCode};

/// Answers on the client port.
pub(super) fn on_client_port(spec: &LabSpec, ask: &Ask) -> Reply {
    match ask.path.as_str() {
        "/version" => {
            Reply::json(StatusCode::OK, r#"{"etcdserver":"3.6.13","etcdcluster":"3.6.0","storage":"3.6.0"}"#)
        }
        _ => on_metrics_port(spec, ask),
    }
}

/// Answers on the plain listener for metrics.
pub(super) fn on_metrics_port(spec: &LabSpec, ask: &Ask) -> Reply {
    if ask.method != Method::GET && ask.method != Method::HEAD {
        return Reply::text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed\n");
    }
    match ask.path.as_str() {
        "/metrics" => Reply::metrics(bodies::of(spec, Component::Etcd, include_str!("bodies/etcd.txt"))),
        "/health" => Reply::bare_text(StatusCode::OK, r#"{"health":"true","reason":""}"#),
        "/readyz" | "/livez" => Reply::text(StatusCode::OK, "ok\n"),
        _ => Reply::not_found(),
    }
}

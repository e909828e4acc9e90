//! The Datadog Cluster Agent's API for agents: one shared token, and nobody is asked.
//!
//! Source: `ValidateDCARequest` in datadog-agent's `pkg/api/util`.

use super::{cluster::Cluster, reply::Reply, request::Ask};
use http::{StatusCode, header};

/// Answers a request.
pub(super) fn answer(cluster: &Cluster, ask: &Ask) -> Reply {
    let credential = ask.header(header::AUTHORIZATION).unwrap_or_default();
    if credential.is_empty() {
        return refuse(StatusCode::UNAUTHORIZED, "no session token provided")
            .with(header::WWW_AUTHENTICATE, "Bearer realm=\"Datadog Agent\"");
    }
    let parts: Vec<&str> = credential.split(' ').collect();
    let (scheme, rest) = parts.split_first().map_or(("", &[][..]), |(scheme, rest)| (*scheme, rest));
    if scheme != "Bearer" {
        let problem = format!("unsupported authorization scheme: {scheme}");
        return refuse(StatusCode::UNAUTHORIZED, &problem);
    }
    if rest != [cluster.spec().cluster_agent.token.as_str()] {
        return refuse(StatusCode::FORBIDDEN, "invalid session token");
    }
    match ask.path.as_str() {
        "/version" => Reply::json(
            StatusCode::OK,
            r#"{"Major":7,"Minor":81,"Patch":1,"Pre":"","Meta":"","Commit":"0c6f8ad"}"#,
        ),
        _ => Reply::not_found(),
    }
}

fn refuse(status: StatusCode, problem: &str) -> Reply {
    Reply::text(status, format!("{problem}\n"))
}

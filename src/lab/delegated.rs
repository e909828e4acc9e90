//! kube-controller-manager and kube-scheduler: both ask the API server who somebody is and what he may, if their flags let them.

use super::{
    access::Credentials,
    bodies,
    cluster::Cluster,
    forbidden::forbidden,
    reply::{Refusal, Reply},
    request::Ask,
    spec::ComponentSpec,
};
use crate::{
    model::{component::Component, question::Permission},
    rbac::Identity,
};
use http::{StatusCode, header};

/// Paths that everybody may ask for, where `--authorization-always-allow-paths` does not say otherwise.
const ALWAYS_ALLOWED: &str = "/healthz,/readyz,/livez";

/// Answers a request on one of them.
pub(super) fn answer(cluster: &Cluster, spec: &ComponentSpec, ask: &Ask) -> Reply {
    let reply = match admit(cluster, spec, ask) {
        Ok(()) => serve(cluster, spec.component, &ask.path),
        Err(status) => {
            let reply = status.reply();
            match status.code {
                StatusCode::FORBIDDEN => reply.with(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                _ => reply,
            }
        }
    };
    let reply = reply.with(header::CACHE_CONTROL, "no-cache, private");
    if ask.wants_indented() { reply.indented() } else { reply }
}

fn admit(cluster: &Cluster, spec: &ComponentSpec, ask: &Ask) -> Result<(), Refusal> {
    let may_look_up = spec.flag("authentication-kubeconfig").is_some();
    let looked_at = Credentials {
        certificates: asks_for_certificates(spec),
        // Without an API server to ask, a token is not even looked at.
        tokens: may_look_up,
        anonymous: true,
    };
    let who = cluster.identify(ask, looked_at).map_err(|_| Refusal::unauthorized())?;
    let always = spec.flag("authorization-always-allow-paths").unwrap_or(ALWAYS_ALLOWED);
    if who.is_unrestricted() || always.split(',').any(|allowed| covers(allowed, &ask.path)) {
        return Ok(());
    }
    let action = Permission::path(&ask.method.as_str().to_ascii_lowercase(), &ask.path);
    if spec.flag("authorization-kubeconfig").is_none() {
        return Err(forbidden(&who, &action, ""));
    }
    authorize(cluster, &who, &action)
}

fn authorize(cluster: &Cluster, who: &Identity, action: &Permission) -> Result<(), Refusal> {
    let ruling = cluster.rule(who, action);
    if ruling.is_allowed() { Ok(()) } else { Err(forbidden(who, action, &ruling.reason())) }
}

/// Whether it has an authority to verify client certificates with: from a flag, or from the API server.
pub(super) fn asks_for_certificates(spec: &ComponentSpec) -> bool {
    spec.flag("client-ca-file").is_some() || spec.flag("authentication-kubeconfig").is_some()
}

/// Allowed paths may end in a star.
fn covers(allowed: &str, path: &str) -> bool {
    match allowed.trim().strip_suffix('*') {
        Some(start) => path.starts_with(start),
        None => path == allowed.trim(),
    }
}

fn serve(cluster: &Cluster, component: Component, path: &str) -> Reply {
    let is_scheduler = component == Component::Scheduler;
    match path {
        "/healthz" => Reply::text(StatusCode::OK, "ok"),
        // The controller-manager of 1.36 has nothing but /healthz.
        "/livez" | "/readyz" if is_scheduler => Reply::text(StatusCode::OK, "ok"),
        "/metrics" if is_scheduler => Reply::kubernetes_metrics(bodies::of(
            cluster.spec(),
            component,
            include_str!("bodies/scheduler.txt"),
        )),
        "/metrics" => {
            let body = include_str!("bodies/controller-manager.txt");
            Reply::kubernetes_metrics(bodies::of(cluster.spec(), component, body))
        }
        "/metrics/slis" => Reply::kubernetes_metrics(include_str!("bodies/slis.txt")),
        _ => Reply::not_found(),
    }
}

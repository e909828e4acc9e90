//! What a path of the API server means, and the right that it takes. Nothing is looked up here.
//!
//! Source: `RequestInfoFactory` in `k8s.io/apiserver/pkg/endpoints/request`.

use crate::{lab::request::Ask, model::question::Permission};
use http::Method;

/// What a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A path that is no resource.
    Path,
    /// A resource.
    Resource(Resource),
}

/// A resource as the path names it; empty parts are missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Resource {
    pub(super) verb: &'static str,
    pub(super) group: String,
    pub(super) version: String,
    pub(super) namespace: String,
    pub(super) plural: String,
    pub(super) name: String,
    pub(super) subresource: String,
}

impl Target {
    /// Reads the path. Only what has a version and something behind it is a resource.
    pub(super) fn of(ask: &Ask) -> Self {
        let parts: Vec<&str> = ask.path.trim_matches('/').split('/').collect();
        let (group, rest) = match parts.as_slice() {
            ["api", rest @ ..] if rest.len() >= 2 => ("", rest),
            ["apis", group, rest @ ..] if rest.len() >= 2 => (*group, rest),
            _ => return Self::Path,
        };
        let [version, rest @ ..] = rest else { return Self::Path };
        let (namespace, rest) = match rest {
            // A namespace's own subresources are the only thing behind its name that is not within it.
            ["namespaces", namespace, inner, ..] if !["status", "finalize"].contains(inner) => {
                (*namespace, &rest[2..])
            }
            ["namespaces", namespace, ..] => (*namespace, rest),
            _ => ("", rest),
        };
        let part = |index: usize| rest.get(index).copied().unwrap_or_default().to_owned();
        let mut resource = Resource {
            verb: "",
            group: group.to_owned(),
            version: (*version).to_owned(),
            namespace: namespace.to_owned(),
            plural: part(0),
            name: part(1),
            subresource: part(2),
        };
        resource.verb = verb(ask, resource.name.is_empty());
        if resource.name.is_empty() && ["list", "watch", "deletecollection"].contains(&resource.verb) {
            // Whoever lists a single name may do so with a right on that name.
            if let Some(name) = named_by_field(ask) {
                resource.name = name;
            }
        }
        Self::Resource(resource)
    }

    /// The right that the request takes.
    pub(super) fn permission(&self, ask: &Ask) -> Permission {
        match self {
            Self::Path => Permission::path(&ask.method.as_str().to_ascii_lowercase(), &ask.path),
            Self::Resource(resource) => resource.permission(resource.verb),
        }
    }
}

impl Resource {
    /// The right to do this with it.
    pub(super) fn permission(&self, verb: &str) -> Permission {
        let some = |text: &String| (!text.is_empty()).then(|| text.clone());
        Permission::Resource {
            verb: verb.to_owned(),
            group: self.group.clone(),
            resource: self.plural.clone(),
            subresource: some(&self.subresource),
            namespace: some(&self.namespace),
            name: some(&self.name),
        }
    }
}

fn verb(ask: &Ask, without_name: bool) -> &'static str {
    match ask.method {
        Method::GET | Method::HEAD if without_name => match ask.parameter("watch") {
            Some("0" | "false") | None => "list",
            Some(_) => "watch",
        },
        Method::GET | Method::HEAD => "get",
        Method::POST => "create",
        Method::PUT => "update",
        Method::PATCH => "patch",
        Method::DELETE if without_name => "deletecollection",
        Method::DELETE => "delete",
        _ => "",
    }
}

fn named_by_field(ask: &Ask) -> Option<String> {
    let (key, name) = ask.parameter("fieldSelector")?.split_once('=')?;
    (key == "metadata.name" && !name.contains(',')).then(|| name.trim_start_matches('=').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::HeaderMap;

    #[track_caller]
    fn check(method: Method, uri: &str, expected: &str) {
        let ask = Ask::new(method, &uri.parse().unwrap(), HeaderMap::new(), Vec::new(), Bytes::new());
        assert_eq!(Target::of(&ask).permission(&ask).to_string(), expected, "{uri}");
    }

    #[test]
    fn paths_take_the_rights_that_the_api_server_asks_for() {
        for (uri, expected) in [
            ("/metrics", "get /metrics"),
            ("/api", "get /api"),
            ("/api/v1", "get /api/v1"),
            ("/apis/apps/v1", "get /apis/apps/v1"),
            ("/api/v1/pods?limit=5", "list pods"),
            ("/api/v1/pods?watch=1", "watch pods"),
            ("/api/v1/namespaces", "list namespaces"),
            ("/api/v1/namespaces/datadog", "get namespaces \"datadog\" in namespace datadog"),
            ("/api/v1/namespaces/datadog/status", "get namespaces/status \"datadog\" in namespace datadog"),
            ("/api/v1/namespaces/datadog/secrets/x", "get secrets \"x\" in namespace datadog"),
            (
                "/api/v1/namespaces/kube-system/pods/etcd-cp-1/portforward?ports=2379",
                "get pods/portforward \"etcd-cp-1\" in namespace kube-system",
            ),
            ("/apis/apps/v1/daemonsets", "list daemonsets.apps"),
            (
                "/api/v1/namespaces/datadog/secrets?fieldSelector=metadata.name%3Dx",
                "list secrets \"x\" in namespace datadog",
            ),
            ("/api/v1/pods?fieldSelector=spec.nodeName%3Dcp-1", "list pods"),
        ] {
            check(Method::GET, uri, expected);
        }
        check(
            Method::POST,
            "/api/v1/namespaces/datadog/serviceaccounts/agent/token",
            "create serviceaccounts/token \"agent\" in namespace datadog",
        );
        check(Method::DELETE, "/api/v1/nodes", "deletecollection nodes");
        check(Method::POST, "/metrics", "post /metrics");
    }
}

//! How Kubernetes says that somebody may not do something.

use super::{
    json::quote,
    reply::{Details, Refusal, qualified},
};
use crate::{model::question::Permission, rbac::Identity};
use http::StatusCode;

/// 403, with the API server's own words; `reason` is what the authorizer added, mostly nothing.
///
/// Source: `ForbiddenStatusError` in `k8s.io/apiserver`.
pub(super) fn forbidden(who: &Identity, action: &Permission, reason: &str) -> Refusal {
    let user = quote(&who.user);
    let (about, said, details) = match action {
        // No request to an API server asks for it.
        Permission::Root => {
            ("forbidden".to_owned(), format!("User {user} cannot do this"), Details::default())
        }
        Permission::Path { verb, path } => (
            "forbidden".to_owned(),
            format!("User {user} cannot {verb} path {}", quote(path)),
            Details::default(),
        ),
        Permission::Resource { verb, group, resource, subresource, namespace, name } => {
            let full = match subresource {
                Some(subresource) => format!("{resource}/{subresource}"),
                None => resource.clone(),
            };
            let place = match namespace {
                Some(namespace) => format!("in the namespace {}", quote(namespace)),
                None => "at the cluster scope".to_owned(),
            };
            let qualified = qualified(group, resource);
            let about = match name {
                Some(name) => format!("{qualified} {} is forbidden", quote(name)),
                None => format!("{qualified} is forbidden"),
            };
            let said = format!(
                "User {user} cannot {verb} resource {} in API group {} {place}",
                quote(&full),
                quote(group)
            );
            let details = Details {
                name: name.clone().unwrap_or_default(),
                group: group.clone(),
                kind: resource.clone(),
            };
            (about, said, details)
        }
    };
    let message =
        if reason.is_empty() { format!("{about}: {said}") } else { format!("{about}: {said}: {reason}") };
    Refusal { code: StatusCode::FORBIDDEN, reason: "Forbidden", message, details: Some(details) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::question::AccountRef;

    #[test]
    fn refusals_are_worded_as_the_api_server_words_them() {
        let agent =
            Identity::of_account(&AccountRef { namespace: "datadog".to_owned(), name: "agent".to_owned() });
        let of = |verb: &str,
                  group: &str,
                  resource: &str,
                  subresource: Option<&str>,
                  namespace: Option<&str>,
                  name: Option<&str>| {
            let owned = |text: Option<&str>| text.map(str::to_owned);
            let action = Permission::Resource {
                verb: verb.to_owned(),
                group: group.to_owned(),
                resource: resource.to_owned(),
                subresource: owned(subresource),
                namespace: owned(namespace),
                name: owned(name),
            };
            forbidden(&agent, &action, "").message
        };
        // As an API server of version 1.36.2 answered.
        assert_eq!(
            of("list", "", "pods", None, Some("kube-system"), None),
            "pods is forbidden: User \"system:serviceaccount:datadog:agent\" cannot list resource \"pods\" in API group \"\" in the namespace \"kube-system\""
        );
        assert_eq!(
            of("create", "", "pods", Some("portforward"), Some("kube-system"), Some("kube-scheduler-cp-1")),
            "pods \"kube-scheduler-cp-1\" is forbidden: User \"system:serviceaccount:datadog:agent\" cannot create resource \"pods/portforward\" in API group \"\" in the namespace \"kube-system\""
        );
        assert_eq!(
            of("get", "", "nodes", Some("proxy"), None, Some("cp-1")),
            "nodes \"cp-1\" is forbidden: User \"system:serviceaccount:datadog:agent\" cannot get resource \"nodes/proxy\" in API group \"\" at the cluster scope"
        );
        assert_eq!(
            forbidden(&Identity::anonymous(), &Permission::path("get", "/metrics"), "").message,
            "forbidden: User \"system:anonymous\" cannot get path \"/metrics\""
        );
        let reason = "RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found";
        assert!(forbidden(&agent, &Permission::path("get", "/x"), reason).message.ends_with(reason));
    }
}

//! Requests in somebody else's name (`--as`, `--as-group`), as far as user and groups go.

use super::authorize;
use crate::{
    lab::{cluster::Cluster, reply::Refusal, request::Ask},
    model::question::{AccountRef, Permission},
    rbac::Identity,
};

const USER: &str = "impersonate-user";
const GROUP: &str = "impersonate-group";

/// The one in whose name the request is made, if the caller may act as him.
///
/// Source: `WithImpersonation` in `k8s.io/apiserver`.
pub(super) fn become_another(cluster: &Cluster, ask: &Ask, who: Identity) -> Result<Identity, Refusal> {
    let headers = |name: &str| -> Vec<String> {
        ask.headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).map(str::to_owned).collect()
    };
    let groups = headers(GROUP);
    let Some(user) = headers(USER).pop() else {
        return if groups.is_empty() {
            Ok(who)
        } else {
            Err(Refusal::bad_request("requested groups without impersonating a user"))
        };
    };
    let account = user
        .strip_prefix("system:serviceaccount:")
        .and_then(|rest| rest.split_once(':'))
        .map(|(namespace, name)| AccountRef { namespace: namespace.to_owned(), name: name.to_owned() });
    authorize(
        cluster,
        &who,
        &match &account {
            Some(account) => impersonate("serviceaccounts", Some(&account.namespace), &account.name),
            None => impersonate("users", None, &user),
        },
    )?;
    for group in &groups {
        authorize(cluster, &who, &impersonate("groups", None, group))?;
    }
    Ok(match account {
        Some(account) if groups.is_empty() => Identity::of_account(&account),
        _ if user == "system:anonymous" && groups.is_empty() => Identity::anonymous(),
        _ => Identity::authenticated(user, groups),
    })
}

fn impersonate(resource: &str, namespace: Option<&str>, name: &str) -> Permission {
    Permission::Resource {
        verb: "impersonate".to_owned(),
        group: String::new(),
        resource: resource.to_owned(),
        subresource: None,
        namespace: namespace.map(str::to_owned),
        name: Some(name.to_owned()),
    }
}

//! Generated requests: who asks, and for what, in ctlmon's words and as an access review. Nothing is judged here.

use super::{
    dice::Dice,
    policy::{GROUPS, NAMES, NAMESPACES, Policy, VERBS, account, groups, users},
};
use ctlmon::{
    model::question::{AccountRef, Permission},
    rbac::Identity,
};
use serde_json::{Value, json};

/// Resources with and without a subresource; `*` is a name like any other here.
const RESOURCES: [(&str, &str); 12] = [
    ("pods", ""),
    ("pods", "log"),
    ("pods", "metrics"),
    ("pods", "*"),
    ("nodes", ""),
    ("nodes", "metrics"),
    ("nodes", "proxy"),
    ("deployments", ""),
    ("deployments", "scale"),
    ("replicasets", "scale"),
    ("*", ""),
    ("*", "scale"),
];

/// Paths that rules name, their neighbours, and what a pattern may or may not cover.
const PATHS: [&str; 13] = [
    "/metrics",
    "/metrics/",
    "/metrics/slis",
    "/metricsx",
    "/healthz",
    "/healthz/etcd",
    "/livez",
    "/livez/ping",
    "/",
    "/api/core/v1",
    "/api/*/v1",
    "*",
    "metrics",
];

/// One request about one policy.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) who: Identity,
    pub(super) action: Permission,
}

impl Request {
    /// Draws one: most of them what a binding of the policy grants or nearly grants, the others anything.
    ///
    /// Requests drawn blindly are nearly all refused, and what is refused for three reasons tests none of them.
    pub(super) fn draw(policy: &Policy, dice: &mut Dice) -> Self {
        let (who, action) = (identity(policy.number, dice), action(dice));
        if dice.in_ten(1) {
            return Self { who, action };
        }
        let Some(granted) = Self::granted(policy, dice) else { return Self { who, action } };
        match dice.below(6) {
            0 => Self { who, action: granted.action },
            1 | 2 => Self { action: mixed(granted.action, action, dice), ..granted },
            _ => granted,
        }
    }

    /// What some binding of the policy says, taken at its word.
    fn granted(policy: &Policy, dice: &mut Dice) -> Option<Self> {
        let of = |suffix: &'static str| policy.objects.iter().filter(move |(path, _)| path.ends_with(suffix));
        let (path, binding) = dice.one(&of("bindings").collect::<Vec<_>>());
        let namespace = path.split('/').skip_while(|part| *part != "namespaces").nth(1);
        let (kind, name) = (&binding["roleRef"]["kind"], binding["roleRef"]["name"].as_str()?);
        // What an aggregated role grants stands in those that it collects.
        let name = name.replace("whole", "part");
        let roles: Vec<_> = of("roles")
            .map(|(_, role)| role)
            .filter(|role| role["kind"] == *kind && role["metadata"]["name"] == name.as_str())
            .collect();
        let grants = roles.first().and_then(|_| dice.one(&roles)["rules"].as_array().cloned())?;
        let subject = dice.one(binding["subjects"].as_array()?);
        Some(Self {
            who: identity_of(policy.number, &subject, namespace, dice),
            action: action_of(&dice.one(&grants), namespace, dice),
        })
    }

    /// As the API server is asked.
    pub(super) fn review(&self) -> Value {
        let mut spec = match &self.action {
            Permission::Path { verb, path } => json!({"nonResourceAttributes": {"verb": verb, "path": path}}),
            Permission::Resource { verb, group, resource, subresource, namespace, name } => {
                json!({"resourceAttributes": {
                    "verb": verb, "group": group, "resource": resource, "subresource": subresource,
                    "namespace": namespace, "name": name,
                }})
            }
            Permission::Root => unreachable!("no access review is about a node's files"),
        };
        spec["user"] = json!(self.who.user);
        spec["groups"] = json!(self.who.groups);
        json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec})
    }
}

/// One of those whom a binding names as its subject.
fn identity_of(policy: usize, subject: &Value, namespace: Option<&str>, dice: &mut Dice) -> Identity {
    let name = subject["name"].as_str().unwrap().to_owned();
    match subject["kind"].as_str() {
        Some("User") => Identity::authenticated(name, Vec::new()),
        Some("Group") if name.starts_with("system:") => identity(policy, dice),
        Some("Group") => Identity::authenticated(format!("stranger-{policy}"), vec![name]),
        _ => {
            let stated = subject["namespace"].as_str().or(namespace);
            let namespace = stated.unwrap_or_else(|| dice.one(&NAMESPACES)).to_owned();
            Identity::of_account(&AccountRef { namespace, name })
        }
    }
}

/// Something that a rule allows, or would if it stood elsewhere.
fn action_of(rule: &Value, namespace: Option<&str>, dice: &mut Dice) -> Permission {
    let mut one = |field: &str| {
        let listed = rule[field].as_array().filter(|list| !list.is_empty())?;
        Some(dice.one(listed).as_str().unwrap().to_owned())
    };
    let verb = one("verbs").unwrap();
    if let Some(path) = one("nonResourceURLs") {
        return Permission::Path { verb, path };
    }
    let (group, resource, name) =
        (one("apiGroups").unwrap(), one("resources").unwrap(), one("resourceNames"));
    let (resource, subresource) = match resource.split_once('/') {
        Some((resource, subresource)) => (resource.to_owned(), Some(subresource.to_owned())),
        None => (resource, None),
    };
    let namespace = namespace.map(str::to_owned).filter(|_| !dice.in_ten(1));
    Permission::Resource { verb, group, resource, subresource, namespace, name }
}

/// The first action with one trait of the second.
fn mixed(first: Permission, second: Permission, dice: &mut Dice) -> Permission {
    match (first, second) {
        (Permission::Path { verb, .. }, Permission::Path { path, .. }) => Permission::Path { verb, path },
        (
            Permission::Resource {
                mut verb,
                mut group,
                mut resource,
                mut subresource,
                mut namespace,
                mut name,
            },
            Permission::Resource {
                verb: other_verb,
                group: other_group,
                resource: other_resource,
                subresource: other_subresource,
                namespace: other_namespace,
                name: other_name,
            },
        ) => {
            match dice.below(6) {
                0 => verb = other_verb,
                1 => group = other_group,
                2 => resource = other_resource,
                3 => subresource = other_subresource,
                4 => namespace = other_namespace,
                _ => name = other_name,
            }
            Permission::Resource { verb, group, resource, subresource, namespace, name }
        }
        (first, _) => first,
    }
}

fn identity(policy: usize, dice: &mut Dice) -> Identity {
    match dice.below(10) {
        0..4 => Identity::authenticated(dice.one(&users(policy)), dice.some(&groups(policy), 0, 1)),
        4..6 => Identity::authenticated(format!("stranger-{policy}"), dice.some(&groups(policy), 1, 2)),
        6 if dice.in_ten(2) => Identity::anonymous(),
        6 if dice.in_ten(2) => {
            Identity::authenticated(format!("root-{policy}"), vec!["system:masters".to_owned()])
        }
        _ => {
            let namespace = dice.one(&NAMESPACES).to_owned();
            Identity::of_account(&AccountRef { namespace, name: account(policy) })
        }
    }
}

fn action(dice: &mut Dice) -> Permission {
    let verb = dice.one(&VERBS).to_owned();
    if dice.in_ten(3) {
        return Permission::Path { verb, path: dice.one(&PATHS).to_owned() };
    }
    let (resource, subresource) = dice.one(&RESOURCES);
    Permission::Resource {
        verb,
        group: dice.one(&GROUPS).to_owned(),
        resource: resource.to_owned(),
        subresource: Some(subresource.to_owned()).filter(|it| !it.is_empty()),
        namespace: dice.in_ten(7).then(|| dice.one(&NAMESPACES).to_owned()),
        name: dice.in_ten(5).then(|| dice.one(&NAMES).to_owned()),
    }
}

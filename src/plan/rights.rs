//! The least rights as manifests: a service account, roles with the reason for each rule, and their bindings. What is needed is
//! an argument.

use super::{error::PlanError, template::fill};
use crate::model::{need::Need, question::Permission};
use serde::Serialize;
use std::collections::BTreeMap;

/// Whom the rights are given to.
#[derive(Clone, Copy, Debug)]
pub struct Grantee<'a> {
    /// The name of the service account, and of its roles.
    pub name: &'a str,
    /// Its namespace.
    pub namespace: &'a str,
}

#[derive(Serialize)]
struct Manifest<'a> {
    lead: &'a str,
    name: &'a str,
    namespace: &'a str,
    roles: Vec<Role<'a>>,
}

#[derive(Serialize)]
struct Roles<'a> {
    roles: Vec<Role<'a>>,
}

#[derive(Serialize)]
struct Role<'a> {
    kind: &'static str,
    binding: &'static str,
    name: &'a str,
    namespace: Option<&'a str>,
    rules: Vec<Rule<'a>>,
}

/// A rule about paths, or about resources of one group; the verbs and resources of one reason stand together.
#[derive(Serialize)]
struct Rule<'a> {
    why: &'a str,
    paths: Vec<&'a str>,
    group: &'a str,
    resources: Vec<String>,
    name: Option<&'a str>,
    verbs: Vec<&'a str>,
}

/// Everything that an account needs, to be applied as it is; `lead` is said above it.
///
/// # Errors
/// Where a template is at fault.
pub fn manifest(grantee: Grantee<'_>, needs: &[Need], lead: &str) -> Result<String, PlanError> {
    let Grantee { name, namespace } = grantee;
    fill("rights/manifest.yaml.j2", Manifest { lead, name, namespace, roles: collect(name, needs) })
}

/// The roles alone.
///
/// # Errors
/// Where a template is at fault.
pub fn roles(name: &str, needs: &[Need]) -> Result<String, PlanError> {
    fill("rights/roles.yaml.j2", Roles { roles: collect(name, needs) })
}

/// A `ClusterRole` for what has no namespace, and a Role for each namespace.
fn collect<'a>(name: &'a str, needs: &'a [Need]) -> Vec<Role<'a>> {
    let mut roles: BTreeMap<Option<&str>, Vec<Rule<'_>>> = BTreeMap::new();
    for need in needs {
        let (namespace, rule) = match &need.permission {
            Permission::Path { verb, path } => (
                None,
                Rule {
                    why: need.why,
                    paths: vec![path],
                    group: "",
                    resources: Vec::new(),
                    name: None,
                    verbs: vec![verb],
                },
            ),
            // Nothing that a manifest could grant.
            Permission::Root => continue,
            Permission::Resource { verb, group, resource, subresource, namespace, name } => {
                let resource = match subresource {
                    Some(subresource) => format!("{resource}/{subresource}"),
                    None => resource.clone(),
                };
                let name = name.as_deref();
                let (paths, resources) = (Vec::new(), vec![resource]);
                let rule = Rule { why: need.why, paths, group, resources, name, verbs: vec![verb] };
                (namespace.as_deref(), rule)
            }
        };
        add(roles.entry(namespace).or_default(), rule);
    }
    let role = |(namespace, rules): (Option<&'a str>, Vec<Rule<'a>>)| {
        let (kind, binding) = match namespace {
            Some(_) => ("Role", "RoleBinding"),
            None => ("ClusterRole", "ClusterRoleBinding"),
        };
        Role { kind, binding, name, namespace, rules }
    };
    roles.into_iter().map(role).collect()
}

/// Adds to the rule for the same reason what it lacks, where that grants nothing but what the two grant; or a rule.
fn add<'a>(rules: &mut Vec<Rule<'a>>, rule: Rule<'a>) {
    let of_verbs = |other: &Rule<'_>| (&other.paths, &other.resources) == (&rule.paths, &rule.resources);
    let of_things =
        |other: &Rule<'_>| other.verbs == rule.verbs && other.paths.is_empty() == rule.paths.is_empty();
    let same = rules.iter_mut().find(|other| {
        (other.why, other.group, other.name) == (rule.why, rule.group, rule.name)
            && (of_verbs(other) || of_things(other))
    });
    match same {
        Some(other) if of_verbs(other) => other.verbs.extend(rule.verbs),
        Some(other) => {
            other.paths.extend(rule.paths);
            other.resources.extend(rule.resources);
        }
        None => rules.push(rule),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::need::Occasion;

    fn need(permission: Permission, why: &'static str) -> Need {
        Need { occasion: Occasion::Detect, permission, why, without: "without" }
    }

    fn on(verb: &str, resource: &str, subresource: Option<&str>, namespace: Option<&str>) -> Permission {
        Permission::Resource {
            verb: verb.to_owned(),
            group: String::new(),
            resource: resource.to_owned(),
            subresource: subresource.map(str::to_owned),
            namespace: namespace.map(str::to_owned),
            name: None,
        }
    }

    #[test]
    fn verbs_of_one_reason_are_put_together_and_namespaces_get_their_own_role() {
        let forward = |verb| need(on(verb, "pods", Some("portforward"), Some("a")), "to forward");
        let needs =
            [need(Permission::path("get", "/version"), "to know it"), forward("get"), forward("create")];
        let text = roles("x", &needs).unwrap();
        assert_eq!(
            text,
            r#"apiVersion: rbac.authorization.k8s.io/v1
kind: "ClusterRole"
metadata:
  name: "x"
rules:
  # to know it
  - nonResourceURLs:
      - "/version"
    verbs:
      - "get"
---
apiVersion: rbac.authorization.k8s.io/v1
kind: "Role"
metadata:
  name: "x"
  namespace: "a"
rules:
  # to forward
  - apiGroups:
      - ""
    resources:
      - "pods/portforward"
    verbs:
      - "get"
      - "create"
"#
        );
    }

    #[test]
    fn nothing_is_granted_that_is_not_needed() {
        let needs = [
            need(on("get", "secrets", None, None), "w"),
            need(on("list", "pods", None, None), "w"),
            need(on("get", "pods", None, None), "w"),
        ];
        let rules = collect("x", &needs).pop().unwrap().rules;
        let granted: Vec<_> = rules.iter().map(|rule| (rule.resources.clone(), rule.verbs.clone())).collect();
        let of = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
        assert_eq!(granted, [(of(&["secrets", "pods"]), vec!["get"]), (of(&["pods"]), vec!["list"])]);
    }

    #[test]
    fn an_account_is_bound_to_each_role() {
        let needs = [need(on("get", "secrets", None, Some("a")), "w")];
        let text = manifest(Grantee { name: "yes", namespace: "1e3" }, &needs, "lead").unwrap();
        let documents = crate::yaml::documents(&text).unwrap();
        let kinds: Vec<&str> = documents.iter().map(|one| one["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["ServiceAccount", "Role", "RoleBinding"]);
        assert_eq!(documents[2]["metadata"]["namespace"], "a");
        assert_eq!(documents[2]["roleRef"]["name"], "yes");
        assert_eq!(documents[2]["subjects"][0]["namespace"], "1e3");
        assert!(text.starts_with("# lead\n"));
    }
}

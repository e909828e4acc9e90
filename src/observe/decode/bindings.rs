//! Roles and their bindings. What they grant is judged elsewhere.

use super::{
    DecodeError,
    objects::{Pairs, RawMeta, pairs},
    read,
};
use crate::model::rights::{Binding, BindingSubject, Role, RoleKind, RoleRef, Rule, SubjectKind};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawBinding {
    metadata: Option<RawMeta>,
    role_ref: Option<RawRef>,
    subjects: Option<Vec<RawRef>>,
}

#[derive(Deserialize)]
struct RawRef {
    kind: Option<String>,
    name: Option<String>,
    namespace: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawRole {
    metadata: Option<RawMeta>,
    rules: Option<Vec<RawRule>>,
    aggregation_rule: Option<RawAggregation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawRule {
    verbs: Option<Vec<String>>,
    api_groups: Option<Vec<String>>,
    resources: Option<Vec<String>>,
    resource_names: Option<Vec<String>>,
    #[serde(rename = "nonResourceURLs")]
    non_resource_urls: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawAggregation {
    cluster_role_selectors: Option<Vec<RawSelector>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawSelector {
    match_labels: Pairs,
}

/// A `Role` or a `ClusterRole`.
///
/// # Errors
/// If it is no role or has no name.
pub fn role(value: &Value) -> Result<Role, DecodeError> {
    let raw: RawRole = read(value, "role")?;
    let meta = raw.metadata.ok_or(DecodeError::Nameless("role"))?;
    let rule = |raw: RawRule| Rule {
        verbs: raw.verbs.unwrap_or_default(),
        api_groups: raw.api_groups.unwrap_or_default(),
        resources: raw.resources.unwrap_or_default(),
        resource_names: raw.resource_names.unwrap_or_default(),
        non_resource_urls: raw.non_resource_urls.unwrap_or_default(),
    };
    let selectors = raw.aggregation_rule.and_then(|rule| rule.cluster_role_selectors).unwrap_or_default();
    Ok(Role {
        namespace: meta.namespace.filter(|namespace| !namespace.is_empty()),
        name: meta.name.filter(|name| !name.is_empty()).ok_or(DecodeError::Nameless("role"))?,
        rules: raw.rules.unwrap_or_default().into_iter().map(rule).collect(),
        aggregation: selectors.into_iter().map(|selector| pairs(selector.match_labels)).collect(),
    })
}

/// A `RoleBinding` or a `ClusterRoleBinding`. Subjects of unknown kinds are left out: they are nobody.
///
/// # Errors
/// If it is no binding, or names neither itself nor a role.
pub fn binding(value: &Value) -> Result<Binding, DecodeError> {
    const WHAT: &str = "role binding";
    let raw: RawBinding = read(value, WHAT)?;
    let meta = raw.metadata.ok_or(DecodeError::Nameless(WHAT))?;
    let role = raw.role_ref.ok_or(DecodeError::Shape(WHAT))?;
    let kind = match role.kind.as_deref() {
        Some("Role") => RoleKind::Role,
        _ => RoleKind::ClusterRole,
    };
    Ok(Binding {
        namespace: meta.namespace.filter(|namespace| !namespace.is_empty()),
        name: meta.name.filter(|name| !name.is_empty()).ok_or(DecodeError::Nameless(WHAT))?,
        role: RoleRef { kind, name: role.name.ok_or(DecodeError::Shape(WHAT))? },
        subjects: raw.subjects.unwrap_or_default().into_iter().filter_map(subject).collect(),
    })
}

fn subject(raw: RawRef) -> Option<BindingSubject> {
    let kind = match raw.kind?.as_str() {
        "User" => SubjectKind::User,
        "Group" => SubjectKind::Group,
        "ServiceAccount" => SubjectKind::ServiceAccount,
        _ => return None,
    };
    Some(BindingSubject { kind, name: raw.name?, namespace: raw.namespace })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_what_a_role_grants() {
        let seen = role(&json!({"metadata": {"name": "agent"}, "rules": [
            {"nonResourceURLs": ["/metrics"], "verbs": ["get"]}, {"apiGroups": [""], "resources": ["nodes/proxy"], "verbs": ["get"]}],
            "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}}))
        .unwrap();
        assert_eq!(
            (seen.rules[0].non_resource_urls[0].as_str(), seen.rules[1].resources[0].as_str()),
            ("/metrics", "nodes/proxy")
        );
        assert_eq!(seen.aggregation[0]["a"], "b");
        assert!(role(&json!({"metadata": {"name": "r"}, "rules": null})).unwrap().rules.is_empty());
    }

    #[test]
    fn reads_whom_a_binding_grants_what() {
        let seen = binding(&json!({
            "kind": "ClusterRoleBinding", "metadata": {"name": "heapster"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "system:heapster"},
            "subjects": [{"kind": "ServiceAccount", "name": "heapster", "namespace": "kube-system"}, {"kind": "x"}]
        }))
        .unwrap();
        assert_eq!(
            (seen.kind(), seen.role.to_string().as_str()),
            ("ClusterRoleBinding", "ClusterRole system:heapster")
        );
        assert_eq!(seen.subjects.len(), 1);
        assert_eq!(seen.subjects[0].namespace.as_deref(), Some("kube-system"));
        assert_eq!(binding(&json!({"metadata": {"name": "a"}})), Err(DecodeError::Shape("role binding")));
        let nameless = json!({"metadata": {}, "roleRef": {"name": "r"}});
        assert_eq!(binding(&nameless), Err(DecodeError::Nameless("role binding")));
    }
}

//! Roles and bindings as objects.

use crate::model::rights::{Binding, Rights, Role, Rule, SubjectKind};
use serde_json::{Map, Value, json};

const GROUP: &str = "rbac.authorization.k8s.io";

/// Every role and every binding.
pub(super) fn all(rights: &Rights) -> impl Iterator<Item = Value> {
    rights.roles.iter().map(role).chain(rights.bindings.iter().map(binding))
}

fn role(role: &Role) -> Value {
    let mut object = json!({
        "apiVersion": format!("{GROUP}/v1"),
        "kind": role.kind().as_str(),
        "metadata": metadata(role.namespace.as_deref(), &role.name),
        "rules": role.rules.iter().map(rule).collect::<Vec<_>>(),
    });
    if !role.aggregation.is_empty() {
        let selectors: Vec<Value> =
            role.aggregation.iter().map(|labels| json!({"matchLabels": labels})).collect();
        object["aggregationRule"] = json!({"clusterRoleSelectors": selectors});
    }
    object
}

fn rule(rule: &Rule) -> Value {
    let parts = [
        ("verbs", &rule.verbs),
        ("apiGroups", &rule.api_groups),
        ("resources", &rule.resources),
        ("resourceNames", &rule.resource_names),
        ("nonResourceURLs", &rule.non_resource_urls),
    ];
    let filled = parts.into_iter().filter(|(_, list)| !list.is_empty());
    Value::Object(filled.map(|(name, list)| (name.to_owned(), json!(list))).collect::<Map<_, _>>())
}

fn binding(binding: &Binding) -> Value {
    let subjects: Vec<Value> = binding
        .subjects
        .iter()
        .map(|subject| {
            let mut object = json!({"kind": subject.kind.as_str(), "name": subject.name});
            match (subject.kind, &subject.namespace) {
                (SubjectKind::ServiceAccount, Some(namespace)) => object["namespace"] = json!(namespace),
                (SubjectKind::ServiceAccount, None) => {}
                (SubjectKind::User | SubjectKind::Group, _) => object["apiGroup"] = json!(GROUP),
            }
            object
        })
        .collect();
    json!({
        "apiVersion": format!("{GROUP}/v1"),
        "kind": binding.kind(),
        "metadata": metadata(binding.namespace.as_deref(), &binding.name),
        "roleRef": {"apiGroup": GROUP, "kind": binding.role.kind.as_str(), "name": binding.role.name},
        "subjects": subjects,
    })
}

fn metadata(namespace: Option<&str>, name: &str) -> Value {
    let mut metadata = json!({"name": name});
    if let Some(namespace) = namespace {
        metadata["namespace"] = json!(namespace);
    }
    // The API server marks what it makes itself.
    if (name.starts_with("system:") || name == "cluster-admin") && namespace.is_none() {
        metadata["labels"] = json!({"kubernetes.io/bootstrapping": "rbac-defaults"});
        metadata["annotations"] = json!({"rbac.authorization.kubernetes.io/autoupdate": "true"});
    }
    metadata
}

//! RBAC objects of the API in the words of `ctlmon::model::rights`.

use crate::api::Api;
use ctlmon::model::rights::{Binding, BindingSubject, Rights, Role, RoleKind, RoleRef, Rule, SubjectKind};
use serde_json::Value;

/// Everything that the API server has been told, its own bootstrap policy included.
pub(super) fn rights(api: &Api) -> Rights {
    let list = |plural: &str| {
        let path = format!("/apis/rbac.authorization.k8s.io/v1/{plural}");
        api.get(&path).unwrap()["items"].as_array().unwrap().clone()
    };
    Rights {
        roles: [list("clusterroles"), list("roles")].concat().iter().map(role).collect(),
        bindings: [list("clusterrolebindings"), list("rolebindings")].concat().iter().map(binding).collect(),
    }
}

fn role(object: &Value) -> Role {
    Role {
        namespace: text(&object["metadata"]["namespace"]),
        name: text(&object["metadata"]["name"]).unwrap(),
        rules: object["rules"].as_array().into_iter().flatten().map(rule).collect(),
        aggregation: Vec::new(),
    }
}

fn rule(rule: &Value) -> Rule {
    let list = |field: &str| rule[field].as_array().into_iter().flatten().filter_map(text).collect();
    Rule {
        verbs: list("verbs"),
        api_groups: list("apiGroups"),
        resources: list("resources"),
        resource_names: list("resourceNames"),
        non_resource_urls: list("nonResourceURLs"),
    }
}

fn binding(object: &Value) -> Binding {
    let kind = match object["roleRef"]["kind"].as_str() {
        Some("Role") => RoleKind::Role,
        _ => RoleKind::ClusterRole,
    };
    let subject = |subject: &Value| BindingSubject {
        kind: match subject["kind"].as_str() {
            Some("User") => SubjectKind::User,
            Some("Group") => SubjectKind::Group,
            _ => SubjectKind::ServiceAccount,
        },
        name: text(&subject["name"]).unwrap(),
        namespace: text(&subject["namespace"]),
    };
    Binding {
        namespace: text(&object["metadata"]["namespace"]),
        name: text(&object["metadata"]["name"]).unwrap(),
        role: RoleRef { kind, name: text(&object["roleRef"]["name"]).unwrap() },
        subjects: object["subjects"].as_array().into_iter().flatten().map(subject).collect(),
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

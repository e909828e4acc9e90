//! Role bindings. What they grant is judged elsewhere.

use super::{DecodeError, objects::RawMeta, read};
use crate::model::rights::{Binding, BindingSubject, RoleKind, RoleRef, SubjectKind};
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

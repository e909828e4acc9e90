//! Roles and bindings in slim form: what RBAC has been told. What follows from them is decided in `rbac`, not here.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// All roles and bindings that are known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// Roles and cluster roles.
    pub roles: Vec<Role>,
    /// Role bindings and cluster role bindings.
    pub bindings: Vec<Binding>,
}

/// A `Role` or a `ClusterRole`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Its namespace; `None` for a `ClusterRole`.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// What it grants. The rules of an aggregated role are those that the controller-manager has put together.
    pub rules: Vec<Rule>,
    /// The label sets by which an aggregated cluster role collects the rules of others; empty for an ordinary role.
    pub aggregation: Vec<BTreeMap<String, String>>,
}

/// One rule of a role: some verbs on some resources, or on some paths.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Verbs, or `*`.
    pub verbs: Vec<String>,
    /// API groups, or `*`; the core group is the empty string.
    pub api_groups: Vec<String>,
    /// Resources as `pods`, `pods/log`, `*/scale` or `*`.
    pub resources: Vec<String>,
    /// The only objects that are meant; all of them where it is empty.
    pub resource_names: Vec<String>,
    /// Paths that are no resources, such as `/metrics` or `/healthz/*`.
    pub non_resource_urls: Vec<String>,
}

/// A `RoleBinding` or a `ClusterRoleBinding`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// Its namespace; `None` for a `ClusterRoleBinding`.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// The role that it grants, which need not exist.
    pub role: RoleRef,
    /// To whom it grants it.
    pub subjects: Vec<BindingSubject>,
}

/// The role that a binding names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RoleRef {
    /// Whether a `Role` of the binding's namespace or a `ClusterRole` is meant.
    pub kind: RoleKind,
    /// Its name.
    pub name: String,
}

/// The two kinds of roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RoleKind {
    /// A role of one namespace.
    Role,
    /// A role of the cluster.
    ClusterRole,
}

/// One of those to whom a binding grants its role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BindingSubject {
    /// What the name is the name of.
    pub kind: SubjectKind,
    /// The name.
    pub name: String,
    /// A service account's namespace; where it is missing, the binding's own.
    pub namespace: Option<String>,
}

/// What a binding can grant a role to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SubjectKind {
    /// A user, by the name that the authenticator gives.
    User,
    /// Everybody in a group.
    Group,
    /// A service account.
    ServiceAccount,
}

impl Binding {
    /// The kind as the API spells it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.namespace {
            Some(_) => "RoleBinding",
            None => "ClusterRoleBinding",
        }
    }
}

impl Role {
    /// The kind as the API spells it.
    #[must_use]
    pub const fn kind(&self) -> RoleKind {
        match self.namespace {
            Some(_) => RoleKind::Role,
            None => RoleKind::ClusterRole,
        }
    }
}

impl RoleKind {
    /// As the API spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Role => "Role",
            Self::ClusterRole => "ClusterRole",
        }
    }
}

impl SubjectKind {
    /// As the API spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::ServiceAccount => "ServiceAccount",
        }
    }
}

impl fmt::Display for RoleRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.as_str(), self.name)
    }
}

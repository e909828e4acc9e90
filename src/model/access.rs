//! Rights as RBAC knows them, and whose they are.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A service account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AccountRef {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// A token to ask for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TokenSpec {
    /// Whose.
    pub account: AccountRef,
    /// For whom it is meant; `None` for the API server itself, which is what pods get unless they say otherwise.
    pub audience: Option<String>,
}

/// Whether somebody may do something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AccessSpec {
    /// Who.
    pub who: Who,
    /// What.
    pub action: Permission,
}

/// Of whom an access review is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// The caller himself.
    Caller,
    /// Somebody who presents nothing.
    Anonymous,
    /// A service account.
    Account(AccountRef),
    /// A user by name, such as a component of the control plane.
    User(String),
}

/// A right: as RBAC knows rights, or as the operating system of a node does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// A verb on a path that is no resource, such as `/metrics`.
    Path {
        /// In lower case, as RBAC spells it.
        verb: String,
        /// The path.
        path: String,
    },
    /// A verb on a resource.
    Resource {
        /// The verb.
        verb: String,
        /// The API group; empty for the core group.
        group: String,
        /// The resource in the plural.
        resource: String,
        /// The subresource, if one is meant.
        subresource: Option<String>,
        /// The namespace; `None` for cluster scope or every namespace.
        namespace: Option<String>,
        /// One object's name; `None` for all.
        name: Option<String>,
    },
    /// To read on this machine what only root may read.
    Root,
}

impl Permission {
    /// A verb on a path.
    #[must_use]
    pub fn path(verb: &str, path: &str) -> Self {
        Self::Path { verb: verb.to_owned(), path: path.to_owned() }
    }
}

impl AccountRef {
    /// The name under which authenticators know the account.
    #[must_use]
    pub fn user_name(&self) -> String {
        format!("system:serviceaccount:{}:{}", self.namespace, self.name)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path { verb, path } => write!(f, "{verb} {path}"),
            Self::Root => f.write_str("root on this node (run ctlmon as root)"),
            Self::Resource { verb, group, resource, subresource, namespace, name } => {
                write!(f, "{verb} {resource}")?;
                if let Some(subresource) = subresource {
                    write!(f, "/{subresource}")?;
                }
                if !group.is_empty() {
                    write!(f, ".{group}")?;
                }
                if let Some(name) = name {
                    write!(f, " \"{name}\"")?;
                }
                match namespace {
                    Some(namespace) => write!(f, " in namespace {namespace}"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Caller => f.write_str("the caller"),
            Self::Anonymous => f.write_str("system:anonymous"),
            Self::Account(account) => f.write_str(&account.user_name()),
            Self::User(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for AccountRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

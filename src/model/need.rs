//! Why a right is needed and what stays unknown without it, as the documentation tells it. It decides nothing.

use super::question::Permission;

/// A right with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// When it is needed.
    pub occasion: Occasion,
    /// The right, as generally as any run may need it.
    pub permission: Permission,
    /// What is asked with it.
    pub why: &'static str,
    /// What is unknown without it.
    pub without: &'static str,
}

/// When a right is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occasion {
    /// To say which distribution this is.
    Detect,
    /// To diagnose.
    Doctor,
    /// To diagnose as the agents' own account.
    AsAgent,
    /// To reach through a port-forward what listens on loopback.
    PortForward,
    /// To reach kubelets through the API server.
    Proxy,
    /// To compare configuration with what is deployed.
    GenValues,
    /// To diagnose on OpenShift 4, in namespaces that no other cluster has.
    OpenShift,
    /// To hear what programs write into their logs.
    Logs,
    /// To ask the agents by their own commands.
    Exec,
}

impl Occasion {
    /// All of them, each needing those before the first flag of `doctor`.
    pub const ALL: [Self; 9] = [
        Self::Detect,
        Self::Doctor,
        Self::AsAgent,
        Self::PortForward,
        Self::Proxy,
        Self::OpenShift,
        Self::Logs,
        Self::Exec,
        Self::GenValues,
    ];
}

impl Need {
    /// Whether whoever has this right has that one too.
    #[must_use]
    pub fn covers(&self, needed: &Permission) -> bool {
        match (&self.permission, needed) {
            (Permission::Path { .. }, Permission::Path { .. }) => self.permission == *needed,
            (
                Permission::Resource { verb, group, resource, subresource, namespace, name },
                Permission::Resource {
                    verb: needed_verb,
                    group: needed_group,
                    resource: needed_resource,
                    subresource: needed_subresource,
                    namespace: needed_namespace,
                    name: needed_name,
                },
            ) => {
                (verb, group, resource, subresource)
                    == (needed_verb, needed_group, needed_resource, needed_subresource)
                    && (namespace.is_none() || namespace == needed_namespace)
                    && (name.is_none() || name == needed_name)
            }
            _ => false,
        }
    }
}

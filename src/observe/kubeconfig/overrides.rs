//! What the command line says over a kubeconfig: which of its clusters and users, and in whose name to ask.

use kube::config::AuthInfo;

/// What the command line says over a kubeconfig.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--cluster`, in place of the context's.
    pub cluster: Option<String>,
    /// `--user`, in place of the context's.
    pub user: Option<String>,
    /// In whose name to ask.
    pub impersonation: Impersonation,
}

/// In whose name to ask the API server; what is empty leaves to the kubeconfig what it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Impersonation {
    /// `--as`.
    pub user: Option<String>,
    /// `--as-uid`.
    pub uid: Option<String>,
    /// `--as-group`, each.
    pub groups: Vec<String>,
}

impl Impersonation {
    /// Edits a user, as kubectl does: a group that is not said stays the kubeconfig's.
    pub(super) fn apply(&self, user: &mut AuthInfo) {
        if let Some(name) = &self.user {
            user.impersonate = Some(name.clone());
        }
        if let Some(uid) = &self.uid {
            user.impersonate_uid = Some(uid.clone());
        }
        if !self.groups.is_empty() {
            user.impersonate_groups = Some(self.groups.clone());
        }
    }
}

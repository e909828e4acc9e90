//! What the node agents must be allowed to read of a kubelet.

use super::question::{AccessSpec, AccountRef, Permission, Who};

/// The subresources of nodes behind which the kubelet serves what the agents read: `/metrics/*` and `/stats/*`.
///
/// Source: Kubernetes' `pkg/kubelet/server/auth.go`. `/pods` needs `proxy`, or `pods` where the fine-grained
/// authorisation of 1.33 and later is used; which of the two is a choice of the installation.
pub const SUBRESOURCES: [&str; 2] = ["metrics", "stats"];

/// Behind which of these the rest of the kubelet is: all of it, or its parts as `pods` and `healthz` since 1.32.
///
/// Source: KEP-2862, and the rules that the chart and the operator write for either.
pub const FINE_GRAINED: [&str; 3] = ["proxy", "pods", "healthz"];

/// The review that asks whether an account may read a subresource of nodes.
#[must_use]
pub fn review(account: &AccountRef, subresource: &str) -> AccessSpec {
    AccessSpec {
        who: Who::Account(account.clone()),
        action: Permission::Resource {
            verb: "get".to_owned(),
            group: String::new(),
            resource: "nodes".to_owned(),
            subresource: Some(subresource.to_owned()),
            namespace: None,
            name: None,
        },
    }
}

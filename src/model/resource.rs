//! The kinds of objects that are listed, and what is true of each wherever Kubernetes runs: one row each.

use serde::{Deserialize, Serialize};

/// The kinds that are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resource {
    /// Nodes.
    Nodes,
    /// Pods.
    Pods,
    /// Namespaces.
    Namespaces,
    /// `DaemonSets`.
    DaemonSets,
    /// Deployments.
    Deployments,
    /// Services.
    Services,
    /// `ClusterRoleBindings`.
    ClusterRoleBindings,
    /// Events.
    Events,
    /// Leases.
    Leases,
    /// `NetworkPolicies`.
    NetworkPolicies,
    /// `EndpointSlices`.
    EndpointSlices,
    /// `APIServices`.
    ApiServices,
    /// Requests for certificates.
    SigningRequests,
    /// `MutatingWebhookConfigurations`.
    Webhooks,
    /// `DatadogAgents`.
    DatadogAgents,
}

/// What is true of a kind everywhere.
#[derive(Debug)]
struct Profile {
    group: &'static str,
    version: &'static str,
    plural: &'static str,
    kind: &'static str,
    is_namespaced: bool,
}

const fn profile(
    group: &'static str,
    version: &'static str,
    plural: &'static str,
    kind: &'static str,
    is_namespaced: bool,
) -> Profile {
    Profile { group, version, plural, kind, is_namespaced }
}

impl Resource {
    const fn profile(self) -> Profile {
        match self {
            Self::Nodes => profile("", "v1", "nodes", "Node", false),
            Self::Pods => profile("", "v1", "pods", "Pod", true),
            Self::Namespaces => profile("", "v1", "namespaces", "Namespace", false),
            Self::DaemonSets => profile("apps", "v1", "daemonsets", "DaemonSet", true),
            Self::Deployments => profile("apps", "v1", "deployments", "Deployment", true),
            Self::Services => profile("", "v1", "services", "Service", true),
            Self::ClusterRoleBindings => {
                profile("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", false)
            }
            Self::Events => profile("", "v1", "events", "Event", true),
            Self::Leases => profile("coordination.k8s.io", "v1", "leases", "Lease", true),
            Self::NetworkPolicies => {
                profile("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", true)
            }
            Self::EndpointSlices => {
                profile("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", true)
            }
            Self::ApiServices => profile("apiregistration.k8s.io", "v1", "apiservices", "APIService", false),
            Self::SigningRequests => profile(
                "certificates.k8s.io",
                "v1",
                "certificatesigningrequests",
                "CertificateSigningRequest",
                false,
            ),
            Self::Webhooks => profile(
                "admissionregistration.k8s.io",
                "v1",
                "mutatingwebhookconfigurations",
                "MutatingWebhookConfiguration",
                false,
            ),
            Self::DatadogAgents => {
                profile("datadoghq.com", "v2alpha1", "datadogagents", "DatadogAgent", true)
            }
        }
    }

    /// The API group; empty for the core group.
    #[must_use]
    pub const fn group(self) -> &'static str {
        self.profile().group
    }

    /// The version of the group in which it is read.
    #[must_use]
    pub const fn version(self) -> &'static str {
        self.profile().version
    }

    /// The name in URLs and in RBAC rules.
    #[must_use]
    pub const fn plural(self) -> &'static str {
        self.profile().plural
    }

    /// The kind of one of them, as its own `kind` says it.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        self.profile().kind
    }

    /// Whether each of them lies in a namespace.
    #[must_use]
    pub const fn is_namespaced(self) -> bool {
        self.profile().is_namespaced
    }
}

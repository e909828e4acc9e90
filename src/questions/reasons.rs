//! Why what stands around the agents is asked for, and what is unknown without it. It decides nothing.

use crate::model::question::{ObjectKind, Resource};

/// The reasons of a list; `None` for the kinds whose reasons depend on more than the kind.
pub(super) const fn of_list(resource: Resource) -> Option<(&'static str, &'static str)> {
    Some(match resource {
        Resource::Events => (
            "the warnings about the agents' pods: why they are refused, not placed or not started; of a message only what is known of it is kept",
            "why agents do not start, where their pods do not tell",
        ),
        Resource::Leases => (
            "who leads among schedulers, controller managers and Cluster Agents, and whether nodes and leaders still live",
            "whether there is a leader, and whether clocks agree",
        ),
        Resource::NetworkPolicies => (
            "whether connections to the Cluster Agent are let through",
            "whether a network policy keeps agents from the Cluster Agent",
        ),
        Resource::EndpointSlices => (
            "the addresses behind the Services that checks and agents use",
            "whether anybody is behind a Service, and which of several API servers are asked",
        ),
        Resource::ApiServices => (
            "which aggregated APIs answer, and who serves external metrics",
            "whether an aggregated API is out of reach",
        ),
        Resource::SigningRequests => {
            ("whether kubelets wait for their serving certificates", "why a kubelet serves no certificate")
        }
        Resource::Webhooks => (
            "how long the API server waits for Datadog's admission webhook, and where it is",
            "whether the webhook of the Cluster Agent can be called",
        ),
        Resource::DatadogAgents => (
            "what the operator was told, and what it says of itself; of the specification a few switches are kept",
            "whether the operator configures the control plane by itself, and whether it was hindered",
        ),
        Resource::Nodes
        | Resource::Pods
        | Resource::Namespaces
        | Resource::DaemonSets
        | Resource::Deployments
        | Resource::Services
        | Resource::ClusterRoleBindings => return None,
    })
}

/// The reasons of an object by name.
pub(super) const fn of_object(kind: ObjectKind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        ObjectKind::Namespace => (
            "the labels of the agents' namespaces: what Pod Security forbids there, and what policies select",
            "whether Pod Security forbids the agents' pods",
        ),
        ObjectKind::ServiceAccount => (
            "whether the agents' accounts exist and have their token mounted",
            "whether the agents have a token at all",
        ),
        ObjectKind::ClusterRole => (
            "the roles that are bound to the agents' accounts, where one of them lacks a right",
            "whether a missing right is missing in the role or in the binding",
        ),
        ObjectKind::ConfigMap | ObjectKind::Secret => return None,
    })
}

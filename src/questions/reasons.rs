//! Why lists and objects of the Kubernetes API are asked for, and what is unknown without them. It decides nothing.

use super::needs::SIDECAR_NAMESPACE;
use crate::model::{
    question::{ListSpec, ObjectKind, ObjectRef, Resource},
    survey::SYSTEM_NAMESPACE,
};

/// Why, and what is unknown without it.
type Reasons = (&'static str, &'static str);

/// The reasons of a list.
pub(super) fn of_list(spec: &ListSpec) -> Reasons {
    if let Some(reasons) = around_by_list(spec.resource) {
        return reasons;
    }
    match (spec.resource, spec.namespace.as_deref()) {
        (Resource::Nodes, _) => (
            "labels, annotations, versions and addresses of the nodes: what the distribution is, and where its control plane runs",
            "the distribution, which nodes belong to the control plane, and whether agents run there",
        ),
        (Resource::Pods, Some(SYSTEM_NAMESPACE)) => (
            "the static pods of the control plane: their labels, addresses and flags",
            "where the components run and listen",
        ),
        (Resource::Pods, _) => (
            "the pods of the Cluster Agent, those of the agents on the control plane and those with an injected sidecar, by label",
            "where the Cluster Agent runs, whether agents run on the control plane, and how injected sidecars are configured",
        ),
        (Resource::Namespaces, _) => (
            "the names of the namespaces, some of which belong to one distribution alone",
            "distributions that are known by their namespaces may be missed",
        ),
        (Resource::DaemonSets, Some(SYSTEM_NAMESPACE)) | (Resource::Deployments, Some(_)) => (
            "the names of what runs in kube-system, some of which belong to one distribution alone",
            "distributions that are known by these names may be missed",
        ),
        (Resource::DaemonSets, _) => (
            "what monitors the cluster: the node agents, wherever they run, and how they are configured",
            "everything about the agents: their account, their checks, their certificates; what else monitors the nodes",
        ),
        (Resource::Deployments, None) => (
            "what monitors the cluster: the Cluster Agent and its token, operators, the runners of cluster checks, and the applications that have an Agent for a sidecar",
            "which tools monitor the cluster; whether node agents, runners and sidecars show the Cluster Agent the right token, and how the latter two are configured",
        ),
        (Resource::Services, None) => (
            "the checks that annotations of Services configure, and the Service by which the agents reach the Cluster Agent; of other Services nothing is kept",
            "which endpoints the agents ask where no file says it, and whether the address that they are given leads to the Cluster Agent",
        ),
        (Resource::ClusterRoleBindings, _) => (
            "the bindings of the agents' accounts, where one of them lacks a right; the binding of Heapster, where there are signs of that retired tool",
            "whether a missing right is missing in the role or in the binding; whether the right that was given to Heapster still stands",
        ),
        (_, _) => (
            "the Service by which the agents reach the Cluster Agent",
            "whether the address that the agents are given leads to the Cluster Agent",
        ),
    }
}

/// The reasons of an object.
pub(super) fn of_object(object: &ObjectRef) -> Reasons {
    if let Some(reasons) = around_by_name(object.kind) {
        return reasons;
    }
    match (object.kind, object.namespace.as_str()) {
        (ObjectKind::ConfigMap, SYSTEM_NAMESPACE) => (
            "whether kubeadm left its configuration; which keys it has is all that is kept",
            "a sign that kubeadm made the cluster",
        ),
        (ObjectKind::ConfigMap, "kube-public") => (
            "whether MicroShift left its version there, where its API groups are served; which keys it has is all that is kept",
            "MicroShift is likely at the most",
        ),
        (ObjectKind::ConfigMap, _) => (
            "the checks that the agents are configured with",
            "which endpoints the agents ask, and with what; the defaults of the distribution are asked instead",
        ),
        (ObjectKind::Secret, namespace) if namespace.starts_with("openshift-") => (
            "the certificate of OpenShift that the agents' Secret of the same name is a copy of; asked where they have such a copy",
            "whether the copy is still equal to its origin",
        ),
        (ObjectKind::Secret, SIDECAR_NAMESPACE) => (
            "the token that sidecars in this namespace of an application show the Cluster Agent; it is used in this run and never kept",
            "whether it is the Cluster Agent's token",
        ),
        (_, _) => (
            "the certificates that the agents present, and the token that they share with the Cluster Agent; keys and tokens are used in this run and never kept",
            "whether the client certificate for etcd is missing, expired or of the wrong CA, and whether the tokens agree",
        ),
    }
}

/// The reasons of a list of what stands around the agents; `None` for other kinds.
const fn around_by_list(resource: Resource) -> Option<Reasons> {
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

/// The reasons of an object around the agents, by name; `None` for other kinds.
const fn around_by_name(kind: ObjectKind) -> Option<Reasons> {
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

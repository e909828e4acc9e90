//! The questions about what stands around the agents and the control plane, in one place, so that what is asked and what is
//! looked up cannot differ. It decides nothing.

use super::{
    component::Component,
    question::{
        AccessSpec, AccountRef, ApiRoute, Credential, Endpoint, ListSpec, ObjectKind, ObjectRef, Permission,
        ProbeSpec, Resource, Scheme, Vantage, Who,
    },
    survey::SYSTEM_NAMESPACE,
};

/// How many events of a namespace are read. They live for an hour, and each says how often it happened.
pub const MAX_EVENTS: u32 = 200;

/// How many objects of the other kinds are read: one page of each.
pub const MAX_AROUND: u32 = 100;

/// The namespace of the leases by which nodes say that they live.
pub const NODE_LEASES: &str = "kube-node-lease";

/// The group of the operator's own objects.
pub const OPERATOR_GROUP: &str = "datadoghq.com";

/// The group by which EKS serves the metrics of its controller manager and scheduler.
pub const EKS_GROUP: &str = "metrics.eks.amazonaws.com";

/// What is asked of every cluster: aggregated APIs, requests for kubelets' serving certificates, webhooks, leases.
#[must_use]
pub fn of_cluster() -> [ListSpec; 4] {
    [api_services(), signing_requests(), webhooks(), leases(SYSTEM_NAMESPACE)]
}

/// The aggregated APIs.
#[must_use]
pub const fn api_services() -> ListSpec {
    ListSpec::all(Resource::ApiServices, MAX_AROUND)
}

/// The requests for serving certificates of kubelets.
#[must_use]
pub fn signing_requests() -> ListSpec {
    ListSpec::all(Resource::SigningRequests, MAX_AROUND)
        .with_fields("spec.signerName=kubernetes.io/kubelet-serving")
}

/// The webhooks that change objects.
#[must_use]
pub const fn webhooks() -> ListSpec {
    ListSpec::all(Resource::Webhooks, MAX_AROUND)
}

/// The leases of a namespace.
#[must_use]
pub fn leases(namespace: &str) -> ListSpec {
    ListSpec::all(Resource::Leases, MAX_AROUND).within(namespace)
}

/// The lease by which a node says that it lives.
#[must_use]
pub fn node_lease(node: &str) -> ListSpec {
    ListSpec::all(Resource::Leases, 1).within(NODE_LEASES).with_fields(format!("metadata.name={node}"))
}

/// The warnings about what is in a namespace.
#[must_use]
pub fn warnings(namespace: &str) -> ListSpec {
    ListSpec::all(Resource::Events, MAX_EVENTS).within(namespace).with_fields("type=Warning")
}

/// The network policies of a namespace.
#[must_use]
pub fn network_policies(namespace: &str) -> ListSpec {
    ListSpec::all(Resource::NetworkPolicies, MAX_AROUND).within(namespace)
}

/// The addresses behind a Service.
#[must_use]
pub fn endpoint_slices(namespace: &str, service: &str) -> ListSpec {
    ListSpec::all(Resource::EndpointSlices, MAX_AROUND)
        .within(namespace)
        .labelled(format!("kubernetes.io/service-name={service}"))
}

/// Every `DatadogAgent`; asked for where their group is served.
#[must_use]
pub const fn datadog_agents() -> ListSpec {
    ListSpec::all(Resource::DatadogAgents, MAX_AROUND)
}

/// Every binding of cluster roles; asked for where an account lacks a right.
#[must_use]
pub const fn bindings() -> ListSpec {
    /// Each is half a kilobyte, and the API server makes seventy by itself.
    const MAX_BINDINGS: u32 = 1000;
    ListSpec::all(Resource::ClusterRoleBindings, MAX_BINDINGS)
}

/// A namespace.
#[must_use]
pub fn namespace(name: &str) -> ObjectRef {
    ObjectRef { kind: ObjectKind::Namespace, namespace: String::new(), name: name.to_owned() }
}

/// A service account.
#[must_use]
pub fn service_account(account: &AccountRef) -> ObjectRef {
    ObjectRef {
        kind: ObjectKind::ServiceAccount,
        namespace: account.namespace.clone(),
        name: account.name.clone(),
    }
}

/// A cluster role.
#[must_use]
pub fn cluster_role(name: &str) -> ObjectRef {
    ObjectRef { kind: ObjectKind::ClusterRole, namespace: String::new(), name: name.to_owned() }
}

/// Whether somebody may do this with this resource.
#[must_use]
pub fn may(
    who: Who,
    verb: &str,
    (group, resource): (&str, &str),
    subresource: Option<&str>,
    namespace: Option<&str>,
) -> AccessSpec {
    AccessSpec {
        who,
        action: Permission::Resource {
            verb: verb.to_owned(),
            group: group.to_owned(),
            resource: resource.to_owned(),
            subresource: subresource.map(str::to_owned),
            namespace: namespace.map(str::to_owned),
            name: None,
        },
    }
}

/// Whether an account may read the leases by which schedulers and controller managers say who leads.
#[must_use]
pub fn may_read_leases(account: &AccountRef) -> AccessSpec {
    may(Who::Account(account.clone()), "get", ("coordination.k8s.io", "leases"), None, Some(SYSTEM_NAMESPACE))
}

/// The lease by which Cluster Agents elect their leader, where they are not told another.
pub const LEADER_LEASE: &str = "datadog-leader-election";

/// What the Cluster Agent's account needs to hand out checks of endpoints, and by this lease to elect a leader.
///
/// Source: the chart's cluster role, which gives `update` for that one lease alone.
#[must_use]
pub fn of_cluster_agent(account: &AccountRef, lease: &str) -> [AccessSpec; 4] {
    let who = || Who::Account(account.clone());
    let leases = ("coordination.k8s.io", "leases");
    let mut update = may(who(), "update", leases, None, Some(&account.namespace));
    if let Permission::Resource { name, .. } = &mut update.action {
        *name = Some(lease.to_owned());
    }
    [
        may(who(), "list", ("", "services"), None, None),
        may(who(), "list", ("discovery.k8s.io", "endpointslices"), None, None),
        may(who(), "create", leases, None, Some(&account.namespace)),
        update,
    ]
}

/// Whether an account may do everything with everything, which none of the agents' needs.
#[must_use]
pub fn may_do_everything(account: &AccountRef) -> AccessSpec {
    may(Who::Account(account.clone()), "*", ("*", "*"), None, None)
}

/// The components whose metrics EKS serves, as it calls them.
pub const EKS_PARTS: [&str; 2] = ["kcm", "ksh"];

/// Whether an account may read what EKS serves of one of its components: `kcm` or `ksh`.
#[must_use]
pub fn may_read_eks(account: &AccountRef, component: &str) -> AccessSpec {
    may(Who::Account(account.clone()), "get", (EKS_GROUP, component), Some("metrics"), None)
}

/// The users as whom the scheduler and the controller manager ask the API server.
pub const COMPONENT_USERS: [&str; 2] = ["system:kube-scheduler", "system:kube-controller-manager"];

/// Whether a component may read whose client certificates are good, without which it takes everybody for anonymous.
#[must_use]
pub fn may_read_authentication(user: &str) -> AccessSpec {
    let mut spec = may(Who::User(user.to_owned()), "get", ("", "configmaps"), None, Some(SYSTEM_NAMESPACE));
    if let Permission::Resource { name, .. } = &mut spec.action {
        *name = Some("extension-apiserver-authentication".to_owned());
    }
    spec
}

/// Whether the API server says of itself that it is ready, part by part, as the caller asks it.
#[must_use]
pub fn readiness() -> ProbeSpec {
    ProbeSpec {
        component: Component::ApiServer,
        endpoint: Endpoint {
            scheme: Scheme::Https,
            host: "kubernetes.default.svc".to_owned(),
            port: 443,
            path: "/readyz?verbose".to_owned(),
        },
        vantage: Vantage::ApiServer(ApiRoute::Itself),
        credential: Credential::Caller,
        pin: None,
    }
}

/// The `ConfigMap` by which Kubernetes gives the cluster's CA to the pods of a namespace.
pub const CLUSTER_CA: &str = "kube-root-ca.crt";

/// Whether nobody in particular may ask Services of the cluster's own namespace through the API server.
#[must_use]
pub fn may_proxy_services() -> AccessSpec {
    may(Who::Anonymous, "get", ("", "services"), Some("proxy"), Some(SYSTEM_NAMESPACE))
}

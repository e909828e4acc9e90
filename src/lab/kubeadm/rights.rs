//! Roles and bindings of a new kubeadm cluster, as far as they concern what is asked here, and those of the Datadog chart.
//!
//! Source: the cluster roles of a cluster made by kubeadm 1.36; the templates of the Datadog chart 3.240.

use super::agents::APPLICATION;
use crate::model::rights::{Binding, BindingSubject, Rights, Role, RoleKind, RoleRef, Rule, SubjectKind};

/// The role that Datadog's page on Fargate gives the accounts of applications with a sidecar.
const SIDECAR: &str = "datadog-agent-sidecar";

/// All of them.
pub(super) fn all() -> Rights {
    Rights { roles: roles(), bindings: bindings() }
}

fn roles() -> Vec<Role> {
    let cluster = |name: &str, rules: Vec<Rule>| Role {
        namespace: None,
        name: name.to_owned(),
        rules,
        aggregation: Vec::new(),
    };
    vec![
        cluster("cluster-admin", vec![on("*", "*", "*"), at("*", "*")]),
        cluster(
            "system:discovery",
            vec![at(
                "get",
                "/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/",
            )],
        ),
        cluster(
            "system:basic-user",
            vec![
                on("create", "authorization.k8s.io", "selfsubjectaccessreviews selfsubjectrulesreviews"),
                on("create", "authentication.k8s.io", "selfsubjectreviews"),
            ],
        ),
        cluster("system:public-info-viewer", vec![at("get", "/healthz /livez /readyz /version /version/")]),
        cluster(
            "system:monitoring",
            vec![
                at(
                    "get",
                    "/flagz /healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/* /statusz",
                ),
                on("get", "", "nodes/metrics"),
            ],
        ),
        cluster(
            "system:auth-delegator",
            vec![
                on("create", "authentication.k8s.io", "tokenreviews"),
                on("create", "authorization.k8s.io", "subjectaccessreviews"),
            ],
        ),
        cluster(
            "system:kubelet-api-admin",
            vec![
                on("get list watch", "", "nodes"),
                on("proxy", "", "nodes"),
                on("*", "", "nodes/log nodes/metrics nodes/proxy nodes/stats"),
                on("*", "", "nodes/configz nodes/healthz nodes/pods"),
            ],
        ),
        cluster("kubeadm:get-nodes", vec![on("get", "", "nodes")]),
        cluster(
            "datadog-agent",
            vec![
                at("get", "/metrics /metrics/slis"),
                // As with datadog.kubelet.fineGrainedAuthorization, for which all kubelets are new enough.
                on(
                    "get",
                    "",
                    "nodes/metrics nodes/spec nodes/stats nodes/pods nodes/healthz nodes/configz nodes/logs",
                ),
                on("get", "", "endpoints"),
                on("get", "coordination.k8s.io", "leases"),
                on("get", "metrics.eks.amazonaws.com", "kcm/metrics ksh/metrics"),
            ],
        ),
        cluster(
            "datadog-agent-cluster-agent",
            vec![
                on(
                    "get list watch",
                    "",
                    "services endpoints pods nodes namespaces componentstatuses limitranges",
                ),
                on("get list watch create", "", "events"),
                on("get list watch", "discovery.k8s.io", "endpointslices"),
                at("get", "/version /healthz /metrics"),
            ],
        ),
        // The chart's Role by which the Cluster Agents elect a leader.
        Role {
            namespace: Some("datadog".to_owned()),
            rules: vec![on("get create update", "coordination.k8s.io", "leases")],
            ..cluster("datadog-agent-cluster-agent-main", Vec::new())
        },
        cluster(
            SIDECAR,
            vec![
                on("get list", "", "nodes namespaces endpoints"),
                on("get", "", "nodes/metrics nodes/spec nodes/stats nodes/proxy nodes/pods nodes/healthz"),
            ],
        ),
        Role {
            namespace: Some("kube-system".to_owned()),
            name: "extension-apiserver-authentication-reader".to_owned(),
            rules: vec![Rule {
                resource_names: words("extension-apiserver-authentication"),
                ..on("get list watch", "", "configmaps")
            }],
            aggregation: Vec::new(),
        },
    ]
}

fn bindings() -> Vec<Binding> {
    let cluster = |name: &str, role: &str, subjects: &[(SubjectKind, &str)]| Binding {
        namespace: None,
        name: name.to_owned(),
        role: RoleRef { kind: RoleKind::ClusterRole, name: role.to_owned() },
        subjects: subjects.iter().map(|(kind, name)| subject(*kind, name)).collect(),
    };
    let everybody = (SubjectKind::Group, "system:authenticated");
    vec![
        cluster("cluster-admin", "cluster-admin", &[(SubjectKind::Group, "system:masters")]),
        cluster("kubeadm:cluster-admins", "cluster-admin", &[(SubjectKind::Group, "kubeadm:cluster-admins")]),
        cluster(
            "kubeadm:apiserver-kubelet-client",
            "system:kubelet-api-admin",
            &[(SubjectKind::User, "kube-apiserver-kubelet-client")],
        ),
        cluster(
            "kubeadm:get-nodes",
            "kubeadm:get-nodes",
            &[(SubjectKind::Group, "system:bootstrappers:kubeadm:default-node-token")],
        ),
        cluster("system:basic-user", "system:basic-user", &[everybody]),
        cluster("system:discovery", "system:discovery", &[everybody]),
        cluster("system:monitoring", "system:monitoring", &[(SubjectKind::Group, "system:monitoring")]),
        cluster(
            "system:public-info-viewer",
            "system:public-info-viewer",
            &[everybody, (SubjectKind::Group, "system:unauthenticated")],
        ),
        cluster("datadog-agent", "datadog-agent", &[(SubjectKind::ServiceAccount, "datadog-agent")]),
        // The chart binds the runners' account to the node agents' role.
        cluster(
            "datadog-agent-cluster-checks",
            "datadog-agent",
            &[(SubjectKind::ServiceAccount, "datadog-agent-cluster-checks")],
        ),
        cluster(
            "datadog-agent-cluster-agent",
            "datadog-agent-cluster-agent",
            &[(SubjectKind::ServiceAccount, "datadog-agent-cluster-agent")],
        ),
        Binding {
            namespace: Some("datadog".to_owned()),
            name: "datadog-agent-cluster-agent-main".to_owned(),
            role: RoleRef { kind: RoleKind::Role, name: "datadog-agent-cluster-agent-main".to_owned() },
            subjects: vec![subject(SubjectKind::ServiceAccount, "datadog-agent-cluster-agent")],
        },
        Binding {
            subjects: vec![BindingSubject {
                kind: SubjectKind::ServiceAccount,
                name: APPLICATION.1.to_owned(),
                namespace: Some(APPLICATION.0.to_owned()),
            }],
            ..cluster(SIDECAR, SIDECAR, &[])
        },
        Binding {
            namespace: Some("kube-system".to_owned()),
            name: "system::extension-apiserver-authentication-reader".to_owned(),
            role: RoleRef {
                kind: RoleKind::Role,
                name: "extension-apiserver-authentication-reader".to_owned(),
            },
            subjects: vec![
                subject(SubjectKind::User, "system:kube-controller-manager"),
                subject(SubjectKind::User, "system:kube-scheduler"),
            ],
        },
    ]
}

/// Verbs on resources of one API group; lists are separated by spaces.
fn on(verbs: &str, group: &str, resources: &str) -> Rule {
    Rule {
        verbs: words(verbs),
        api_groups: vec![group.to_owned()],
        resources: words(resources),
        ..Rule::default()
    }
}

/// Verbs on paths.
fn at(verbs: &str, urls: &str) -> Rule {
    Rule { verbs: words(verbs), non_resource_urls: words(urls), ..Rule::default() }
}

/// A subject; service accounts are those of Datadog's own namespace.
fn subject(kind: SubjectKind, name: &str) -> BindingSubject {
    let namespace = (kind == SubjectKind::ServiceAccount).then(|| "datadog".to_owned());
    BindingSubject { kind, name: name.to_owned(), namespace }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

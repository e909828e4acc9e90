//! How OpenShift 4 exposes its control plane, whoever runs it, and where nobody but the provider can. Nothing here is a row
//! of the table.

use super::{API_SERVER, cluster_agent, hosted, kubelet};
use crate::{
    distributions::{Access, Exposure, Identity, Listener, Minors, PkiSecret, Reach},
    model::component::Component,
};

/// The first release of Kubernetes that OpenShift 4.14 carries: from there on a certificate for etcd's metrics alone lies
/// in a Secret of its operator.
const MINOR_OF_4_14: u16 = 27;

/// etcd behind its proxy for metrics, which accepts certificates of the CA for metrics alone.
///
/// Source: openshift/cluster-etcd-operator, `bindata/etcd` and `docs/etcd-tls-assets.md`; Datadog's chart and operator.
static ETCD: [Listener; 2] = [
    Listener::standard(
        Component::Etcd,
        Reach::Network,
        Access::SecretCertificate(PkiSecret {
            namespace: "openshift-etcd-operator",
            name: "etcd-metric-client",
            certificate: "tls.crt",
            key: "tls.key",
            authority: "etcd-metric-serving-ca",
        }),
    )
    .on(9979)
    .in_minors(Minors::since(MINOR_OF_4_14)),
    Listener::standard(
        Component::Etcd,
        Reach::Network,
        Access::SecretCertificate(PkiSecret {
            namespace: "openshift-monitoring",
            name: "kube-etcd-client-certs",
            certificate: "etcd-client.crt",
            key: "etcd-client.key",
            authority: "",
        }),
    )
    .on(9979)
    .in_minors(Minors::before(MINOR_OF_4_14)),
];

static CONTROLLER_MANAGER: [Listener; 1] =
    [Listener::standard(Component::ControllerManager, Reach::Network, Access::Account)];
static SCHEDULER: [Listener; 1] = [Listener::standard(Component::Scheduler, Reach::Network, Access::Account)];

/// How OpenShift 4 exposes components whose nodes are in the cluster: behind Services of its own namespaces.
#[must_use]
pub fn exposure(component: Component, _: &Identity) -> Exposure {
    let behind = |namespace, service, port_name, listeners| Exposure::Endpoints {
        namespace,
        service,
        port_name,
        listeners,
    };
    match component {
        Component::ApiServer => API_SERVER,
        Component::Etcd => behind("openshift-etcd", "etcd", "etcd-metrics", &ETCD),
        Component::ControllerManager => behind(
            "openshift-kube-controller-manager",
            "kube-controller-manager",
            "https",
            &CONTROLLER_MANAGER,
        ),
        Component::Scheduler => behind("openshift-kube-scheduler", "scheduler", "https", &SCHEDULER),
        Component::Kubelet => kubelet(),
        Component::ClusterAgent => cluster_agent(),
    }
}

/// How a guest of somebody else's control plane exposes components: the namespaces are there and empty.
#[must_use]
pub fn hosted_exposure(component: Component, _: &Identity) -> Exposure {
    hosted::with_reasons(
        component,
        "it runs in a cluster of whoever hosts the control plane; the Service in this cluster leads nowhere",
        "it runs in a cluster of whoever hosts the control plane, and no certificate for it is in this one",
        Some("whoever owns the hosting cluster can monitor it there"),
    )
}

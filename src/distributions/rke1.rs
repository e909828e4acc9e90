//! RKE1: the control plane in Docker containers that are no pods. Where Rancher's monitoring is installed, its PushProx
//! clients are pods on the same nodes, by which the components are found.

use super::{
    Access, Clue, Distribution, Exposure, Facts, HostSignal, Identity, Layer, Listener, Minors, PkiFiles,
    Reach,
    families::{API_SERVER, cluster_agent, kubelet},
    signal::{Match as M, Signal as S},
};
use crate::model::component::Component;

const RUNS: &str = "certified runs of the product, 1.14 to 1.30";

/// The variant with Rancher's monitoring.
const MONITORED: &str = "rancher-monitoring";

/// The namespace of Rancher's monitoring since Rancher 2.5.
const MONITORING: &str = "cattle-monitoring-system";

/// RKE1.
pub static RKE1: Distribution = Distribution {
    id: "rke1",
    name: "RKE1",
    families: &[],
    layer: Layer::Product,
    clues: &[
        Clue::decisive(S::NodeAnnotation("rke.cattle.io/internal-ip", M::Any), RUNS),
        Clue::decisive(S::NodeAnnotation("rke.cattle.io/external-ip", M::Any), RUNS),
        Clue::strong(
            S::NodeLabel("node-role.kubernetes.io/controlplane", M::Any),
            "the label of its control-plane nodes, without the hyphen",
        ),
        Clue::weak(S::Runtime(M::Starts("docker://")), "it knows no other runtime"),
        Clue::strong(
            S::All(&[
                S::Host(HostSignal::Process("kubelet", M::Any)),
                S::Host(HostSignal::Path("/etc/kubernetes/ssl/kubecfg-kube-node.yaml")),
            ]),
            "its kubeconfig under a kubelet that lives: the files alone outlast what wrote them",
        ),
        Clue::strong(
            S::Host(HostSignal::Path("/etc/kubernetes/ssl/kubecfg-kube-node.yaml")),
            "kube-bench, cfg/config.yaml",
        ),
        Clue::against(super::families::OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
        Clue::against(
            S::KubeletVersion(M::Contains("+rke2r")),
            "a cluster that was migrated keeps the annotations, and runs other programs",
        ),
    ],
    variant: |facts: &Facts| {
        let namespaces = facts.namespaces().ok()?;
        let is_monitored = namespaces.items.iter().any(|namespace| namespace.name == MONITORING);
        is_monitored.then(|| MONITORED.to_owned())
    },
    exposure,
    explain: "RKE1 runs every component as a Docker container, not as a pod, on nodes labelled \
              node-role.kubernetes.io/controlplane and …/etcd. Its builds are Kubernetes' own; the annotations \
              rke.cattle.io/internal-ip and external-ip tell.\n\
              \n\
              No pod means that agents find nothing by themselves. Where rancher-monitoring is installed, its PushProx \
              clients are pods on those nodes, and headless Services in front of them lead agents there; elsewhere a \
              DaemonSet that only pauses does the same. etcd wants a certificate, whose file is named after the node's \
              address; its CA is that of the whole cluster, so that a certificate for etcd is one for the API as well.",
};

/// Source: rancher/rke `cluster/plan.go` and `pki`, rancher-monitoring's values, Datadog's page on control planes.
static ETCD: [Listener; 1] = [Listener::standard(
    Component::Etcd,
    Reach::Network,
    Access::Certificate(PkiFiles {
        authority: "/etc/kubernetes/ssl/kube-ca.pem",
        certificate: "/etc/kubernetes/ssl/kube-etcd-{address}.pem",
        key: "/etc/kubernetes/ssl/kube-etcd-{address}-key.pem",
    }),
)];

/// Source: rancher-monitoring's values; the ports without TLS are gone since 1.22 and 1.23.
static CONTROLLER_MANAGER: [Listener; 2] = [
    Listener::standard(Component::ControllerManager, Reach::Network, Access::Account)
        .in_minors(Minors::since(22)),
    Listener::plain(10252, Reach::Network).in_minors(Minors::before(22)),
];

static SCHEDULER: [Listener; 2] = [
    Listener::standard(Component::Scheduler, Reach::Network, Access::Account).in_minors(Minors::since(23)),
    Listener::plain(10251, Reach::Network).in_minors(Minors::before(23)),
];

fn exposure(component: Component, identity: &Identity) -> Exposure {
    let is_monitored = identity.variant.as_deref() == Some(MONITORED);
    let found = |pods, service, listeners| {
        if is_monitored {
            Exposure::Relay { namespace: MONITORING, pods, service, listeners }
        } else {
            Exposure::HostProcess { beside: None, listeners }
        }
    };
    match component {
        Component::ApiServer => API_SERVER,
        Component::Etcd => found("k8s-app=pushprox-kube-etcd-client", "pushprox-kube-etcd-datadog", &ETCD),
        Component::ControllerManager => found(
            "k8s-app=pushprox-kube-controller-manager-client",
            "pushprox-kube-controller-manager-datadog",
            &CONTROLLER_MANAGER,
        ),
        Component::Scheduler => {
            found("k8s-app=pushprox-kube-scheduler-client", "pushprox-kube-scheduler-datadog", &SCHEDULER)
        }
        Component::Kubelet => kubelet(),
        Component::ClusterAgent => cluster_agent(),
    }
}

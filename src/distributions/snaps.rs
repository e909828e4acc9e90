//! Canonical's distributions: MicroK8s, Canonical Kubernetes and Charmed Kubernetes. All run the control plane as programs
//! of the node, each with files of its own.

use super::{
    Access, Clue, Distribution, Exposure, HostSignal, Identity, Layer, Listener, PkiFiles, Reach,
    families::{API_SERVER, cluster_agent, kubelet},
    signal::{Match as M, Signal as S},
};
use crate::model::component::Component;

const KCM: Component = Component::ControllerManager;
const SCHEDULER: Component = Component::Scheduler;

const fn process(listeners: &'static [Listener]) -> Exposure {
    Exposure::HostProcess { beside: None, listeners }
}

/// MicroK8s.
pub static MICROK8S: Distribution = Distribution {
    id: "microk8s",
    name: "MicroK8s",
    clues: &[
        Clue::decisive(S::NodeLabel("microk8s.io/cluster", M::Any), "certified runs of the product"),
        Clue::decisive(
            S::NodeLabel("node.kubernetes.io/microk8s-controlplane", M::Any),
            "certified runs of the product since 1.23",
        ),
        Clue::strong(
            S::Host(HostSignal::Process("kubelite", M::Any)),
            "the process that holds its control plane and kubelet",
        ),
        Clue::strong(
            S::Host(HostSignal::Path("/var/snap/microk8s/current/args")),
            "kube-bench, cfg/config.yaml",
        ),
        Clue::against(super::families::OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
    ],
    exposure: of_microk8s,
    explain: "MicroK8s runs the control plane in one process, kubelite, of each node that is part of it, and stores in \
              dqlite instead of etcd. It is known by the labels microk8s.io/cluster and \
              node.kubernetes.io/microk8s-controlplane; its version tells nothing.\n\
              \n\
              kube-controller-manager and kube-scheduler listen on all addresses by Kubernetes' own default. The API \
              server listens on 16443 and allows everything to everybody until the add-on rbac is turned on, so that \
              findings about rights mean nothing before.",
    ..SNAP
};

/// Canonical Kubernetes.
pub static CANONICAL_KUBERNETES: Distribution = Distribution {
    id: "canonical-kubernetes",
    name: "Canonical Kubernetes",
    clues: &[
        Clue::strong(
            S::NodeLabel("k8sd.io/role", M::Any),
            "canonical/k8s-snap; from its source, not seen on a cluster",
        ),
        Clue::against(super::families::OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
    ],
    exposure: of_canonical_kubernetes,
    explain: "Canonical Kubernetes, the snap k8s, runs the control plane as services of the node and labels nodes \
              k8sd.io/role. Its etcd listens on 2379 and wants a certificate of the CA in /etc/kubernetes/pki/etcd; no \
              source tells of a listener for metrics alone.",
    ..SNAP
};

/// Charmed Kubernetes.
pub static CHARMED: Distribution = Distribution {
    id: "charmed",
    name: "Charmed Kubernetes",
    clues: &[
        Clue::decisive(
            S::NodeLabel("juju-application", M::Any),
            "certified runs of the product; Juju's charms write it to their nodes",
        ),
        Clue::decisive(S::NodeLabel("juju-charm", M::Any), "the same"),
        Clue::strong(
            S::Host(HostSignal::Path("/var/snap/kube-apiserver/current/args")),
            "kube-bench, cfg/config.yaml",
        ),
        Clue::strong(
            S::Host(HostSignal::Path("/var/snap/kubelet/current/args")),
            "kube-bench, cfg/config.yaml",
        ),
        Clue::against(
            S::NodeLabel("k8sd.io/role", M::Any),
            "the snap of the same makers, which a charm may install",
        ),
        Clue::against(super::families::OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
    ],
    exposure: of_charmed,
    explain: "Charmed Kubernetes installs each component as a snap by a charm of Juju, which labels the nodes \
              juju-application. etcd has machines of its own by default, where no agent of the cluster runs; its clients' \
              certificate lies in /var/snap/etcd/common on them.",
    ..SNAP
};

const SNAP: Distribution = Distribution {
    id: "",
    name: "",
    families: &[],
    layer: Layer::Product,
    clues: &[],
    variant: |_| None,
    exposure: of_charmed,
    explain: "",
};

/// Source: canonical/microk8s, the arguments that it ships; no bind-address is among them.
fn of_microk8s(component: Component, _: &Identity) -> Exposure {
    static API: [Listener; 1] =
        [Listener::standard(Component::ApiServer, Reach::Network, Access::Account).on(16443)];
    static KCMS: [Listener; 1] = [Listener::standard(KCM, Reach::Network, Access::Account)];
    static SCHEDULERS: [Listener; 1] = [Listener::standard(SCHEDULER, Reach::Network, Access::Account)];
    match component {
        Component::ApiServer => process(&API),
        Component::Etcd => Exposure::hidden(
            "the datastore is dqlite behind a socket of the node, not etcd, and its metrics are off by default",
        ),
        Component::ControllerManager => process(&KCMS),
        Component::Scheduler => process(&SCHEDULERS),
        Component::Kubelet => kubelet(),
        Component::ClusterAgent => cluster_agent(),
    }
}

/// Where no source tells on which address a controller listens, loopback is what always works from the node's network.
static KCMS: [Listener; 1] = [Listener::standard(KCM, Reach::Loopback, Access::Account)];
static SCHEDULERS: [Listener; 1] = [Listener::standard(SCHEDULER, Reach::Loopback, Access::Account)];

/// Source: canonical/k8s-snap, `docs/canonicalk8s/snap/reference`.
fn of_canonical_kubernetes(component: Component, identity: &Identity) -> Exposure {
    static ETCD: [Listener; 1] = [Listener::standard(
        Component::Etcd,
        Reach::Network,
        Access::Certificate(PkiFiles {
            authority: "/etc/kubernetes/pki/etcd/ca.crt",
            certificate: "/etc/kubernetes/pki/apiserver-etcd-client.crt",
            key: "/etc/kubernetes/pki/apiserver-etcd-client.key",
        }),
    )];
    if component == Component::Etcd { process(&ETCD) } else { of_charmed(component, identity) }
}

/// Source: charmed-kubernetes/layer-etcd `src/layer.yaml`.
fn of_charmed(component: Component, _: &Identity) -> Exposure {
    static ETCD: [Listener; 1] = [Listener::standard(
        Component::Etcd,
        Reach::Network,
        Access::Certificate(PkiFiles {
            authority: "/var/snap/etcd/common/ca.crt",
            certificate: "/var/snap/etcd/common/client.crt",
            key: "/var/snap/etcd/common/client.key",
        }),
    )];
    match component {
        Component::ApiServer => API_SERVER,
        Component::Etcd => process(&ETCD),
        Component::ControllerManager => process(&KCMS),
        Component::Scheduler => process(&SCHEDULERS),
        Component::Kubelet => kubelet(),
        Component::ClusterAgent => cluster_agent(),
    }
}

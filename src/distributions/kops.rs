//! kOps: static pods of its own making, and two etcds under etcd-manager on ports that nobody else uses.

use super::{
    Access, Clue, Distribution, Exposure, Facts, Family, HostSignal, Identity, Layer, Listener, PkiFiles,
    Reach,
    families::{API_SERVER, cluster_agent, kubelet},
    signal::{Match as M, Signal as S},
};
use crate::model::component::Component;

/// kOps.
pub static KOPS: Distribution = Distribution {
    id: "kops",
    name: "kOps",
    families: &[Family::Eks],
    layer: Layer::Edition,
    clues: &[
        Clue::decisive(
            S::NodeLabel("kops.k8s.io/", M::Any),
            "instance groups and its controller's marks; absent on some workers of 1.25",
        ),
        Clue::decisive(S::PodLabel("k8s-app", M::Starts("etcd-manager-")), "its static pods of etcd"),
        Clue::strong(S::DaemonSet(M::Is("kops-controller")), "its controller on control-plane nodes"),
        Clue::strong(S::Deployment(M::Is("dns-controller")), "its controller of DNS records"),
        Clue::strong(
            S::All(&[
                S::NodeLabel("node-role.kubernetes.io/node", M::Is("")),
                S::ProviderId(M::Starts("aws://")),
            ]),
            "the role that it gives workers; certified runs up to 1.25",
        ),
        Clue::strong(S::PodName(M::Starts("etcd-manager-main-")), "the same by name"),
        Clue::strong(
            S::Host(HostSignal::Process("protokube", M::Any)),
            "its program beside the kubelet, in older releases",
        ),
        Clue::strong(
            S::Host(HostSignal::Path("/srv/kubernetes/kube-apiserver")),
            "the files that its nodeup lays down",
        ),
        Clue::against(super::families::OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
        Clue::against(
            S::NodeLabel("eks.amazonaws.com/nodegroup", M::Any),
            "a node group of a hosted product",
        ),
    ],
    variant: |facts: &Facts| {
        let version = &facts.version().ok()?.git_version;
        version.contains("-eks-").then(|| "EKS Distro".to_owned())
    },
    exposure,
    explain: "kOps runs the control plane as static pods on its own instance groups, on whatever cloud, also with the \
              builds of EKS Distro, whose ending then is that of EKS. It is known by the labels kops.k8s.io/* and, where \
              workers bear none, by its own controllers.\n\
              \n\
              etcd-manager runs two etcds on every control-plane node: main on 4001 and events on 4002, both with a \
              certificate of one CA. 2380 to 2383 are ports for peers. Neither has a listener for metrics alone unless \
              the cluster's specification names one. The image is etcd-manager, so that an agent's own template for etcd \
              never matches.",
};

/// The files that nodeup lays down for kube-apiserver; older releases laid them elsewhere.
///
/// Source: kubernetes/kops `nodeup/pkg/model/etcd_manager_tls.go`, `kube_apiserver.go` and `pkg/wellknownports`.
const FILES: PkiFiles = PkiFiles {
    authority: "/srv/kubernetes/kube-apiserver/etcd-ca.crt",
    certificate: "/srv/kubernetes/kube-apiserver/etcd-client.crt",
    key: "/srv/kubernetes/kube-apiserver/etcd-client.key",
};

const OLDER_FILES: PkiFiles = PkiFiles {
    authority: "/etc/kubernetes/pki/kube-apiserver/etcd-ca.crt",
    certificate: "/etc/kubernetes/pki/kube-apiserver/etcd-client.crt",
    key: "/etc/kubernetes/pki/kube-apiserver/etcd-client.key",
};

const SPECIFICATION: &str = "the cluster's specification, followed by a rolling update";

fn exposure(component: Component, _: &Identity) -> Exposure {
    const fn etcd(port: u16, files: PkiFiles, instance: &'static str) -> Listener {
        Listener::standard(Component::Etcd, Reach::Network, Access::Certificate(files)).on(port).of(instance)
    }
    static ETCD: [Listener; 5] = [
        etcd(4001, FILES, "main"),
        etcd(4001, OLDER_FILES, "main"),
        Listener::plain(8081, Reach::Network).of("main").once(
            SPECIFICATION,
            "etcdClusters: [{name: main, manager: {listenMetricsURLs: [http://0.0.0.0:8081]}}]",
        ),
        etcd(4002, FILES, "events"),
        etcd(4002, OLDER_FILES, "events"),
    ];
    static KCM: [Listener; 1] =
        [Listener::standard(Component::ControllerManager, Reach::Loopback, Access::Account)];
    static SCHEDULER: [Listener; 1] =
        [Listener::standard(Component::Scheduler, Reach::Loopback, Access::Account)];
    let pod = |image, listeners| Exposure::HostNetworkPod { image, listeners };
    match component {
        Component::ApiServer => API_SERVER,
        Component::Etcd => pod("etcd-manager", &ETCD),
        Component::ControllerManager => pod("kube-controller-manager", &KCM),
        Component::Scheduler => pod("kube-scheduler", &SCHEDULER),
        Component::Kubelet => kubelet(),
        Component::ClusterAgent => cluster_agent(),
    }
}

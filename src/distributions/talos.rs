//! Talos: static pods, an etcd that is a service of the node, and no shell.

use super::{
    Access, Clue, Distribution, Exposure, Family, HostSignal, Identity, Layer, Listener, PkiFiles, Reach,
    families::{cluster_agent, kubelet},
    signal::{CONTROL_PLANE_ROLE, Match as M, Signal as S},
};
use crate::model::component::Component;

/// Talos.
pub static TALOS: Distribution = Distribution {
    id: "talos",
    name: "Talos Linux",
    families: &[Family::Talos],
    layer: Layer::Method,
    clues: &[
        Clue::decisive(
            S::All(&[S::OsImage(M::Starts("Talos (")), S::Any(CONTROL_PLANE_ROLE)]),
            "certified runs of the product, 1.15 to 1.29; who hosts the control plane has no such node",
        ),
        Clue::strong(
            S::OsImage(M::Starts("Talos (")),
            "its system, which hosted products run under their workers",
        ),
        Clue::strong(S::NodeAnnotation("talos.dev/", M::Any), "written by its controllers"),
        Clue::weak(S::ProviderId(M::Starts("talos://")), "its own cloud controller"),
        Clue::strong(S::Host(HostSignal::Process("machined", M::Any)), "its first process"),
        Clue::strong(S::Host(HostSignal::Path("/system/secrets/kubernetes")), "its certificates"),
        Clue::against(super::families::OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
        Clue::against(S::KubeletVersion(M::Contains("k3s")), "another maker's programs on its system"),
    ],
    variant: |_| None,
    exposure,
    explain: "Talos runs kube-apiserver, kube-controller-manager and kube-scheduler as static pods and etcd as a service \
              of the node. It is known by its operating system beside control-plane nodes in the cluster: \
              providers of hosted control planes run it under their workers.\n\
              \n\
              kube-controller-manager and kube-scheduler listen on 127.0.0.1, and etcd has no listener for metrics, until \
              the machine configuration says otherwise and the node was restarted. There is no shell to look with. Since \
              etcd is no pod, agents find it by the container of kube-scheduler, which is on the same address. From Talos \
              1.14 on, etcd's metrics for holders of a certificate are on 2383, and 2379 speaks gRPC alone.",
};

const CONFIGURATION: &str = "the machine configuration of every control-plane node";

/// Source: siderolabs/talos, `control_plane_final.go`, `services/etcd.go`, the changes of 1.14.
fn exposure(component: Component, _: &Identity) -> Exposure {
    const KCM: Component = Component::ControllerManager;
    const FILES: PkiFiles = PkiFiles {
        authority: "/system/secrets/etcd/ca.crt",
        certificate: "/system/secrets/etcd/admin.crt",
        key: "/system/secrets/etcd/admin.key",
    };
    static API: [Listener; 1] = [Listener::standard(Component::ApiServer, Reach::Network, Access::Account)];
    static ETCD: [Listener; 3] = [
        Listener::plain(2381, Reach::Network)
            .once(CONFIGURATION, "cluster: {etcd: {extraArgs: {listen-metrics-urls: http://0.0.0.0:2381}}}"),
        Listener::standard(Component::Etcd, Reach::Network, Access::Certificate(FILES)),
        Listener::standard(Component::Etcd, Reach::Network, Access::Certificate(FILES)).on(2383),
    ];
    static KCMS: [Listener; 2] = [
        Listener::standard(KCM, Reach::Loopback, Access::Account),
        Listener::standard(KCM, Reach::Network, Access::Account)
            .once(CONFIGURATION, "cluster: {controllerManager: {extraArgs: {bind-address: 0.0.0.0}}}"),
    ];
    static SCHEDULERS: [Listener; 2] = [
        Listener::standard(Component::Scheduler, Reach::Loopback, Access::Account),
        Listener::standard(Component::Scheduler, Reach::Network, Access::Account)
            .once(CONFIGURATION, "cluster: {scheduler: {extraArgs: {bind-address: 0.0.0.0}}}"),
    ];
    let pod = |listeners| Exposure::HostNetworkPod { image: component.profile().program, listeners };
    match component {
        Component::ApiServer => pod(&API),
        Component::Etcd => Exposure::HostProcess { beside: Some("kube-scheduler"), listeners: &ETCD },
        Component::ControllerManager => pod(&KCMS),
        Component::Scheduler => pod(&SCHEDULERS),
        Component::Kubelet => kubelet(),
        Component::ClusterAgent => cluster_agent(),
    }
}

//! Kubespray: kubeadm's static pods, with an etcd beside them that is a service of the host.

use super::{
    Access, Clue, Distribution, Exposure, Family, HostSignal, Identity, Layer, Listener, PkiFiles, Reach,
    families::{OF_OUTER_CLUSTER, kubeadm},
    signal::{Match as M, Signal as S},
};
use crate::model::component::Component;

/// Kubespray.
pub static KUBESPRAY: Distribution = Distribution {
    id: "kubespray",
    name: "Kubespray",
    families: &[Family::Kubeadm],
    layer: Layer::Product,
    clues: &[
        Clue::strong(
            S::All(&[
                S::DaemonSet(M::Is("nodelocaldns")),
                S::Deployment(M::Is("dns-autoscaler")),
                S::NodeAnnotation(kubeadm::CRI_SOCKET, M::Any),
            ]),
            "its add-ons under the names that it gives them, beside kubeadm's mark; others share them one by one",
        ),
        Clue::strong(
            S::All(&[
                S::PodName(M::Starts("nginx-proxy-")),
                S::PodName(M::Starts("nodelocaldns-")),
                S::PodName(M::Starts("dns-autoscaler-")),
            ]),
            "the same with its proxy on workers, as pasted lists of pods show them",
        ),
        Clue::weak(S::Host(HostSignal::Path("/etc/ssl/etcd/ssl")), "its certificates for etcd"),
        Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
        Clue::against(S::ApiGroup(M::Ends(".kubesphere.io")), "an installer that was made of it"),
        Clue::against(
            S::NodeLabel("machine-controller/owned-by", M::Any),
            "nodes of somebody else's machines",
        ),
    ],
    variant: |_| None,
    exposure,
    explain: "Kubespray sets up control planes with kubeadm and leaves nothing that bears its name; the names of its \
              add-ons together make it likely, and never certain.\n\
              \n\
              kube-controller-manager and kube-scheduler listen on all addresses. etcd is a service of its hosts, not a pod, \
              unless it was left to kubeadm: its certificates lie in /etc/ssl/etcd/ssl, named after each host, and there is \
              a listener for metrics alone only where etcd_metrics_port was set.",
};

/// Source: kubernetes-sigs/kubespray, `roles/etcd` and the defaults of `roles/kubernetes/control-plane`.
fn exposure(component: Component, identity: &Identity) -> Exposure {
    static ETCD: [Listener; 2] = [
        Listener::plain(2381, Reach::Network).once(
            "the variables of the inventory, followed by a run of its playbook",
            "etcd_metrics_port: 2381",
        ),
        Listener::standard(
            Component::Etcd,
            Reach::Network,
            Access::Certificate(PkiFiles {
                authority: "/etc/ssl/etcd/ssl/ca.pem",
                certificate: "/etc/ssl/etcd/ssl/node-{host}.pem",
                key: "/etc/ssl/etcd/ssl/node-{host}-key.pem",
            }),
        ),
    ];
    static KCM: [Listener; 1] =
        [Listener::standard(Component::ControllerManager, Reach::Network, Access::Account)];
    static SCHEDULER: [Listener; 1] =
        [Listener::standard(Component::Scheduler, Reach::Network, Access::Account)];
    let pod = |listeners| Exposure::HostNetworkPod { image: component.profile().program, listeners };
    match component {
        Component::Etcd => Exposure::HostProcess { beside: Some("kube-apiserver"), listeners: &ETCD },
        Component::ControllerManager => pod(&KCM),
        Component::Scheduler => pod(&SCHEDULER),
        _ => kubeadm::exposure(component, identity),
    }
}

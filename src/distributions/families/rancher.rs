//! What k3s and RKE2 have in common: one supervisor, the same tree of certificates, the same settings. Nothing here is a row
//! of the table.

use crate::{
    distributions::{Access, Listener, PkiFiles, Reach},
    model::component::Component,
};

/// Where the supervisor named here reads its settings.
macro_rules! config {
    ($name:literal) => {
        concat!("/etc/rancher/", $name, "/config.yaml on every server, followed by a restart")
    };
}

/// etcd as the supervisor starts it: metrics without TLS on loopback, on the network where that was set, and its clients'
/// port with a certificate.
///
/// Source: k3s-io/k3s `pkg/etcd/etcd.go` and `pkg/daemons/control/deps`; rancher/rke2 `pkg/podtemplate`.
macro_rules! etcd {
    ($name:literal) => {
        [
            Listener::plain(2381, Reach::Loopback),
            Listener::plain(2381, Reach::Network).once(config!($name), "etcd-expose-metrics: true"),
            Listener::standard(
                Component::Etcd,
                Reach::Network,
                Access::Certificate(PkiFiles {
                    authority: concat!("/var/lib/rancher/", $name, "/server/tls/etcd/server-ca.crt"),
                    certificate: concat!("/var/lib/rancher/", $name, "/server/tls/etcd/server-client.crt"),
                    key: concat!("/var/lib/rancher/", $name, "/server/tls/etcd/server-client.key"),
                }),
            ),
        ]
    };
}

/// kube-controller-manager or kube-scheduler: on loopback unless set otherwise.
macro_rules! controller {
    ($name:literal, $component:ident, $setting:literal) => {
        [
            Listener::standard(Component::$component, Reach::Loopback, Access::Account),
            Listener::standard(Component::$component, Reach::Network, Access::Account)
                .once(config!($name), $setting),
        ]
    };
}

pub(in crate::distributions) static ETCD_OF_K3S: [Listener; 3] = etcd!("k3s");
pub(in crate::distributions) static ETCD_OF_RKE2: [Listener; 3] = etcd!("rke2");
pub(in crate::distributions) static CONTROLLER_MANAGER_OF_K3S: [Listener; 2] =
    controller!("k3s", ControllerManager, "kube-controller-manager-arg: [bind-address=0.0.0.0]");
pub(in crate::distributions) static CONTROLLER_MANAGER_OF_RKE2: [Listener; 2] =
    controller!("rke2", ControllerManager, "kube-controller-manager-arg: [bind-address=0.0.0.0]");
pub(in crate::distributions) static SCHEDULER_OF_K3S: [Listener; 2] =
    controller!("k3s", Scheduler, "kube-scheduler-arg: [bind-address=0.0.0.0]");
pub(in crate::distributions) static SCHEDULER_OF_RKE2: [Listener; 2] =
    controller!("rke2", Scheduler, "kube-scheduler-arg: [bind-address=0.0.0.0]");

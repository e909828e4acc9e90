//! The static pods of kubeadm 1.36 with their flags. The servers read the flags; nothing here acts on them.
//!
//! Source: the manifests of a cluster made by kubeadm 1.36.

use super::CONTROL_PLANE;
use crate::{lab::spec::ComponentSpec, model::component::Component};

const ETCD: &str = "\
advertise-client-urls=https://192.0.2.11:2379
cert-file=/etc/kubernetes/pki/etcd/server.crt
client-cert-auth=true
data-dir=/var/lib/etcd
feature-gates=InitialCorruptCheck=true
initial-advertise-peer-urls=https://192.0.2.11:2380
initial-cluster=cp-1=https://192.0.2.11:2380
key-file=/etc/kubernetes/pki/etcd/server.key
listen-client-urls=https://127.0.0.1:2379,https://192.0.2.11:2379
listen-metrics-urls=http://127.0.0.1:2381
listen-peer-urls=https://192.0.2.11:2380
name=cp-1
peer-cert-file=/etc/kubernetes/pki/etcd/peer.crt
peer-client-cert-auth=true
peer-key-file=/etc/kubernetes/pki/etcd/peer.key
peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt
snapshot-count=10000
trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt
watch-progress-notify-interval=5s";

const API_SERVER: &str = "\
advertise-address=192.0.2.11
allow-privileged=true
authorization-mode=Node,RBAC
client-ca-file=/etc/kubernetes/pki/ca.crt
enable-admission-plugins=NodeRestriction
enable-bootstrap-token-auth=true
etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt
etcd-certfile=/etc/kubernetes/pki/apiserver-etcd-client.crt
etcd-keyfile=/etc/kubernetes/pki/apiserver-etcd-client.key
etcd-servers=https://127.0.0.1:2379
kubelet-client-certificate=/etc/kubernetes/pki/apiserver-kubelet-client.crt
kubelet-client-key=/etc/kubernetes/pki/apiserver-kubelet-client.key
kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname
proxy-client-cert-file=/etc/kubernetes/pki/front-proxy-client.crt
proxy-client-key-file=/etc/kubernetes/pki/front-proxy-client.key
requestheader-allowed-names=front-proxy-client
requestheader-client-ca-file=/etc/kubernetes/pki/front-proxy-ca.crt
requestheader-extra-headers-prefix=X-Remote-Extra-
requestheader-group-headers=X-Remote-Group
requestheader-username-headers=X-Remote-User
secure-port=6443
service-account-issuer=https://kubernetes.default.svc.cluster.local
service-account-key-file=/etc/kubernetes/pki/sa.pub
service-account-signing-key-file=/etc/kubernetes/pki/sa.key
service-cluster-ip-range=10.96.0.0/12
tls-cert-file=/etc/kubernetes/pki/apiserver.crt
tls-private-key-file=/etc/kubernetes/pki/apiserver.key";

const CONTROLLER_MANAGER: &str = "\
allocate-node-cidrs=true
authentication-kubeconfig=/etc/kubernetes/controller-manager.conf
authorization-kubeconfig=/etc/kubernetes/controller-manager.conf
bind-address=127.0.0.1
client-ca-file=/etc/kubernetes/pki/ca.crt
cluster-cidr=10.244.0.0/16
cluster-name=practice
cluster-signing-cert-file=/etc/kubernetes/pki/ca.crt
cluster-signing-key-file=/etc/kubernetes/pki/ca.key
controllers=*,bootstrapsigner,tokencleaner
kubeconfig=/etc/kubernetes/controller-manager.conf
leader-elect=true
requestheader-client-ca-file=/etc/kubernetes/pki/front-proxy-ca.crt
root-ca-file=/etc/kubernetes/pki/ca.crt
service-account-private-key-file=/etc/kubernetes/pki/sa.key
service-cluster-ip-range=10.96.0.0/12
use-service-account-credentials=true";

const SCHEDULER: &str = "\
authentication-kubeconfig=/etc/kubernetes/scheduler.conf
authorization-kubeconfig=/etc/kubernetes/scheduler.conf
bind-address=127.0.0.1
kubeconfig=/etc/kubernetes/scheduler.conf
leader-elect=true";

/// The four of them on the control-plane node.
pub(super) fn all() -> Vec<ComponentSpec> {
    [
        (Component::Etcd, "registry.k8s.io/etcd:3.6.8-0", "etcd-server", ETCD),
        (Component::ApiServer, "registry.k8s.io/kube-apiserver:v1.36.2", "apiserver", API_SERVER),
        (
            Component::ControllerManager,
            "registry.k8s.io/kube-controller-manager:v1.36.2",
            "controller-manager",
            CONTROLLER_MANAGER,
        ),
        (Component::Scheduler, "registry.k8s.io/kube-scheduler:v1.36.2", "scheduler", SCHEDULER),
    ]
    .into_iter()
    .map(|(component, image, serving, flags)| ComponentSpec {
        component,
        node: CONTROL_PLANE.to_owned(),
        image: image.to_owned(),
        flags: flags
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        serving: serving.to_owned(),
    })
    .collect()
}

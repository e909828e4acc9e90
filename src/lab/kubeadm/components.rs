//! The static pods of kubeadm 1.36 with their flags. The servers read the flags; nothing here acts on them.
//!
//! Source: the manifests of a cluster made by kubeadm 1.36.

use super::ControlPlane;
use crate::{
    lab::spec::{ComponentSpec, Shown},
    model::component::Component,
};
use std::collections::BTreeMap;

const ETCD: &str = "\
advertise-client-urls=https://ADDRESS:2379
cert-file=/etc/kubernetes/pki/etcd/server.crt
client-cert-auth=true
data-dir=/var/lib/etcd
feature-gates=InitialCorruptCheck=true
initial-advertise-peer-urls=https://ADDRESS:2380
initial-cluster=MEMBERS
key-file=/etc/kubernetes/pki/etcd/server.key
listen-client-urls=https://127.0.0.1:2379,https://ADDRESS:2379
listen-metrics-urls=http://127.0.0.1:2381
listen-peer-urls=https://ADDRESS:2380
name=NODE
peer-cert-file=/etc/kubernetes/pki/etcd/peer.crt
peer-client-cert-auth=true
peer-key-file=/etc/kubernetes/pki/etcd/peer.key
peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt
snapshot-count=10000
trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt
watch-progress-notify-interval=5s";

const API_SERVER: &str = "\
advertise-address=ADDRESS
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

/// The four of them on every control-plane node.
pub(super) fn all(control_planes: &[ControlPlane]) -> Vec<ComponentSpec> {
    let mut members: Vec<String> = Vec::new();
    let mut components = Vec::new();
    for node in control_planes {
        // A member that joins is told of those that are there already and of itself.
        members.push(format!("{}=https://{}:2380", node.name, node.address));
        components.extend(on(node, &members.join(",")));
    }
    components
}

fn on(node: &ControlPlane, members: &str) -> [ComponentSpec; 4] {
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
    .map(|(component, image, serving, flags)| {
        let flags = flags
            .replace("ADDRESS", &node.address.to_string())
            .replace("MEMBERS", members)
            .replace("NODE", &node.name);
        let mut flags: BTreeMap<String, String> = flags
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        if component == Component::Etcd && members.contains(',') {
            flags.insert("initial-cluster-state".to_owned(), "existing".to_owned());
        }
        ComponentSpec {
            component,
            node: node.name.clone(),
            image: image.to_owned(),
            flags,
            serving: format!("{serving}-{}", node.name),
            shown: Shown::StaticPod,
        }
    })
}

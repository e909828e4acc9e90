//! Where the files of a control plane lie on a node when nothing says so: one table, which names no distribution and
//! decides nothing. What a flag or a manifest says goes before it.

/// A way of laying out a control plane's files.
#[derive(Debug)]
pub(super) struct Layout {
    /// Folders of static pods' manifests.
    pub manifests: &'static [&'static str],
    /// The kubelet's configuration.
    pub kubelet: &'static [&'static str],
    /// Certificates, keys and kubeconfigs, each of which may be missing.
    pub files: &'static [&'static str],
    /// What opens each etcd, the least powerful first of those that come to the same.
    pub etcd: &'static [EtcdFiles],
}

/// What opens one etcd.
#[derive(Debug, PartialEq, Eq)]
pub struct EtcdFiles {
    /// The name of the static pod that it runs in, where that hides its flags.
    pub pod: Option<&'static str>,
    /// The port for its clients.
    pub port: u16,
    /// The CA of its certificates.
    pub authority: &'static str,
    /// A client certificate.
    pub certificate: &'static str,
    /// Its private key.
    pub key: &'static str,
}

/// Every known layout.
///
/// Sources: kubeadm's `certlist.go` and phases, seen on 1.36; kOps' nodeup (`etcd_manager_tls.go`, `kube_apiserver.go`,
/// `kubelet.go`) with the ports of its `wellknownports.go`.
pub(super) static LAYOUTS: &[Layout] = &[
    Layout {
        manifests: &["/etc/kubernetes/manifests"],
        kubelet: &["/var/lib/kubelet/config.yaml"],
        files: &[
            "/etc/kubernetes/admin.conf",
            "/etc/kubernetes/controller-manager.conf",
            "/etc/kubernetes/kubelet.conf",
            "/etc/kubernetes/pki/apiserver-etcd-client.crt",
            "/etc/kubernetes/pki/apiserver-etcd-client.key",
            "/etc/kubernetes/pki/apiserver-kubelet-client.crt",
            "/etc/kubernetes/pki/apiserver-kubelet-client.key",
            "/etc/kubernetes/pki/apiserver.crt",
            "/etc/kubernetes/pki/apiserver.key",
            "/etc/kubernetes/pki/ca.crt",
            "/etc/kubernetes/pki/ca.key",
            "/etc/kubernetes/pki/etcd/ca.crt",
            "/etc/kubernetes/pki/etcd/ca.key",
            "/etc/kubernetes/pki/etcd/healthcheck-client.crt",
            "/etc/kubernetes/pki/etcd/healthcheck-client.key",
            "/etc/kubernetes/pki/etcd/peer.crt",
            "/etc/kubernetes/pki/etcd/peer.key",
            "/etc/kubernetes/pki/etcd/server.crt",
            "/etc/kubernetes/pki/etcd/server.key",
            "/etc/kubernetes/pki/front-proxy-ca.crt",
            "/etc/kubernetes/pki/front-proxy-ca.key",
            "/etc/kubernetes/pki/front-proxy-client.crt",
            "/etc/kubernetes/pki/front-proxy-client.key",
            "/etc/kubernetes/pki/sa.key",
            "/etc/kubernetes/scheduler.conf",
            "/etc/kubernetes/super-admin.conf",
            "/var/lib/kubelet/pki/kubelet-client-current.pem",
            "/var/lib/kubelet/pki/kubelet-server-current.pem",
            "/var/lib/kubelet/pki/kubelet.crt",
            "/var/lib/kubelet/pki/kubelet.key",
        ],
        etcd: &[EtcdFiles {
            pod: None,
            port: 2379,
            authority: "/etc/kubernetes/pki/etcd/ca.crt",
            certificate: "/etc/kubernetes/pki/etcd/healthcheck-client.crt",
            key: "/etc/kubernetes/pki/etcd/healthcheck-client.key",
        }],
    },
    Layout {
        manifests: &["/etc/kubernetes/manifests"],
        kubelet: &["/var/lib/kubelet/kubelet.conf"],
        files: &[
            "/etc/kubernetes/pki/etcd-manager-events/etcd-clients-ca.crt",
            "/etc/kubernetes/pki/etcd-manager-events/etcd-clients-ca.key",
            "/etc/kubernetes/pki/etcd-manager-main/etcd-clients-ca.crt",
            "/etc/kubernetes/pki/etcd-manager-main/etcd-clients-ca.key",
            "/etc/kubernetes/pki/kube-apiserver/etcd-client.crt",
            "/etc/kubernetes/pki/kube-apiserver/etcd-client.key",
            "/etc/srv/kubernetes/kube-apiserver/etcd-client.crt",
            "/etc/srv/kubernetes/kube-apiserver/etcd-client.key",
            "/srv/kubernetes/kube-apiserver/etcd-ca.crt",
            "/srv/kubernetes/kube-apiserver/etcd-client.crt",
            "/srv/kubernetes/kube-apiserver/etcd-client.key",
            "/srv/kubernetes/kube-apiserver/server.crt",
            "/srv/kubernetes/kube-apiserver/server.key",
            "/var/lib/kube-controller-manager/kubeconfig",
            "/var/lib/kube-scheduler/kubeconfig",
            "/var/lib/kubelet/kubeconfig",
        ],
        etcd: &[
            managed("etcd-manager-main", 4001, SRV),
            managed("etcd-manager-events", 4002, SRV),
            managed("etcd-manager-leases", 4004, SRV),
            managed("etcd-manager-main", 4001, ETC_SRV),
            managed("etcd-manager-events", 4002, ETC_SRV),
            managed("etcd-manager-leases", 4004, ETC_SRV),
            managed("etcd-manager-main", 4001, PKI),
            managed("etcd-manager-events", 4002, PKI),
        ],
    },
];

/// CA, certificate and key in one of the folders in which kOps has put them.
type Folder = (&'static str, &'static str, &'static str);

const SRV: Folder = (
    "/srv/kubernetes/kube-apiserver/etcd-ca.crt",
    "/srv/kubernetes/kube-apiserver/etcd-client.crt",
    "/srv/kubernetes/kube-apiserver/etcd-client.key",
);
const ETC_SRV: Folder = (
    "/etc/srv/kubernetes/kube-apiserver/etcd-ca.crt",
    "/etc/srv/kubernetes/kube-apiserver/etcd-client.crt",
    "/etc/srv/kubernetes/kube-apiserver/etcd-client.key",
);
const PKI: Folder = (
    "/etc/kubernetes/pki/kube-apiserver/etcd-ca.crt",
    "/etc/kubernetes/pki/kube-apiserver/etcd-client.crt",
    "/etc/kubernetes/pki/kube-apiserver/etcd-client.key",
);

/// An etcd that a manager of its own starts: main, events and leases share one CA for clients.
const fn managed(pod: &'static str, port: u16, (authority, certificate, key): Folder) -> EtcdFiles {
    EtcdFiles { pod: Some(pod), port, authority, certificate, key }
}

/// What is known of every etcd.
pub(super) fn etcds() -> impl Iterator<Item = &'static EtcdFiles> {
    LAYOUTS.iter().flat_map(|layout| layout.etcd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_whole_and_sorted() {
        for layout in LAYOUTS {
            assert!(layout.files.is_sorted());
            let etcd = layout.etcd.iter().flat_map(|it| [it.authority, it.certificate, it.key]);
            let all = layout.files.iter().chain(layout.manifests).chain(layout.kubelet).copied().chain(etcd);
            for path in all {
                assert!(path.starts_with('/') && !path.ends_with('/') && !path.contains("//"), "{path}");
            }
        }
    }
}

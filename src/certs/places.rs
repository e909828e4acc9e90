//! Where the CA lies that etcd takes client certificates of, by distribution; what a certificate of it can do; and which
//! safer way to etcd's metrics there is. Data alone: which of it holds on a machine is found out elsewhere.

/// What a distribution does with etcd's certificates.
#[derive(Debug)]
pub struct Place {
    /// The distribution's id, as `detect` prints it.
    pub id: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// Where the CA is.
    pub authority: Whereabouts,
    /// What an Agent on a control-plane node asks.
    pub url: Option<&'static str>,
    /// What a certificate of the CA opens.
    pub opens: Opens,
    /// How to get at the metrics without a new certificate, the best way first.
    pub safer: &'static [&'static str],
    /// What else is to be known where a certificate is used.
    pub note: Option<&'static str>,
}

/// Where the CA is.
#[derive(Debug)]
pub enum Whereabouts {
    /// In files of a control-plane or etcd node; the first pair that is there.
    Files(&'static [Pair]),
    /// Where no path leads; what to do to get at it.
    Elsewhere(&'static str),
    /// Out of everybody's reach, or there is no etcd; the reason.
    Nowhere(&'static str),
}

/// A CA certificate and its private key.
#[derive(Debug)]
pub struct Pair {
    /// The certificate's file.
    pub certificate: &'static str,
    /// The key's file.
    pub key: &'static str,
}

/// What a certificate opens, where etcd's own authorisation is off, as it is everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    /// All of etcd, which is all of the cluster.
    Etcd,
    /// The same, and the API server too: one CA signs for both.
    EtcdAndApi,
}

const KUBEADM: &[Pair] =
    &[Pair { certificate: "/etc/kubernetes/pki/etcd/ca.crt", key: "/etc/kubernetes/pki/etcd/ca.key" }];

const LOOPBACK_METRICS: &str = "etcd serves plain metrics on http://127.0.0.1:2381/metrics of its node: an Agent on the host's \
     network needs no certificate at all";
const OPEN_METRICS: &str = "start etcd with --listen-metrics-urls=http://127.0.0.1:2381: it then serves its metrics, and nothing \
     else, to an Agent on the host's network without any certificate";
const MOUNT_KUBEADM: &str = "mount the certificate that is there already, /etc/kubernetes/pki/etcd/healthcheck-client.crt with its \
     key, read-only from the node: it opens as much, but makes no new credential, and kubeadm renews it";
const HOSTED: &str =
    "its etcd is the provider's: nobody outside reaches it, and no certificate of yours would be accepted";

const fn of_node(
    id: &'static str,
    name: &'static str,
    pairs: &'static [Pair],
    safer: &'static [&'static str],
) -> Place {
    Place {
        id,
        name,
        authority: Whereabouts::Files(pairs),
        url: Some("https://127.0.0.1:2379/metrics"),
        opens: Opens::Etcd,
        safer,
        note: None,
    }
}

const fn nowhere(id: &'static str, name: &'static str, why: &'static str) -> Place {
    Place {
        id,
        name,
        authority: Whereabouts::Nowhere(why),
        url: None,
        opens: Opens::Etcd,
        safer: &[],
        note: None,
    }
}

const fn hosted(id: &'static str, name: &'static str) -> Place {
    nowhere(id, name, HOSTED)
}

/// Every distribution whose way is known; those that share paths stand in the order in which they are named.
pub static PLACES: &[Place] = &[
    of_node("kubeadm", "kubeadm", KUBEADM, &[LOOPBACK_METRICS, MOUNT_KUBEADM]),
    of_node("kind", "kind", KUBEADM, &[LOOPBACK_METRICS, MOUNT_KUBEADM]),
    of_node(
        "bottlerocket",
        "kubeadm on Bottlerocket",
        &[
            Pair { certificate: "/var/lib/kubeadm/pki/etcd/ca.crt", key: "/var/lib/kubeadm/pki/etcd/ca.key" },
            Pair { certificate: "/var/lib/etcd/pki/ca.crt", key: "/var/lib/etcd/pki/ca.key" },
        ],
        &[LOOPBACK_METRICS],
    ),
    of_node(
        "eks-anywhere",
        "EKS Anywhere",
        &[Pair { certificate: "/etc/etcd/pki/ca.crt", key: "/etc/etcd/pki/ca.key" }],
        &[
            "where etcd is stacked, it serves plain metrics on http://127.0.0.1:2381/metrics of its node",
            "mount the certificate that is there already, /etc/etcd/pki/etcdctl-etcd-client.crt with its key, read-only from the node",
        ],
    ),
    Place {
        url: Some("https://127.0.0.1:4001/metrics"),
        note: Some("the events cluster answers on port 4002, to the same certificate"),
        ..of_node(
            "kops",
            "kOps",
            &[
                Pair {
                    certificate: "/etc/kubernetes/pki/etcd-manager-main/etcd-clients-ca.crt",
                    key: "/etc/kubernetes/pki/etcd-manager-main/etcd-clients-ca.key",
                },
                Pair {
                    certificate: "/etc/kubernetes/pki/etcd-manager-events/etcd-clients-ca.crt",
                    key: "/etc/kubernetes/pki/etcd-manager-events/etcd-clients-ca.key",
                },
            ],
            &[
                "have etcd-manager open a metrics URL (spec.etcdClusters[].manager.listenMetricsURLs): it serves metrics alone, \
                 without a certificate",
                "mount the certificate that is there already, /srv/kubernetes/kube-apiserver/etcd-client.crt with its key, read-only \
                 from the node",
            ],
        )
    },
    Place {
        opens: Opens::EtcdAndApi,
        ..of_node(
            "rke1",
            "RKE",
            &[Pair {
                certificate: "/etc/kubernetes/ssl/kube-ca.pem",
                key: "/etc/kubernetes/ssl/kube-ca-key.pem",
            }],
            &[
                "give etcd extra_args with listen-metrics-urls: http://127.0.0.1:2381, and no certificate is needed",
                "mount one that is there already, /etc/kubernetes/ssl/kube-etcd-*.pem with its key, read-only from the node",
            ],
        )
    },
    of_node(
        "rke2",
        "RKE2",
        &[Pair {
            certificate: "/var/lib/rancher/rke2/server/tls/etcd/server-ca.crt",
            key: "/var/lib/rancher/rke2/server/tls/etcd/server-ca.key",
        }],
        &[
            LOOPBACK_METRICS,
            "mount the certificate that is there already, /var/lib/rancher/rke2/server/tls/etcd/client.crt with its key, read-only \
             from the node",
        ],
    ),
    of_node(
        "k3s",
        "k3s with embedded etcd",
        &[Pair {
            certificate: "/var/lib/rancher/k3s/server/tls/etcd/server-ca.crt",
            key: "/var/lib/rancher/k3s/server/tls/etcd/server-ca.key",
        }],
        &[
            "start k3s with etcd-expose-metrics: true, or ask http://127.0.0.1:2381/metrics from the host's network: no certificate is needed",
            "mount the certificate that is there already, /var/lib/rancher/k3s/server/tls/etcd/client.crt with its key, read-only \
             from the node",
        ],
    ),
    of_node(
        "k0s",
        "k0s",
        &[Pair { certificate: "/var/lib/k0s/pki/etcd/ca.crt", key: "/var/lib/k0s/pki/etcd/ca.key" }],
        &[
            "mount the certificate that is there already, /var/lib/k0s/pki/apiserver-etcd-client.crt with its key, read-only from \
             the node",
            OPEN_METRICS,
        ],
    ),
    of_node(
        "kubespray",
        "Kubespray",
        &[Pair { certificate: "/etc/ssl/etcd/ssl/ca.pem", key: "/etc/ssl/etcd/ssl/ca-key.pem" }],
        &[
            "set etcd_metrics_port: 2381 in the inventory: etcd then serves its metrics without a certificate; they listen on the \
             node's address too, so firewall it",
            "mount one that is there already, /etc/ssl/etcd/ssl/node-HOST.pem with its key, read-only from the node",
        ],
    ),
    of_node(
        "openshift3",
        "OpenShift 3.11",
        &[Pair { certificate: "/etc/etcd/ca/ca.crt", key: "/etc/etcd/ca/ca.key" }],
        &[
            "mount the certificate that is there already, /etc/origin/master/master.etcd-client.crt with its key, read-only from the node",
            OPEN_METRICS,
        ],
    ),
    Place {
        authority: Whereabouts::Elsewhere(
            "OpenShift 4 keeps a CA of its own for metrics, and a client certificate of it that can read nothing else: copy that \
             one, and issue none: ctlmon certs copy --from openshift-etcd-operator/etcd-metric-client --to datadog/etcd-metric-client",
        ),
        url: Some("https://127.0.0.1:9979/metrics"),
        ..of_node(
            "openshift4",
            "OpenShift 4",
            &[],
            &[
                "the Secret openshift-etcd-operator/etcd-metric-client opens port 9979, which serves metrics and nothing else; \
              what verifies the server is the ConfigMap etcd-metric-serving-ca beside it",
            ],
        )
    },
    Place {
        authority: Whereabouts::Elsewhere(
            "Talos has no shell: take cluster.etcd.ca out of the machine configuration of a control-plane node (talosctl get \
             machineconfig -o yaml), decode crt and key from base64 into two files, and name them with --ca-cert and --ca-key",
        ),
        note: Some("from Talos 1.14 the metrics are on port 2383 of the node, to the same certificate"),
        ..of_node(
            "talos",
            "Talos",
            &[],
            &[
                "set cluster.etcd.extraArgs.listen-metrics-urls: http://127.0.0.1:2381 in the machine configuration, and no certificate is needed",
            ],
        )
    },
    Place {
        authority: Whereabouts::Elsewhere(
            "the CA's key is with easyrsa or Vault and not on this node: mount the certificate that is there already, or write a \
             request with --csr-out and have it signed there",
        ),
        ..of_node(
            "charmed",
            "Charmed Kubernetes",
            &[],
            &[
                "mount the certificate that is there already, /var/snap/etcd/common/client.crt with its key, read-only from the node",
            ],
        )
    },
    of_node(
        "canonical-k8s",
        "Canonical Kubernetes",
        KUBEADM,
        &[
            "mount the certificate that is there already, /etc/kubernetes/pki/apiserver-etcd-client.crt with its key, read-only from \
           the node",
        ],
    ),
    nowhere(
        "microk8s",
        "MicroK8s",
        "it stores its state in dqlite, behind a socket of the node: there is no etcd to open",
    ),
    hosted("eks", "Amazon EKS"),
    hosted("eks-fargate", "Amazon EKS on Fargate"),
    hosted("eks-auto-mode", "Amazon EKS Auto Mode"),
    hosted("gke", "Google GKE"),
    hosted("gke-autopilot", "Google GKE Autopilot"),
    hosted("aks", "Azure AKS"),
    hosted("doks", "DigitalOcean Kubernetes"),
    hosted("oke", "Oracle OKE"),
    hosted("iks", "IBM Cloud Kubernetes Service"),
    hosted("lke", "Linode LKE"),
    hosted("ack", "Alibaba Cloud ACK"),
    hosted("tke", "Tencent TKE"),
    hosted("cce", "Huawei CCE"),
    hosted("vke", "Vultr Kubernetes Engine"),
    hosted("kapsule", "Scaleway Kapsule"),
    hosted("ovh-mks", "OVHcloud Managed Kubernetes"),
];

/// The place of this id.
#[must_use]
pub fn place(id: &str) -> Option<&'static Place> {
    PLACES.iter().find(|place| place.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_unique_and_paths_absolute() {
        let ids: BTreeSet<&str> = PLACES.iter().map(|place| place.id).collect();
        assert_eq!(ids.len(), PLACES.len());
        for place in PLACES {
            if let Whereabouts::Files(pairs) = &place.authority {
                assert!(!pairs.is_empty(), "{}", place.id);
                assert!(
                    pairs.iter().all(|pair| pair.certificate.starts_with('/') && pair.key.starts_with('/'))
                );
            }
        }
    }

    #[test]
    fn whoever_has_an_etcd_has_a_url_and_a_safer_way() {
        for place in PLACES.iter().filter(|place| !matches!(place.authority, Whereabouts::Nowhere(_))) {
            assert!(place.url.is_some_and(|url| url.starts_with("https://")), "{}", place.id);
            assert!(!place.safer.is_empty(), "{}", place.id);
        }
    }
}

//! Products with kubeadm inside that differ from it in how they are recognised, and little or nothing in how components are
//! exposed. What differs in more has a file of its own.

use super::{
    Clue, Distribution,
    families::{
        OF_OUTER_CLUSTER, hosted,
        kubeadm::{self, CRI_SOCKET},
    },
    signal::{Match as M, Signal as S},
};

const RUNS: &str = "certified runs of the product";

const OUTER: Clue = Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one");

/// kURL.
pub static KURL: Distribution = Distribution {
    id: "kurl",
    name: "kURL",
    clues: &[
        Clue::decisive(S::NodeLabel("kurl.sh/cluster", M::Any), RUNS),
        Clue::strong(S::ApiGroup(M::Is("cluster.kurl.sh")), RUNS),
        OUTER,
    ],
    explain: "kURL installs a vendor's application with Kubernetes around it, by kubeadm, and labels its nodes \
              kurl.sh/cluster on whatever cloud they are. Everything said of kubeadm holds.",
    ..kubeadm::PRODUCT
};

/// KubeOne.
pub static KUBEONE: Distribution = Distribution {
    id: "kubeone",
    name: "KubeOne",
    clues: &[
        Clue::decisive(S::NodeLabel("v1.kubeone.io/", M::Any), "certified runs since 1.23"),
        Clue::strong(
            S::NodeLabel("machine-controller/owned-by", M::Any),
            "the machine controller, which hosted clusters of the same makers have too",
        ),
        Clue::strong(S::ApiGroup(M::Is("kubeone.k8c.io")), "its own resources"),
        Clue::against(S::NodeLabel("system/cluster", M::Any), "a user cluster of the hosted platform"),
        Clue::against(S::NodeLabel("x-kubernetes.io/distribution", M::Any), "the same, before it was named"),
        OUTER,
    ],
    explain: "KubeOne sets up control planes with kubeadm and workers with Kubermatic's machine controller, whose labels \
              user clusters of the hosted platform bear too, beside the name of the cluster. Everything said of kubeadm \
              holds.",
    ..kubeadm::PRODUCT
};

/// Deckhouse.
pub static DECKHOUSE: Distribution = Distribution {
    id: "deckhouse",
    name: "Deckhouse",
    clues: &[
        Clue::strong(S::NodeLabel("node.deckhouse.io/", M::Any), RUNS),
        Clue::strong(
            S::ApiGroup(M::Is("deckhouse.io")),
            "its own resources, which are also in clusters of others",
        ),
        Clue::strong(S::Namespace(M::Is("d8-system")), "its namespaces begin with d8-"),
        OUTER,
    ],
    explain: "Deckhouse sets up control planes with kubeadm and manages nodes, which it labels node.deckhouse.io/*; it may \
              also be installed into a cluster of somebody else, and then labels none. Everything said of kubeadm holds.",
    ..kubeadm::PRODUCT
};

/// Oracle Cloud Native Environment.
pub static OCNE: Distribution = Distribution {
    id: "ocne",
    name: "Oracle Cloud Native Environment",
    clues: &[
        Clue::strong(
            S::Any(&[
                S::ServerVersion(M::Ends(".el7")),
                S::ServerVersion(M::Ends(".el8")),
                S::ServerVersion(M::Ends(".el9")),
            ]),
            "packages for its system; certified runs, 1.12 to 1.33",
        ),
        Clue::strong(S::OsImage(M::Starts("Oracle Linux")), "its system, which others install as well"),
        Clue::against(S::NodeLabel("oke.oraclecloud.com/", M::Any), "the hosted product of the same vendor"),
        OUTER,
    ],
    explain: "OCNE installs Oracle's packages of Kubernetes, whose version ends in .el7, .el8 or .el9, with kubeadm on \
              Oracle Linux, in Oracle's cloud or elsewhere. Everything said of kubeadm holds.",
    ..kubeadm::PRODUCT
};

/// Constellation.
pub static CONSTELLATION: Distribution = Distribution {
    id: "constellation",
    name: "Constellation",
    clues: &[
        Clue::decisive(S::NodeAnnotation("constellation.edgeless.systems/", M::Any), RUNS),
        Clue::strong(S::ApiGroup(M::Is("update.edgeless.systems")), RUNS),
        OUTER,
    ],
    explain: "Constellation runs confidential machines on the clouds and sets them up with kubeadm; its annotations \
              constellation.edgeless.systems/* tell, on whatever cloud. Its konnectivity is no sign of a hosted control \
              plane. Everything said of kubeadm holds.",
    ..kubeadm::PRODUCT
};

/// `StarlingX`.
pub static STARLINGX: Distribution = Distribution {
    id: "starlingx",
    name: "StarlingX",
    clues: &[
        Clue::decisive(S::ApiGroup(M::Is("starlingx.windriver.com")), RUNS),
        Clue::strong(S::ApiGroup(M::Is("armada.process")), "older certified runs"),
        OUTER,
    ],
    explain: "StarlingX, also as Wind River's product, sets up its controllers with kubeadm; the API group of its own \
              resources tells. etcd runs as a service of the controllers there, beside static pods of the rest, of which \
              everything holds that is said of kubeadm.",
    ..kubeadm::PRODUCT
};

/// Rafay MKS.
pub static RAFAY_MKS: Distribution = Distribution {
    id: "rafay-mks",
    name: "Rafay MKS",
    clues: &[
        Clue::strong(
            S::All(&[
                S::NodeAnnotation("rafay.dev/object-hash", M::Any),
                S::NodeAnnotation(CRI_SOCKET, M::Any),
            ]),
            "certified runs; clusters of others that it took over bear the first as well",
        ),
        Clue::weak(S::ApiGroup(M::Is("cluster.rafay.dev")), "also in clusters that it took over"),
        OUTER,
    ],
    explain: "Rafay sets up clusters with kubeadm and takes over clusters of others, on which it leaves the same marks, so \
              that it is never more than likely. Everything said of kubeadm holds.",
    ..kubeadm::PRODUCT
};

/// `MetalK8s`.
pub static METALK8S: Distribution = Distribution {
    id: "metalk8s",
    name: "MetalK8s",
    clues: &[
        Clue::decisive(S::NodeLabel("metalk8s.scality.com/", M::Any), RUNS),
        Clue::strong(S::ApiGroup(M::Is("storage.metalk8s.scality.com")), RUNS),
        OUTER,
    ],
    explain: "MetalK8s sets up static pods as kubeadm does and labels its nodes metalk8s.scality.com/version, with roles \
              such as bootstrap and infra. What is said of kubeadm holds as far as was seen.",
    ..kubeadm::PRODUCT
};

/// `KubeKey`.
pub static KUBEKEY: Distribution = Distribution {
    id: "kubekey",
    name: "KubeKey (KubeSphere)",
    clues: &[
        Clue::strong(S::ProviderId(M::Starts("kk:///")), "some certified runs of the product"),
        Clue::strong(
            S::All(&[
                S::NodeLabel("node-role.kubernetes.io/worker", M::Is("")),
                S::NodeAnnotation(CRI_SOCKET, M::Any),
                S::ApiGroup(M::Ends(".kubesphere.io")),
            ]),
            "its roles, beside the console of the same makers, which is installed on any cluster",
        ),
        Clue::against(S::NodeLabel("topology.csi-qingcloud/zone", M::Any), "a product of the same makers"),
        OUTER,
    ],
    explain: "KubeKey sets up clusters with kubeadm, mostly for KubeSphere, and gives control-plane nodes the role of \
              workers, too. Little of that is its own, so that it is never more than likely. Everything said of kubeadm \
              holds.",
    ..kubeadm::PRODUCT
};

/// QingCloud's QKE.
pub static QINGCLOUD_QKE: Distribution = Distribution {
    id: "qingcloud-qke",
    name: "QingCloud QKE",
    clues: &[
        Clue::strong(
            S::All(&[
                S::NodeLabel("topology.csi-qingcloud/zone", M::Any),
                S::ApiGroup(M::Ends(".kubesphere.io")),
            ]),
            "the cloud's storage beside the console of its makers",
        ),
        OUTER,
    ],
    explain: "QKE sets up clusters with kubeadm on QingCloud's machines and installs KubeSphere there. The labels of the \
              cloud's storage tell beside KubeSphere's API groups; others may have both, so that it is never more than \
              likely.",
    ..kubeadm::PRODUCT
};

/// Kingsoft Cloud's KCE.
pub static KSYUN_KCE: Distribution = Distribution {
    id: "ksyun-kce",
    name: "Kingsoft Cloud KCE",
    clues: &[Clue::decisive(S::NodeAnnotation("appengine.sdns.ksyun.com/", M::Any), RUNS), OUTER],
    exposure: |component, _| hosted::unsourced(component),
    explain: "KCE writes appengine.sdns.ksyun.com/* to its nodes. In the certified run the control plane ran as static pods \
              of nodes in the cluster, with a second etcd for events; what it exposes was not seen.",
    ..kubeadm::PRODUCT
};

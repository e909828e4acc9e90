//! Cluster API, and the products that make their machines with it: static pods of kubeadm, under marks of the method and, if
//! one is lucky, of the product.

use super::{
    Clue, Distribution, Family, Layer,
    families::{OF_OUTER_CLUSTER, kubeadm},
    signal::{Match as M, Signal as S},
};

const RUNS: &str = "certified runs of the product";

const OUTER: Clue = Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one");

/// Cluster API.
pub static CLUSTER_API: Distribution = Distribution {
    id: "cluster-api",
    name: "Cluster API",
    layer: Layer::Method,
    clues: &[
        Clue::strong(
            S::NodeAnnotation("cluster.x-k8s.io/machine", M::Any),
            "its controllers, for whatever product",
        ),
        Clue::strong(
            S::NodeAnnotation("cluster.x-k8s.io/owner-kind", M::Is("KubeadmControlPlane")),
            "the same",
        ),
        Clue::weak(S::ApiGroup(M::Is("cluster.x-k8s.io")), "a management cluster, which may be any cluster"),
        Clue::against(S::ServerVersion(M::Contains("-eks-")), "Amazon's builds, which products bring along"),
        Clue::against(
            S::ServerVersion(M::Contains("+vmware.")),
            "VMware's builds, which products bring along",
        ),
        Clue::against(S::ProviderId(M::Starts("upcloud://")), "a hosted product whose nodes are made so"),
        OUTER,
    ],
    explain: "Cluster API makes machines and sets them up with kubeadm, as a method of several products: its annotations \
              on the nodes name the machine, and say nothing of the product, so that it is never more than likely. Where \
              KubeadmControlPlane owns the machines, everything said of kubeadm holds.",
    ..kubeadm::PRODUCT
};

/// Amazon EKS Anywhere.
pub static EKS_ANYWHERE: Distribution = Distribution {
    id: "eks-anywhere",
    name: "Amazon EKS Anywhere",
    families: &[Family::Kubeadm, Family::Eks],
    layer: Layer::Edition,
    clues: &[
        Clue::decisive(
            S::ApiGroup(M::Is("anywhere.eks.amazonaws.com")),
            "its controllers, in management clusters",
        ),
        Clue::strong(
            S::NodeAnnotation("cluster.x-k8s.io/cluster-namespace", M::Is("eksa-system")),
            "its clusters are made in this namespace",
        ),
        Clue::strong(
            S::All(&[
                S::ServerVersion(M::Contains("-eks-")),
                S::NodeAnnotation("cluster.x-k8s.io/machine", M::Any),
            ]),
            "Amazon's builds on machines of Cluster API",
        ),
        OUTER,
    ],
    exposure: |component, identity| {
        let is_bottlerocket =
            identity.variant.as_deref().is_some_and(|variant| variant.contains(BOTTLEROCKET));
        let exposure = if is_bottlerocket { kubeadm::exposure_on_bottlerocket } else { kubeadm::exposure };
        exposure(component, identity)
    },
    variant: |facts| {
        let nodes = &facts.nodes().ok()?.items;
        let is_bottlerocket = nodes.iter().any(|node| node.os_image.starts_with("Bottlerocket"));
        let parts =
            is_bottlerocket.then(|| BOTTLEROCKET.to_owned()).into_iter().chain(kubeadm::variant(facts));
        let parts: Vec<String> = parts.collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    },
    explain: "EKS Anywhere runs Amazon's builds on machines of one's own, made with Cluster API and kubeadm: the version \
              ends as that of EKS, but the control plane runs as static pods of nodes in the cluster. Its API group is in \
              management clusters, the namespace eksa-system in the annotations of every node.\n\
              \n\
              Everything said of kubeadm holds. On Bottlerocket the certificates lie in /var/lib/kubeadm/pki. Where etcd has \
              machines of its own, no agent of the cluster runs there.",
};

const BOTTLEROCKET: &str = "Bottlerocket";

/// Tanzu Kubernetes Grid.
pub static TKG: Distribution = Distribution {
    id: "tkg",
    name: "VMware Tanzu Kubernetes Grid",
    clues: &[
        Clue::strong(S::ApiGroup(M::Is("run.tanzu.vmware.com")), RUNS),
        Clue::strong(S::ApiGroup(M::Is("core.tanzu.vmware.com")), RUNS),
        Clue::strong(S::NodeLabel("run.tanzu.vmware.com/kubernetesDistributionVersion", M::Any), RUNS),
        Clue::strong(
            S::All(&[
                S::NodeAnnotation("cluster.x-k8s.io/machine", M::Any),
                S::ServerVersion(M::Contains("+vmware.")),
            ]),
            "VMware's builds on machines of Cluster API",
        ),
        Clue::weak(S::ServerVersion(M::Contains("+vmware.")), "VMware's builds, in all its products"),
        Clue::against(
            S::NodeLabel("pks-system/", M::Any),
            "another product of VMware's, with a control plane elsewhere",
        ),
        Clue::against(S::ServerVersion(M::Contains("-vkr.")), "another product of VMware's"),
        OUTER,
    ],
    explain: "TKG makes machines with Cluster API, sets them up with kubeadm and runs VMware's builds, whose version ends \
              in +vmware.N as in all products of VMware's. Its API groups, or Cluster API's annotations with that ending, \
              tell. Everything said of kubeadm holds.",
    ..kubeadm::PRODUCT
};

/// vSphere Kubernetes Service.
pub static VKS: Distribution = Distribution {
    id: "vks",
    name: "VMware vSphere Kubernetes Service",
    clues: &[
        Clue::strong(
            S::ServerVersion(M::Contains("-vkr.")),
            "the README of a certified run names such a version; not seen on a node",
        ),
        Clue::strong(S::KubeletVersion(M::Contains("-vkr.")), "the same"),
        OUTER,
    ],
    explain: "VKS, the successor of TKG in vSphere's Supervisor, names its releases …+vmware.N-fips-vkr.N. It makes \
              machines with Cluster API and kubeadm, so that everything said of kubeadm holds as far as is known; no node \
              of it was seen.",
    ..kubeadm::PRODUCT
};

/// Konvoy, DKP and NKP.
pub static KONVOY: Distribution = Distribution {
    id: "konvoy",
    name: "Konvoy (DKP, NKP)",
    clues: &[
        Clue::decisive(S::NodeLabel("konvoy.mesosphere.com/", M::Any), "certified runs up to 1.19"),
        Clue::decisive(
            S::ApiGroup(M::Is("infrastructure.cluster.konvoy.d2iq.io")),
            "certified runs since 1.22",
        ),
        Clue::strong(S::ApiGroup(M::Is("kubeaddons.mesosphere.io")), "certified runs up to 1.20"),
        Clue::weak(
            S::ApiGroup(M::Ends("kommander.mesosphere.io")),
            "its console, which is attached to any cluster",
        ),
        OUTER,
    ],
    explain: "Konvoy, later DKP and NKP, sets up machines with kubeadm, since 1.22 with Cluster API. Its own labels or API \
              groups tell; a cluster that it made and does not manage itself shows Cluster API alone. Everything said of \
              kubeadm holds.",
    ..kubeadm::PRODUCT
};

/// Giant Swarm.
pub static GIANTSWARM: Distribution = Distribution {
    id: "giantswarm",
    name: "Giant Swarm",
    clues: &[
        Clue::decisive(S::NodeLabel("giantswarm.io/", M::Any), RUNS),
        Clue::strong(S::ApiGroup(M::Is("application.giantswarm.io")), "its platform of applications"),
        Clue::weak(
            S::ApiGroup(M::Is("crd.k8s.amazonaws.com")),
            "the network of Amazon's cloud, which it installs",
        ),
        OUTER,
    ],
    explain: "Giant Swarm labels nodes giantswarm.io/*. Newer clusters are made with Cluster API and kubeadm, of which \
              everything holds that is said there; older ones run static pods that are called k8s-api-server and so on, \
              and what they expose was not seen.",
    ..kubeadm::PRODUCT
};

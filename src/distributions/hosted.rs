//! Hosted products that differ only in how they are recognised: the provider runs the control plane, and of it the API server
//! alone can be reached. What a provider lends more of has a file of its own.

use super::{
    Clue, Distribution, Family, Layer,
    families::hosted,
    signal::{Match as M, Signal as S},
};

/// What these rows have in common. kubeadm joins the nodes of several of them, and leaves its marks there.
const HOSTED: Distribution = Distribution {
    id: "",
    name: "",
    families: &[Family::Kubeadm],
    layer: Layer::Product,
    clues: &[],
    variant: |_| None,
    exposure: hosted::exposure,
    explain: "",
};

const RUNS: &str = "certified runs of the product";

/// Oracle Container Engine for Kubernetes.
pub static OKE: Distribution = Distribution {
    id: "oke",
    name: "Oracle OKE",
    clues: &[
        Clue::decisive(S::NodeLabel("oke.oraclecloud.com/", M::Any), RUNS),
        Clue::decisive(
            S::NodeAnnotation("oci.oraclecloud.com/node-pool-id", M::Any),
            "node pools are OKE's own; other clusters on the same cloud have the provider id without it",
        ),
        Clue::strong(
            S::NodeLabel("oci.oraclecloud.com/fault-domain", M::Any),
            "Oracle's cloud controller, which self-managed clusters may run",
        ),
        Clue::weak(
            S::ProviderId(M::Starts("ocid1.instance.")),
            "every machine of the cloud, whoever runs it",
        ),
    ],
    explain: "OKE labels its nodes oke.oraclecloud.com/* and names their node pool in an annotation. The provider id \
              alone, ocid1.instance.…, is that of any machine of the cloud. The control plane runs at Oracle.",
    ..HOSTED
};

/// IBM Cloud Kubernetes Service.
pub static IKS: Distribution = Distribution {
    id: "iks",
    name: "IBM Cloud Kubernetes Service",
    clues: &[
        Clue::decisive(S::ServerVersion(M::Ends("+IKS")), RUNS),
        Clue::decisive(S::KubeletVersion(M::Ends("+IKS")), RUNS),
        Clue::strong(
            S::NodeLabel("ibm-cloud.kubernetes.io/worker-version", M::Any),
            "the provider's marks on workers, also on those with OpenShift",
        ),
        Clue::weak(S::ProviderId(M::Starts("ibm://")), "every machine of the cloud"),
        Clue::against(S::NodeLabel("node.openshift.io/os_id", M::Any), "OpenShift on the same machines"),
        Clue::against(
            S::NodeLabel("ibm-cloud.kubernetes.io/worker-version", M::Ends("_openshift")),
            "the worker version says so where OpenShift runs on it",
        ),
    ],
    explain: "IBM builds Kubernetes with the ending +IKS and labels workers ibm-cloud.kubernetes.io/*. The same labels \
              stand on workers that run OpenShift, whose version has another ending. The control plane runs at IBM, \
              behind a proxy pod on each worker.",
    ..HOSTED
};

/// DigitalOcean Kubernetes.
pub static DOKS: Distribution = Distribution {
    id: "doks",
    name: "DigitalOcean Kubernetes",
    clues: &[
        Clue::decisive(S::NodeLabel("doks.digitalocean.com/", M::Any), RUNS),
        Clue::weak(S::ProviderId(M::Starts("digitalocean://")), "every machine of the cloud"),
    ],
    explain: "DOKS labels its nodes doks.digitalocean.com/* with pool and version. The provider id digitalocean://… alone \
              is that of any machine with the cloud's controller. The control plane runs at DigitalOcean.",
    ..HOSTED
};

/// Linode Kubernetes Engine.
pub static LKE: Distribution = Distribution {
    id: "lke",
    name: "Akamai LKE (Linode)",
    clues: &[
        Clue::decisive(S::NodeLabel("lke.linode.com/", M::Any), RUNS),
        Clue::decisive(S::NodeAnnotation("lke.linode.com/", M::Any), RUNS),
        Clue::weak(S::ProviderId(M::Starts("linode://")), "every machine of the cloud"),
    ],
    explain: "LKE writes lke.linode.com/* to its nodes, as labels with the pool and as annotations with the keys of its \
              tunnel. kubeadm joins the nodes and leaves its annotation, but the control plane runs at Linode.",
    ..HOSTED
};

/// Vultr Kubernetes Engine.
pub static VULTR: Distribution = Distribution {
    id: "vultr",
    name: "Vultr Kubernetes Engine",
    clues: &[
        Clue::decisive(S::NodeLabel("vke.vultr.com/", M::Any), "certified runs of the product since 1.21"),
        Clue::weak(S::ProviderId(M::Starts("vultr://")), "every machine of the cloud"),
    ],
    explain: "VKE labels its nodes vke.vultr.com/* with pool and version. The provider id vultr://… alone is that of any \
              machine with the cloud's controller. The control plane runs at Vultr.",
    ..HOSTED
};

/// Scaleway Kapsule.
pub static SCALEWAY: Distribution = Distribution {
    id: "scaleway",
    name: "Scaleway Kapsule",
    clues: &[
        Clue::decisive(S::NodeLabel("k8s.scaleway.com/", M::Any), "certified runs of the product since 1.18"),
        Clue::weak(S::ProviderId(M::Starts("scaleway://")), "every machine of the cloud"),
    ],
    explain: "Kapsule labels its nodes k8s.scaleway.com/* with cluster, node and pool. The provider id scaleway://… alone \
              is that of any machine with the cloud's controller. The control plane runs at Scaleway.",
    ..HOSTED
};

/// `OVHcloud` Managed Kubernetes.
pub static OVH: Distribution = Distribution {
    id: "ovh",
    name: "OVHcloud Managed Kubernetes",
    clues: &[
        Clue::decisive(S::NodeLabel("node.k8s.ovh/", M::Any), RUNS),
        Clue::strong(S::ApiGroup(M::Is("kube.cloud.ovh.com")), "the resource of its node pools"),
    ],
    explain: "OVHcloud labels its nodes node.k8s.ovh/* and serves node pools under the API group kube.cloud.ovh.com. The \
              provider id was OpenStack's up to 1.25 and is none since. The control plane runs at OVHcloud.",
    ..HOSTED
};

/// Exoscale SKS.
pub static EXOSCALE: Distribution = Distribution {
    id: "exoscale",
    name: "Exoscale SKS",
    clues: &[Clue::decisive(
        S::NodeLabel("node.exoscale.net/", M::Any),
        "certified runs of the product since 1.23; older ones bear no mark at all",
    )],
    explain: "SKS labels its nodes node.exoscale.net/nodepool-id since 1.23 and sets no provider id. Older clusters bear \
              no mark that would tell them from others. The control plane runs at Exoscale.",
    ..HOSTED
};

/// UpCloud Managed Kubernetes.
pub static UPCLOUD: Distribution = Distribution {
    id: "upcloud",
    name: "UpCloud Managed Kubernetes",
    clues: &[
        Clue::decisive(
            S::All(&[
                S::ProviderId(M::Starts("upcloud:////")),
                S::NodeAnnotation("cluster.x-k8s.io/machine", M::Any),
            ]),
            "the product makes its nodes with Cluster API; certified runs of the product",
        ),
        Clue::strong(S::ProviderId(M::Starts("upcloud:////")), RUNS),
        Clue::against(
            S::Any(super::signal::CONTROL_PLANE_ROLE),
            "no node of the product belongs to its control plane",
        ),
    ],
    explain: "UpCloud makes nodes with Cluster API, whose annotations they bear, under the provider id upcloud:////…, but \
              runs the control plane itself, so that no node of the cluster is labelled as part of it.",
    ..HOSTED
};

/// Civo Kubernetes.
pub static CIVO: Distribution = Distribution {
    id: "civo",
    name: "Civo Kubernetes",
    families: &[Family::K3s, Family::Talos],
    clues: &[
        Clue::decisive(S::ProviderId(M::Starts("civo://")), RUNS),
        Clue::decisive(S::NodeLabel("kubernetes.civo.com/", M::Any), "older certified runs, on k3s"),
    ],
    explain: "Civo runs k3s or Talos on its nodes, whose signs are there too; the provider id civo://… and the labels \
              kubernetes.civo.com/* are its own. The control plane runs at Civo.",
    ..HOSTED
};

/// Alibaba Cloud ACK.
pub static ACK: Distribution = Distribution {
    id: "ack",
    name: "Alibaba Cloud ACK",
    clues: &[
        Clue::decisive(S::ServerVersion(M::Contains("-aliyun.")), RUNS),
        Clue::decisive(S::NodeLabel("ack.aliyun.com", M::Any), RUNS),
        Clue::strong(S::KubeletVersion(M::Contains("-aliyun.")), RUNS),
        Clue::strong(S::NodeLabel("alibabacloud.com/nodepool-id", M::Any), "the cloud's node pools"),
        Clue::weak(S::ApiGroup(M::Ends(".alibabacloud.com")), "add-ons of the cloud"),
    ],
    explain: "Alibaba builds Kubernetes with the ending -aliyun.N and labels nodes ack.aliyun.com. In a dedicated cluster \
              the control plane runs as static pods of its nodes, in a managed one at Alibaba: the pods tell, not the \
              name. What is said here is of the managed one.",
    ..HOSTED
};

/// Tencent Kubernetes Engine.
pub static TKE: Distribution = Distribution {
    id: "tke",
    name: "Tencent TKE",
    clues: &[
        Clue::decisive(S::ServerVersion(M::Contains("-tke.")), RUNS),
        Clue::strong(
            S::KubeletVersion(M::Contains("-tke.")),
            "certified runs; older than the server at times",
        ),
        Clue::strong(S::NodeLabel("cloud.tencent.com/node-instance-id", M::Any), RUNS),
        Clue::weak(S::ProviderId(M::Starts("qcloud:///")), "every machine of the cloud"),
        Clue::weak(S::ApiGroup(M::Ends("cloud.tencent.com")), "add-ons of the cloud"),
    ],
    explain: "Tencent builds Kubernetes with the ending -tke.N. Kubelets may be two releases behind the API server. \
              Independent clusters have the control plane as static pods on nodes of their own, managed ones at Tencent: \
              the pods tell, not the name. What is said here is of the managed one.",
    ..HOSTED
};

/// Huawei Cloud CCE.
pub static CCE: Distribution = Distribution {
    id: "cce",
    name: "Huawei Cloud CCE",
    clues: &[
        Clue::decisive(S::ServerVersion(M::Contains("-CCE")), RUNS),
        Clue::strong(
            S::All(&[S::NodeLabel("node.kubernetes.io/subnetid", M::Any), S::NodeLabel("os.name", M::Any)]),
            "labels of its nodes in certified runs",
        ),
        Clue::strong(S::ApiGroup(M::Is("version.cce.io")), "certified runs of the product"),
        Clue::weak(S::OsImage(M::Starts("EulerOS")), "Huawei's system, which others may install"),
    ],
    explain: "Huawei builds Kubernetes with the ending -rN-CCE…; kubelets have another. The provider id is a bare UUID, \
              and cce://… belongs to another vendor. The control plane runs at Huawei.",
    ..HOSTED
};

/// Baidu AI Cloud CCE.
pub static BAIDU_CCE: Distribution = Distribution {
    id: "baidu-cce",
    name: "Baidu AI Cloud CCE",
    clues: &[
        Clue::decisive(S::ProviderId(M::Starts("cce://")), RUNS),
        Clue::decisive(S::NodeLabel("cce.baidubce.com/", M::Any), RUNS),
        Clue::weak(
            S::ApiGroup(M::Is("cce.io")),
            "certified runs of the product; another vendor's groups end so too",
        ),
    ],
    explain: "Baidu's provider id is cce://…, its labels cce.baidubce.com/*. Clusters with masters of their own have the \
              control plane as static pods, managed ones at Baidu: the pods tell, not the name. What is said here is of \
              the managed one.",
    ..HOSTED
};

/// Volcengine Kubernetes Engine.
pub static VOLCENGINE: Distribution = Distribution {
    id: "volcengine",
    name: "Volcengine VKE",
    clues: &[
        Clue::decisive(S::NodeLabel("cluster.vke.volcengine.com/", M::Any), RUNS),
        Clue::decisive(S::ServerVersion(M::Contains("-vke.")), RUNS),
        Clue::weak(S::ProviderId(M::Starts("volcengine://")), "every machine of the cloud"),
    ],
    explain: "Volcengine builds Kubernetes with the ending -vke.N and labels nodes cluster.vke.volcengine.com/*. kubeadm \
              joins them and leaves its annotation, but the control plane runs at Volcengine.",
    ..HOSTED
};

/// Gardener.
pub static GARDENER: Distribution = Distribution {
    id: "gardener",
    name: "Gardener",
    families: &[],
    clues: &[
        Clue::decisive(S::NodeLabel("worker.gardener.cloud/", M::Any), RUNS),
        Clue::decisive(S::NodeLabel("worker.garden.sapcloud.io/", M::Any), "older certified runs"),
        Clue::strong(S::Deployment(M::Is("vpn-shoot")), "the tunnel from the hosted control plane"),
        Clue::weak(S::NodeName(M::Starts("shoot--")), "machines are named after the shoot, on some clouds"),
        Clue::weak(S::OsImage(M::Starts("Garden Linux")), "its system, which others may install"),
        Clue::weak(S::ApiGroup(M::Ends(".gardener.cloud")), "its extensions, also in other clusters"),
    ],
    explain: "Gardener, also as SAP's, STACKIT's and others' product, labels workers worker.gardener.cloud/* on whatever \
              cloud they are; the provider id is that cloud's. The control plane runs in a namespace of a seed cluster, \
              connected by a tunnel.",
    ..HOSTED
};

/// Kubermatic Kubernetes Platform.
pub static KUBERMATIC: Distribution = Distribution {
    id: "kubermatic",
    name: "Kubermatic Kubernetes Platform",
    clues: &[
        Clue::decisive(
            S::All(&[
                S::NodeLabel("system/cluster", M::Any),
                S::NodeLabel("machine-controller/owned-by", M::Any),
            ]),
            "machines of a user cluster name it; certified runs, also of products made of it",
        ),
        Clue::strong(
            S::All(&[
                S::NodeLabel("x-kubernetes.io/distribution", M::Any),
                S::NodeLabel("machine-controller/owned-by", M::Any),
            ]),
            "certified runs before the cluster's name was added",
        ),
        Clue::weak(S::DaemonSet(M::Is("user-ssh-keys-agent")), RUNS),
        Clue::against(S::NodeLabel("v1.kubeone.io/", M::Any), "the installer of the same makers"),
        Clue::against(
            S::Any(super::signal::CONTROL_PLANE_ROLE),
            "no node of a user cluster belongs to its control plane",
        ),
    ],
    explain: "Kubermatic, also as MetaKube, makes nodes with its machine controller and labels them with the user \
              cluster's name. The control plane runs in a namespace of a seed cluster, connected by OpenVPN or \
              konnectivity.",
    ..HOSTED
};

/// Kamaji.
pub static KAMAJI: Distribution = Distribution {
    id: "kamaji",
    name: "Kamaji",
    clues: &[
        Clue::strong(
            S::All(&[
                S::Any(&[
                    S::DaemonSet(M::Is("konnectivity-agent")),
                    S::PodName(M::Starts("konnectivity-agent-")),
                ]),
                S::NodeAnnotation(super::families::kubeadm::CRI_SOCKET, M::Any),
            ]),
            "nodes that kubeadm joined and a tunnel to a control plane elsewhere; nothing in a tenant's cluster names it",
        ),
        Clue::against(
            S::Any(super::signal::CONTROL_PLANE_ROLE),
            "a tenant's cluster has no control-plane node",
        ),
        Clue::against(
            S::Custom("marks of other makers", super::families::kubeadm::marks_of_others),
            "kubeadm joins the nodes, and nobody else writes to them",
        ),
        Clue::against(S::ProviderId(M::Any), "hosted products of clouds look the same but for it"),
    ],
    explain: "Kamaji runs control planes as pods of a management cluster, and kubeadm joins the nodes. Nothing in the \
              tenant's cluster bears its name: kubeadm's annotation, konnectivity's agents and no control-plane node are \
              all there is, so that it is never more than likely.",
    ..HOSTED
};

/// Tanzu Kubernetes Grid Integrated Edition.
pub static TKGI: Distribution = Distribution {
    id: "tkgi",
    name: "VMware TKGI (PKS)",
    families: &[],
    clues: &[
        Clue::decisive(S::NodeLabel("pks-system/", M::Any), RUNS),
        Clue::strong(S::ApiGroup(M::Is("pksapi.io")), RUNS),
        Clue::weak(S::NodeLabel("bosh.id", M::Any), "BOSH made the machine"),
        Clue::weak(S::ServerVersion(M::Contains("+vmware.")), "VMware's builds, in all its products"),
    ],
    explain: "TKGI, formerly PKS, labels its nodes pks-system/* and bosh.id. The control plane runs on machines of BOSH \
              that are no nodes of the cluster and on which no agent of the cluster can run; an agent on those machines, \
              as an add-on of BOSH, can.",
    ..HOSTED
};

/// Cloud Foundry Container Runtime.
pub static CFCR: Distribution = Distribution {
    id: "cfcr",
    name: "Cloud Foundry Container Runtime",
    families: &[],
    clues: &[
        Clue::strong(S::NodeLabel("bosh.id", M::Any), "BOSH made the machine"),
        Clue::against(S::NodeLabel("pks-system/", M::Any), "a product made of it"),
        Clue::against(S::ServerVersion(M::Contains("+vmware.")), "it installs Kubernetes' own releases"),
    ],
    explain: "CFCR installs Kubernetes' own releases with BOSH and labels nodes bosh.id and bosh.zone, as products made \
              of it do, too; so it is never more than likely. The control plane runs on machines that are no nodes of the \
              cluster.",
    ..HOSTED
};

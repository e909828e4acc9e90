//! Google's and Microsoft's hosted products, which send metrics of the control plane to their own clouds and to nobody else;
//! and the installers of both vendors that put it on machines of one's own.

use super::{
    Clue, Distribution, Exposure, Family, HostSignal, Identity, Layer,
    families::{OF_OUTER_CLUSTER, hosted, kubeadm},
    signal::{Match as M, Signal as S},
};
use crate::model::component::Component;

const RUNS: &str = "certified runs of the product";

/// Google Kubernetes Engine.
pub static GKE: Distribution = Distribution {
    id: "gke",
    name: "Google GKE",
    families: &[Family::Gke],
    layer: Layer::Product,
    clues: &[
        Clue::strong(S::ServerVersion(M::Contains("-gke.")), "its builds, also those for other places"),
        Clue::strong(S::NodeLabel("cloud.google.com/gke-nodepool", M::Any), RUNS),
        Clue::strong(S::NodeLabel("cloud.google.com/gke-os-distribution", M::Any), RUNS),
        Clue::weak(S::ApiGroup(M::Is("nodemanagement.gke.io")), RUNS),
        Clue::weak(S::ApiGroup(M::Is("networking.gke.io")), "its controllers, which others install"),
        Clue::weak(S::NodeAnnotation("container.googleapis.com/instance_id", M::Any), RUNS),
        Clue::weak(S::ProviderId(M::Starts("gce://")), "every machine of the cloud"),
        Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
        Clue::against(S::NodeLabel("cloud.google.com/gke-on-prem", M::Any), "its builds in another place"),
        Clue::against(S::NodeName(M::Starts("gk3-")), "nodes that Google makes by itself"),
    ],
    variant: |_| None,
    exposure: of_gke,
    explain: "GKE is known by the ending -gke.N of its builds together with the labels cloud.google.com/gke-* of its \
              nodes. The provider id gce://… and Google's operating system are found under other products, too.\n\
              \n\
              Google runs the control plane. Its metrics can be sent to Cloud Monitoring and cannot be scraped; the API \
              server alone answers in the cluster.",
};

/// GKE with nodes that Google makes.
pub static GKE_AUTOPILOT: Distribution = Distribution {
    id: "gke-autopilot",
    name: "Google GKE Autopilot",
    families: &[Family::Gke],
    layer: Layer::Edition,
    clues: &[
        Clue::strong(
            S::All(&[S::NodeName(M::Starts("gk3-")), S::NodeLabel("cloud.google.com/gke-nodepool", M::Any)]),
            "a node of a real cluster on 1.21; seen once where the mode was not known",
        ),
        Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
        Clue::against(S::NodeName(M::Starts("gke-")), "nodes that somebody asked for"),
    ],
    variant: |_| None,
    exposure: of_gke,
    explain: "In Autopilot Google makes the nodes, whose names begin with gk3-. That is all that sets it apart in what a \
              cluster shows, and no proof: it is never more than likely. Agents reach kubelets only through the API \
              server there. The control plane is that of GKE.",
};

/// Azure Kubernetes Service.
pub static AKS: Distribution = Distribution {
    id: "aks",
    name: "Azure AKS",
    families: &[],
    layer: Layer::Product,
    clues: &[
        Clue::decisive(
            S::All(&[
                S::NodeLabel("kubernetes.azure.com/cluster", M::Any),
                S::NodeLabel("kubernetes.azure.com/mode", M::Any),
            ]),
            "certified runs since 1.18; the vendor's installer for machines of one's own writes no mode",
        ),
        Clue::decisive(S::NodeLabel("kubernetes.azure.com/node-image-version", M::Starts("AKS")), RUNS),
        Clue::decisive(
            S::All(&[S::NodeLabel("kubernetes.azure.com/cluster", M::Any), S::NodeName(M::Starts("aks-"))]),
            "certified runs before 1.18; the product names its machines",
        ),
        Clue::weak(S::ProviderId(M::Starts("azure:///")), "every machine of the cloud"),
        Clue::weak(
            S::Host(HostSignal::Path("/etc/kubernetes/azure.json")),
            "the configuration of the cloud, also of other installers there",
        ),
        Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
        Clue::against(
            S::NodeLabel("kubernetes.io/role", M::Is("master")),
            "no control-plane node is in the cluster",
        ),
        Clue::against(S::NodeLabel("kubernetes.azure.com/role", M::Is("master")), "the same"),
        Clue::against(S::NodeName(M::Starts("k8s-")), "machines named by the vendor's installer"),
    ],
    variant: |_| None,
    exposure: of_aks,
    explain: "AKS labels its nodes kubernetes.azure.com/cluster, as the vendor's installer for machines of one's own does, \
              and kubernetes.azure.com/mode, as that does not. The provider id azure:///… is that of any machine.\n\
              \n\
              Microsoft runs the control plane. Its metrics can be sent to Azure's managed Prometheus and nowhere else; \
              the API server alone answers in the cluster.",
};

/// aks-engine.
pub static AKS_ENGINE: Distribution = Distribution {
    id: "aks-engine",
    name: "AKS Engine",
    families: &[],
    layer: Layer::Product,
    clues: &[
        Clue::decisive(
            S::All(&[S::NodeLabel("kubernetes.azure.com/cluster", M::Any), S::NodeName(M::Starts("k8s-"))]),
            "it names its machines k8s-POOL-NUMBER, and labels them as the hosted product does",
        ),
        Clue::decisive(
            S::NodeLabel("kubernetes.azure.com/role", M::Is("master")),
            "certified runs, on masters",
        ),
        Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
        Clue::against(S::NodeLabel("kubernetes.azure.com/mode", M::Any), "the hosted product's node pools"),
        Clue::against(
            S::NodeLabel("kubernetes.azure.com/node-image-version", M::Any),
            "the hosted product's images",
        ),
    ],
    variant: |_| None,
    exposure: of_aks_engine,
    explain: "AKS Engine, which is no longer developed, installed clusters on machines of one's own in Azure or Azure \
              Stack, with labels that AKS writes as well. Masters are in the cluster and labelled as such, and no node \
              bears a mode. The control plane runs as static pods.",
};

/// The scripts below cluster/ of Kubernetes.
pub static KUBE_UP: Distribution = Distribution {
    id: "kube-up",
    name: "kube-up",
    families: &[Family::Kubeadm],
    layer: Layer::Product,
    clues: &[
        Clue::strong(S::NodeLabel("cloud.google.com/metadata-proxy-ready", M::Any), RUNS),
        Clue::weak(S::ProviderId(M::Starts("gce://")), "every machine of the cloud"),
        Clue::against(S::NodeLabel("cloud.google.com/gke-nodepool", M::Any), "the hosted product"),
        Clue::against(S::ServerVersion(M::Contains("-gke.")), "the hosted product's builds"),
    ],
    variant: |_| None,
    exposure: |component, _| hosted::unsourced(component),
    explain: "kube-up is the set of scripts with which Kubernetes itself is tested on machines of Google's cloud; its \
              control plane runs as static pods. It is known by a label that its proxy for metadata writes, and never \
              more than likely.",
};

/// Source: Google's page on control-plane metrics.
fn of_gke(component: Component, _: &Identity) -> Exposure {
    hosted::with_reasons(
        component,
        "Google runs it out of reach, and its metrics can be sent to Cloud Monitoring alone",
        "Google runs it out of reach and lends no way to its metrics",
        Some(
            "turn on control-plane metrics of the cluster and read them from Cloud Monitoring, for which Datadog has an integration",
        ),
    )
}

/// Source: Microsoft's page on monitoring the control plane.
fn of_aks(component: Component, _: &Identity) -> Exposure {
    hosted::with_reasons(
        component,
        "Microsoft runs it out of reach, and its metrics go to Azure's managed Prometheus alone",
        "Microsoft runs it out of reach, and its metrics go to Azure's managed Prometheus alone",
        Some(
            "az aks update --enable-azure-monitor-metrics --enable-control-plane-metrics, and read them from there",
        ),
    )
}

/// Static pods with Kubernetes' own images; where etcd lies is not written down anywhere that could be read.
fn of_aks_engine(component: Component, identity: &Identity) -> Exposure {
    match component {
        Component::Etcd => Exposure::hidden(
            "it runs as a service of the masters, and no source tells where its certificates lie",
        ),
        _ => kubeadm::exposure(component, identity),
    }
}

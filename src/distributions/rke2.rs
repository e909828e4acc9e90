//! RKE2: static pods of hardened images under Rancher's supervisor; and Harvester, which is made of it.

use super::{
    Access, Clue, Distribution, Exposure, Family, HostSignal, Identity, Layer, Listener, Reach,
    families::{cluster_agent, kubelet, rancher},
    signal::{Match as M, Signal as S},
};
use crate::model::component::Component;

const RUNS: &str = "certified runs of the product";

/// The short name of the image of everything but etcd.
const IMAGE: &str = "hardened-kubernetes";

static API_SERVER: [Listener; 1] =
    [Listener::standard(Component::ApiServer, Reach::Network, Access::Account)];

/// RKE2.
pub static RKE2: Distribution = Distribution {
    id: "rke2",
    name: "RKE2",
    families: &[Family::K3s],
    layer: Layer::Product,
    clues: &[
        Clue::decisive(S::ServerVersion(M::Contains("+rke2r")), RUNS),
        Clue::decisive(S::KubeletVersion(M::Contains("+rke2r")), RUNS),
        Clue::decisive(S::NodeAnnotation("rke2.io/", M::Any), "written by its agents"),
        Clue::decisive(
            S::ProviderId(M::Starts("rke2://")),
            "its own cloud controller; a cloud's replaces it",
        ),
        Clue::strong(S::NodeAnnotation("etcd.rke2.cattle.io/", M::Any), "written by its servers"),
        Clue::weak(S::ApiGroup(M::Is("k3s.cattle.io")), "k3s and virtual clusters serve it too"),
        Clue::strong(
            S::Host(HostSignal::Process("rke2", M::Any)),
            "its supervisor; the files alone are there where it was half installed",
        ),
        Clue::strong(S::Host(HostSignal::Path("/var/lib/rancher/rke2/agent")), "kube-bench, cfg/config.yaml"),
        Clue::against(super::families::OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
        Clue::against(
            S::ServerVersion(M::Lacks("+rke2r")),
            "the server bears the same ending as the kubelets, unless it is that of a virtual cluster",
        ),
    ],
    variant: |_| None,
    exposure,
    explain: "RKE2 runs the control plane as static pods below a supervisor that it shares with k3s; the container runtime \
              and some API groups bear the name of k3s, too. It is known by the ending +rke2rN of its builds and by what \
              its agents write to their nodes.\n\
              \n\
              kube-controller-manager and kube-scheduler listen on 127.0.0.1, etcd serves metrics without TLS on \
              http://127.0.0.1:2381; settings in /etc/rancher/rke2/config.yaml open them to the network. The images are \
              called hardened-…, so that an agent's own templates for these components never match.",
};

/// Harvester.
pub static HARVESTER: Distribution = Distribution {
    id: "harvester",
    name: "Harvester",
    layer: Layer::Edition,
    clues: &[Clue::decisive(
        S::NodeLabel("harvesterhci.io/managed", M::Any),
        "rancher/kubernetes-provider-detector; from its source, not seen on a cluster",
    )],
    explain: "Harvester runs virtual machines on RKE2, and everything said of RKE2 holds for its control plane. Its nodes \
              are labelled harvesterhci.io/managed beside all that RKE2 writes to them.",
    ..RKE2_BASED
};

const RKE2_BASED: Distribution = Distribution {
    id: "",
    name: "",
    families: &[Family::K3s],
    layer: Layer::Edition,
    clues: &[],
    variant: |_| None,
    exposure,
    explain: "",
};

/// Source: rancher/rke2 `pkg/podtemplate`, rke2-docs' self-assessment for the CIS benchmark.
fn exposure(component: Component, _: &Identity) -> Exposure {
    let pod = |image, listeners| Exposure::HostNetworkPod { image, listeners };
    match component {
        Component::ApiServer => pod(IMAGE, &API_SERVER),
        Component::Etcd => pod("hardened-etcd", &rancher::ETCD_OF_RKE2),
        Component::ControllerManager => pod(IMAGE, &rancher::CONTROLLER_MANAGER_OF_RKE2),
        Component::Scheduler => pod(IMAGE, &rancher::SCHEDULER_OF_RKE2),
        Component::Kubelet => kubelet(),
        Component::ClusterAgent => cluster_agent(),
    }
}

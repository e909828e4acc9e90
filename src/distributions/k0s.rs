//! k0s, and what is made of it. Controllers are no nodes: no agent of the cluster runs on them, unless they are workers as
//! well, so that their metrics come through a gateway to which they push.

use super::{
    Clue, Distribution, Exposure, Family, HostSignal, Identity, Layer, Listener, Reach,
    families::{API_SERVER, cluster_agent, kubelet},
    signal::{Match as M, Signal as S},
};
use crate::model::component::Component;

/// The gateway to which k0s pushes what it scrapes on its controllers; the API server is not among that.
///
/// Source: k0sproject/k0s `pkg/component/controller/metrics.go`.
static GATEWAY: [Listener; 1] = [Listener::plain(9091, Reach::Network)
    .once("the command line of every controller", "k0s install controller --enable-metrics-scraper")];

/// k0s.
pub static K0S: Distribution = Distribution {
    id: "k0s",
    name: "k0s",
    families: &[Family::K0s],
    layer: Layer::Method,
    clues: &[
        Clue::strong(S::ServerVersion(M::Contains("k0s")), "its builds end in +k0s, in -k0sN up to 1.21"),
        Clue::strong(S::KubeletVersion(M::Contains("k0s")), "the same of its workers"),
        Clue::strong(S::ApiGroup(M::Ends(".k0sproject.io")), "autopilot, helm and etcd; certified runs"),
        Clue::strong(S::NodeLabel("node.k0sproject.io/role", M::Any), "controllers that are workers as well"),
        Clue::weak(S::DaemonSet(M::Is("kube-router")), "its default network, which others use too"),
        Clue::strong(S::Host(HostSignal::Process("k0s", M::Any)), "its program, on controllers and workers"),
        Clue::strong(S::Host(HostSignal::Path("/var/lib/k0s")), "k0s' constants for Unix"),
        Clue::against(super::families::OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
        Clue::against(
            S::All(&[S::ServerVersion(M::Contains("k0s")), S::KubeletVersion(M::Lacks("k0s"))]),
            "its workers run the same build, so that others belong to a cluster around it",
        ),
    ],
    variant: |_| None,
    exposure,
    explain: EXPLAIN,
};

/// Replicated's Embedded Cluster.
pub static EMBEDDED_CLUSTER: Distribution = Distribution {
    id: "embedded-cluster",
    name: "Replicated Embedded Cluster",
    layer: Layer::Product,
    clues: &[Clue::decisive(
        S::NodeLabel("kots.io/embedded-cluster-role", M::Any),
        "replicatedhq/troubleshoot pkg/analyze/distribution.go; from its source, not seen on a cluster",
    )],
    explain: "Embedded Cluster installs k0s under a vendor's application and labels its nodes \
              kots.io/embedded-cluster-role. Everything said of k0s holds, except that its controllers are workers as \
              well.",
    ..K0S_BASED
};

const K0S_BASED: Distribution = Distribution {
    id: "",
    name: "",
    families: &[Family::K0s],
    layer: Layer::Product,
    clues: &[],
    variant: |_| None,
    exposure,
    explain: "",
};

const EXPLAIN: &str = "k0s runs the control plane as processes of its controllers, which are no nodes of the cluster: a \
                       DaemonSet never reaches them, unless they were installed with --enable-worker. It is known by the \
                       ending +k0s of its builds together with its API groups. Its konnectivity agents are no sign of a \
                       hosted control plane.\n\
                       \n\
                       On the controllers everything listens on 127.0.0.1, etcd on 2379 with a certificate. With \
                       --enable-metrics-scraper they push the metrics of scheduler, controller manager and etcd to the \
                       Service k0s-system/k0s-pushgateway every half minute, where an agent collects them with the \
                       labels that they bring along.";

fn exposure(component: Component, _: &Identity) -> Exposure {
    match component {
        Component::ApiServer => API_SERVER,
        Component::Etcd | Component::ControllerManager | Component::Scheduler => Exposure::Endpoints {
            namespace: "k0s-system",
            service: "k0s-pushgateway",
            port_name: "",
            listeners: &GATEWAY,
        },
        Component::Kubelet => kubelet(),
        Component::ClusterAgent => cluster_agent(),
    }
}

//! k3s, and what runs it under another name. One process holds the whole control plane, and what it stores to is etcd only
//! where that was chosen.

use super::{
    Clue, Distribution, Exposure, Facts, Family, HostSignal, Identity, Layer,
    families::{API_SERVER, cluster_agent, kubelet, rancher},
    signal::{Match as M, Signal as S},
};
use crate::model::component::Component;

/// The variant whose datastore is etcd inside of the servers.
const EMBEDDED_ETCD: &str = "embedded etcd";

/// Written to servers that are members of etcd, and to no others.
const ETCD_MEMBER: &str = "etcd.k3s.cattle.io/node-name";

const RUNS: &str = "certified runs of the product";

/// k3s.
pub static K3S: Distribution = Distribution {
    id: "k3s",
    name: "k3s",
    families: &[Family::K3s],
    layer: Layer::Method,
    clues: &[
        Clue::strong(S::ServerVersion(M::Contains("k3s")), "its builds end in +k3sN, in -k3s.N up to 1.16"),
        Clue::strong(S::KubeletVersion(M::Contains("k3s")), "the same of its agents"),
        Clue::strong(S::NodeAnnotation("k3s.io/node-args", M::Any), "written by its agents since 1.18"),
        Clue::strong(S::NodeLabel("k3s.io/hostname", M::Any), "written by its agents before 1.18"),
        Clue::strong(S::ProviderId(M::Starts("k3s://")), "its own cloud controller"),
        Clue::weak(S::ApiGroup(M::Is("k3s.cattle.io")), "RKE2 and virtual clusters serve it too"),
        Clue::weak(S::ApiGroup(M::Is("helm.cattle.io")), "the same"),
        Clue::weak(S::NodeLabel("node.kubernetes.io/instance-type", M::Is("k3s")), RUNS),
        Clue::strong(S::Host(HostSignal::Process("k3s", M::Any)), "its program, whatever it runs as"),
        Clue::strong(
            S::Host(HostSignal::Process("k3s-server", M::Any)),
            "the name that a server gives itself",
        ),
        Clue::strong(
            S::Host(HostSignal::Process("k3s-agent", M::Any)),
            "the name that an agent gives itself",
        ),
        Clue::strong(S::Host(HostSignal::Path("/var/lib/rancher/k3s")), "kube-bench, cfg/config.yaml"),
        Clue::against(super::families::OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
        Clue::against(
            S::KubeletVersion(M::Lacks("k3s")),
            "its agents are the same program, so that a kubelet of somebody else is of a cluster around it",
        ),
    ],
    variant,
    exposure,
    explain: "k3s runs the whole control plane in one process of its servers, outside of any pod. It is known by the \
              ending +k3sN of its builds together with what its agents write to their nodes. Civo, k3d, Rancher Desktop \
              and virtual clusters run the same program and show more.\n\
              \n\
              All components share one registry of metrics: every endpoint answers with the metrics of all, and whoever \
              collects more than one counts twice. kube-controller-manager and kube-scheduler listen on 127.0.0.1 until \
              told otherwise. There is an etcd only where servers were joined without another datastore, which the \
              annotation etcd.k3s.cattle.io/node-name tells; its metrics are on http://127.0.0.1:2381.",
};

/// k3s in containers.
pub static K3D: Distribution = Distribution {
    id: "k3d",
    name: "k3d",
    layer: Layer::Product,
    clues: &[
        Clue::decisive(
            S::ProviderId(M::Starts("k3s://k3d-")),
            "it names its containers so, and they themselves",
        ),
        Clue::strong(
            S::All(&[S::NodeName(M::Starts("k3d-")), S::KubeletVersion(M::Contains("k3s"))]),
            "the names of its containers",
        ),
        Clue::weak(S::OsImage(M::Is("Unknown")), "the image of k3s as a container"),
        Clue::weak(S::OsImage(M::Starts("K3s v")), "the same in newer releases"),
    ],
    explain: "k3d runs the servers and agents of k3s as containers, and everything said of k3s holds: one process, one \
              registry of metrics, and no etcd unless several servers were asked for. Its nodes are named k3d-…, which \
              their provider id repeats.",
    ..K3S_BASED
};

/// Rancher Desktop.
pub static RANCHER_DESKTOP: Distribution = Distribution {
    id: "rancher-desktop",
    name: "Rancher Desktop",
    layer: Layer::Product,
    clues: &[Clue::decisive(
        S::All(&[S::NodeName(M::Is("lima-rancher-desktop")), S::KubeletVersion(M::Contains("k3s"))]),
        "the name of its machine on macOS and Linux; that on Windows is not known",
    )],
    explain: "Rancher Desktop runs k3s in one virtual machine, which is named lima-rancher-desktop on macOS and Linux, \
              and everything said of k3s holds: one process, one registry of metrics, no etcd.",
    ..K3S_BASED
};

const K3S_BASED: Distribution = Distribution {
    id: "",
    name: "",
    families: &[Family::K3s],
    layer: Layer::Product,
    clues: &[],
    variant,
    exposure,
    explain: "",
};

fn variant(facts: &Facts) -> Option<String> {
    let nodes = facts.nodes().ok()?;
    let is_member = nodes.items.iter().any(|node| node.annotations.contains_key(ETCD_MEMBER));
    is_member.then(|| EMBEDDED_ETCD.to_owned())
}

/// Source: docs.k3s.io, reference of metrics; k3s-io/k3s `pkg/etcd` and `pkg/daemons/control`.
fn exposure(component: Component, identity: &Identity) -> Exposure {
    let process = |listeners| Exposure::HostProcess { beside: None, listeners };
    match component {
        Component::ApiServer => API_SERVER,
        Component::Etcd if identity.variant.as_deref() == Some(EMBEDDED_ETCD) => {
            process(&rancher::ETCD_OF_K3S)
        }
        Component::Etcd => Exposure::hidden(
            "no server says that it is a member of etcd, and the default datastore is SQLite, which has no metrics",
        ),
        Component::ControllerManager => process(&rancher::CONTROLLER_MANAGER_OF_K3S),
        Component::Scheduler => process(&rancher::SCHEDULER_OF_K3S),
        Component::Kubelet => kubelet(),
        Component::ClusterAgent => cluster_agent(),
    }
}

//! What every control plane has that kubeadm set up: the marks on its nodes and pods, and where its components listen.
//!
//! Sources, unless said otherwise: a real cluster made by kubeadm 1.36, and one made by kind 1.21.

use crate::{
    distributions::{
        Access, Distribution, Exposure, Facts, Family, Identity, Layer, Listener, Minors, PkiFiles, Reach,
        families::{cluster_agent, kubelet},
        place::{is_static, partial_pods, runs},
        signal::on_nodes,
    },
    model::{component::Component, evidence::Evidence, facts::Node, observed::Gap},
};

/// What products that kubeadm sets up have in common. It is no row of the table, but what rows begin with.
pub(in crate::distributions) const PRODUCT: Distribution = Distribution {
    id: "",
    name: "",
    families: &[Family::Kubeadm],
    layer: Layer::Product,
    clues: &[],
    variant,
    exposure,
    explain: "",
};

/// The variant of a cluster whose etcd is not among the static pods.
pub const EXTERNAL_ETCD: &str = "external etcd";

/// Written to every node that kubeadm joined. Clusters from about 1.35 on may lack it.
pub const CRI_SOCKET: &str = "kubeadm.alpha.kubernetes.io/cri-socket";

/// The beginning of the annotations that kubeadm writes into the static pods of kube-apiserver and etcd.
pub const POD_ANNOTATIONS: &str = "kubeadm.kubernetes.io/";

/// Written to control-plane nodes beside their role, since kubeadm 1.21.
const NO_LOAD_BALANCERS: &str = "node.kubernetes.io/exclude-from-external-load-balancers";

/// The roles that kubeadm gives to control-plane nodes: the first since 1.20, the second until 1.23.
const ROLES: [&str; 2] = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

const KCM: Component = Component::ControllerManager;
const SCHEDULER: Component = Component::Scheduler;

/// The word for what a `ClusterConfiguration` sets, which is not applied to a running cluster.
const CONFIGURATION: &str = "kubeadm's ClusterConfiguration for new clusters, the manifests below \
                             /etc/kubernetes/manifests of every control-plane node for running ones";

static API_SERVER: [Listener; 1] =
    [Listener::standard(Component::ApiServer, Reach::Network, Access::Account)];

/// The controller manager: on loopback unless set otherwise, and without TLS on an older port before 1.22.
///
/// Source: kubernetes/kubernetes `cmd/kubeadm/app/phases/controlplane`; integrations-core issue 9265.
static CONTROLLER_MANAGER: [Listener; 3] = [
    Listener::standard(KCM, Reach::Loopback, Access::Account),
    Listener::standard(KCM, Reach::Network, Access::Account).once(CONFIGURATION, "bind-address: 0.0.0.0"),
    Listener::plain(10252, Reach::Loopback).in_minors(Minors::before(22)),
];

static SCHEDULERS: [Listener; 3] = [
    Listener::standard(SCHEDULER, Reach::Loopback, Access::Account),
    Listener::standard(SCHEDULER, Reach::Network, Access::Account)
        .once(CONFIGURATION, "bind-address: 0.0.0.0"),
    Listener::plain(10251, Reach::Loopback).in_minors(Minors::before(23)),
];

/// Where kubeadm's etcd listens, with its files in one folder: for metrics without TLS on loopback, for its clients on the
/// node's address.
macro_rules! etcd {
    ($folder:literal) => {
        [
            Listener::plain(2381, Reach::Loopback),
            Listener::standard(
                Component::Etcd,
                Reach::Network,
                Access::Certificate(PkiFiles {
                    authority: concat!($folder, "/etcd/ca.crt"),
                    certificate: concat!($folder, "/etcd/healthcheck-client.crt"),
                    key: concat!($folder, "/etcd/healthcheck-client.key"),
                }),
            ),
            Listener::plain(2381, Reach::Network)
                .once(CONFIGURATION, "listen-metrics-urls: http://0.0.0.0:2381"),
        ]
    };
}

static ETCD: [Listener; 3] = etcd!("/etc/kubernetes/pki");
static ETCD_OF_MINIKUBE: [Listener; 3] = etcd!("/var/lib/minikube/certs");
static ETCD_OF_BOTTLEROCKET: [Listener; 3] = etcd!("/var/lib/kubeadm/pki");

/// How components are exposed where kubeadm set up the control plane with its defaults.
#[must_use]
pub fn exposure(component: Component, identity: &Identity) -> Exposure {
    with(component, identity, &API_SERVER, &ETCD)
}

/// The same where the certificates lie as minikube lays them, and the API server listens where minikube has it.
#[must_use]
pub fn exposure_of_minikube(component: Component, identity: &Identity) -> Exposure {
    static AT_8443: [Listener; 1] =
        [Listener::standard(Component::ApiServer, Reach::Network, Access::Account).on(8443)];
    with(component, identity, &AT_8443, &ETCD_OF_MINIKUBE)
}

/// The same on Bottlerocket, whose certificates lie elsewhere.
#[must_use]
pub fn exposure_on_bottlerocket(component: Component, identity: &Identity) -> Exposure {
    with(component, identity, &API_SERVER, &ETCD_OF_BOTTLEROCKET)
}

fn with(
    component: Component,
    identity: &Identity,
    api_server: &'static [Listener],
    etcd: &'static [Listener],
) -> Exposure {
    let pod = |listeners| Exposure::HostNetworkPod { image: component.profile().program, listeners };
    match component {
        Component::ApiServer => pod(api_server),
        Component::Etcd if identity.variant.as_deref().is_some_and(|of| of.contains(EXTERNAL_ETCD)) => {
            Exposure::hidden(
                "etcd does not run in a pod of this cluster, so that no agent in the cluster finds it; \
                 its addresses are in the flag --etcd-servers of kube-apiserver",
            )
        }
        Component::Etcd => pod(etcd),
        Component::ControllerManager => pod(&CONTROLLER_MANAGER),
        Component::Scheduler => pod(&SCHEDULERS),
        Component::Kubelet => kubelet(),
        Component::ClusterAgent => cluster_agent(),
    }
}

/// Evidence that control-plane nodes were registered as kubeadm registers them: by their role, and beside it the
/// annotation of a joined node or the label that kubeadm adds to the role.
///
/// # Errors
/// A gap where no such node was among those that were read, and there are more.
pub(in crate::distributions) fn control_plane_nodes(facts: &Facts) -> Result<Option<Evidence>, Gap> {
    on_nodes(facts, "metadata", facts.has_every_control_plane_node(), |node| {
        let role = ROLES.iter().find(|role| node.labels.contains_key(**role))?;
        if node.annotations.contains_key(CRI_SOCKET) {
            return Some(format!("label {role} with annotation {CRI_SOCKET}"));
        }
        node.labels
            .contains_key(NO_LOAD_BALANCERS)
            .then(|| format!("label {role} with label {NO_LOAD_BALANCERS}"))
    })
}

/// The same, but the two labels alone, which others write too, count only where no node bears anybody else's mark.
///
/// # Errors
/// A gap where no such node was among those that were read, and there are more.
pub(in crate::distributions) fn nodes_of_nobody_else(facts: &Facts) -> Result<Option<Evidence>, Gap> {
    let has_socket = |node: &Node| node.annotations.contains_key(CRI_SOCKET);
    let nodes = &facts.nodes()?.items;
    if nodes.iter().any(has_socket) || !nodes.iter().any(|node| mark(node).is_some()) {
        control_plane_nodes(facts)
    } else {
        Ok(None)
    }
}

/// Evidence that kubeadm joined nodes on which nobody else left a mark, and no cloud a provider id.
///
/// # Errors
/// A gap where no such node was among those that were read, and there are more.
pub(in crate::distributions) fn joined_nodes_of_nobody_else(facts: &Facts) -> Result<Option<Evidence>, Gap> {
    if facts.nodes()?.items.iter().any(|node| mark(node).is_some() || node.provider_id.is_some()) {
        return Ok(None);
    }
    on_nodes(facts, "metadata.annotations", false, |node| {
        node.annotations.contains_key(CRI_SOCKET).then(|| format!("annotation {CRI_SOCKET}"))
    })
}

/// Evidence that somebody else had a hand in a node: a label or annotation of a maker that is neither Kubernetes nor one
/// of the add-ons that people install on any cluster.
///
/// # Errors
/// A gap where no such node was among those that were read, and there are more.
pub(in crate::distributions) fn marks_of_others(facts: &Facts) -> Result<Option<Evidence>, Gap> {
    on_nodes(facts, "metadata", false, |node| {
        mark(node).map(|key| format!("{key}, which kubeadm does not write,"))
    })
}

/// The makers whose keys stand on nodes of any cluster: Kubernetes itself, networks, hardware, monitoring, and managers
/// that take over clusters of whatever kind. Source: 100 certified clusters, and the documentation of the add-ons.
const COMMON_MAKERS: [&str; 39] = [
    "ad.datadoghq.com",
    "agent.datadoghq.com",
    "alpha.kubernetes.io",
    "amd.com",
    "antrea.io",
    "apps.kubernetes.io",
    "autoscaling.kubernetes.io",
    "beta.kubernetes.io",
    "cluster-autoscaler.kubernetes.io",
    "deprecated.node.kubernetes.io",
    "failure-domain.beta.kubernetes.io",
    "feature.node.kubernetes.io",
    "flannel.alpha.coreos.com",
    "intel.feature.node.kubernetes.io",
    "k8s.ovn.org",
    "kubeadm.alpha.kubernetes.io",
    "kubeadm.kubernetes.io",
    "kubectl.kubernetes.io",
    "kubelet.kubernetes.io",
    "kubernetes.io",
    "kubevirt.io",
    "kured.dev",
    "management.cattle.io",
    "metallb.io",
    "network.cilium.io",
    "nfd.node.kubernetes.io",
    "node-restriction.kubernetes.io",
    "node-role.kubernetes.io",
    "node.alpha.kubernetes.io",
    "node.kubernetes.io",
    "node.longhorn.io",
    "nvidia.com",
    "ovn.kubernetes.io",
    "projectcalico.org",
    "scheduler.alpha.kubernetes.io",
    "submariner.io",
    "topology.kubernetes.io",
    "volumes.kubernetes.io",
    "weave.works",
];

/// The first key of a node that somebody else wrote. Keys without a maker are the owner's own.
fn mark(node: &Node) -> Option<&str> {
    let keys = node.labels.keys().chain(node.annotations.keys());
    keys.map(String::as_str).find(|key| key.split_once('/').is_some_and(|(maker, _)| !is_common(maker)))
}

fn is_common(maker: &str) -> bool {
    // Storage drivers name themselves so, and are installed on any cluster of that cloud.
    let is_storage = maker.starts_with("topology.") || maker.starts_with("csi.") || maker.contains(".csi.");
    is_storage || COMMON_MAKERS.contains(&maker)
}

/// Evidence that the API server is somebody's own build: its version has an ending that Kubernetes' releases have not.
///
/// # Errors
/// A gap where the version is not known.
pub(in crate::distributions) fn version_of_others(facts: &Facts) -> Result<Option<Evidence>, Gap> {
    let version = &facts.version()?.git_version;
    let claim = format!("version {version} of the API server, which is no release of Kubernetes itself");
    Ok((!is_release(version)).then(|| Evidence::at_path("/version", claim)))
}

/// Whether a version is one of Kubernetes' own releases, such as `v1.36.2` or `v1.37.0-beta.0`.
fn is_release(version: &str) -> bool {
    let Some(rest) = version.strip_prefix('v') else { return false };
    let (numbers, early) =
        rest.split_once('-').map_or((rest, None), |(numbers, early)| (numbers, Some(early)));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_early = |text: &str| {
        text.split_once('.')
            .is_some_and(|(stage, n)| ["alpha", "beta", "rc"].contains(&stage) && is_number(n))
    };
    numbers.split('.').count() == 3 && numbers.split('.').all(is_number) && early.is_none_or(is_early)
}

/// Evidence that kubeadm's control plane is not in this cluster, though its nodes say that kubeadm joined them.
///
/// # Errors
/// A gap where the pods were not read whole and none of those that were read is one.
pub(in crate::distributions) fn no_static_api_server(facts: &Facts) -> Result<Option<Evidence>, Gap> {
    let pods = facts.control_plane_pods()?;
    if pods.items.iter().any(|pod| is_static(pod) && runs(pod, Component::ApiServer)) {
        return Ok(None);
    }
    if !pods.complete {
        return Err(partial_pods());
    }
    let claim = "no static pod of kube-apiserver, which kubeadm always makes";
    Ok(Some(Evidence::at_path("/api/v1/namespaces/kube-system/pods", claim)))
}

/// The variant of a cluster of this family: whether its etcd is elsewhere.
#[must_use]
pub fn variant(facts: &Facts) -> Option<String> {
    has_external_etcd(facts).then(|| EXTERNAL_ETCD.to_owned())
}

/// Whether the API server runs as a static pod and etcd does not. Only the whole list can tell.
fn has_external_etcd(facts: &Facts) -> bool {
    facts.control_plane_pods().is_ok_and(|pods| {
        let has = |component| pods.items.iter().any(|pod| is_static(pod) && runs(pod, component));
        pods.complete && has(Component::ApiServer) && !has(Component::Etcd)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_releases_from_builds_of_others() {
        for release in ["v1.36.2", "v1.20.0", "v1.37.0-alpha.1", "v1.37.0-rc.0", "v1.16.6-beta.0"] {
            assert!(is_release(release), "{release}");
        }
        for build in [
            "v1.25.0+k3s1",
            "v1.21.1-gke.2200",
            "v1.23.7-eks-7709a84",
            "v1.24.5+1.el8",
            "v1.15.1+vmware.1",
            "v1.22.3-aliyun.1",
            "v1.17.4-beta.0.34+23eb2180c65472",
            "v1.18.10-mirantis-1",
            "v1.20.0+bd9e442",
            "1.20.0",
            "v1.20",
            "",
        ] {
            assert!(!is_release(build), "{build}");
        }
    }

    #[test]
    fn finds_the_makers_that_are_not_to_be_found_everywhere() {
        let check = |key: &str, expected: bool| {
            let mut node = Node::default();
            node.annotations.insert(key.to_owned(), String::new());
            assert_eq!(mark(&node).is_some(), expected, "{key}");
        };
        check("kubernetes.io/hostname", false);
        check("node-role.kubernetes.io/worker", false);
        check("projectcalico.org/IPv4Address", false);
        check("csi.volume.kubernetes.io/nodeid", false);
        check("topology.ebs.csi.aws.com/zone", false);
        check("io.cilium.network.ipv4-pod-cidr", false);
        check("team", false);
        check("minikube.k8s.io/name", true);
        check("cluster.x-k8s.io/machine", true);
        check("kops.k8s.io/instancegroup", true);
        check("ibm-cloud.kubernetes.io/worker-version", true);
        check("rke.cattle.io/internal-ip", true);
        check("lke.linode.com/pool-id", true);
        check("kurl.sh/cluster", true);
    }

    #[test]
    fn hides_an_etcd_that_is_elsewhere_and_nothing_else() {
        let plain = Identity { id: "x", name: "X", variant: None, version: None };
        let external = Identity { variant: Some(EXTERNAL_ETCD.to_owned()), ..plain.clone() };
        for component in Component::ALL {
            let same = exposure(component, &plain) == exposure(component, &external);
            assert_eq!(same, component != Component::Etcd, "{component}");
        }
    }
}

//! The signs of places, as data. Each is a fact about where something runs or whose machine it is; none is the name of a
//! distribution, and no sign is read in what was detected.
//!
//! A mark of a maker speaks for a place only where its maker runs control planes nowhere else. Those who do both, such as
//! the clouds with managed and dedicated clusters, are judged by their nodes and pods.

use super::{Place, static_pods};
use crate::{
    distributions::{
        Facts, Weight,
        families::{
            OF_OUTER_CLUSTER,
            kubeadm::{self, CRI_SOCKET},
        },
        host,
        signal::{Match as M, Signal as S, on_nodes},
    },
    model::{
        component::Component,
        evidence::Evidence,
        facts::{Node, Pod},
        observed::Gap,
    },
};

/// A sign of a place.
pub(super) struct Sign {
    pub(super) place: Place,
    pub(super) weight: Weight,
    pub(super) signal: S,
    /// Whether it is read in the nodes alone, which may be those of a cluster around this one.
    pub(super) by_nodes: bool,
}

const fn seen(place: Place, weight: Weight, signal: S) -> Sign {
    Sign { place, weight, signal, by_nodes: false }
}

const fn marked(place: Place, weight: Weight, signal: S) -> Sign {
    Sign { place, weight, signal, by_nodes: true }
}

/// The signs. Of equal weight an earlier row goes before a later one: a virtual cluster shows the nodes of the outer one,
/// with all that is on them, and a provider's mark stands on nodes that other marks are on as well.
pub(super) static SIGNS: &[Sign] = &[
    seen(Place::Virtual, Weight::Decisive, OF_OUTER_CLUSTER),
    // What runs is seen itself.
    seen(
        Place::StaticPods,
        Weight::Decisive,
        S::Custom("static pods of kube-apiserver", |facts| static_pods(facts, Component::ApiServer)),
    ),
    seen(
        Place::StaticPods,
        Weight::Decisive,
        S::Custom("static pods of kube-controller-manager", |facts| {
            static_pods(facts, Component::ControllerManager)
        }),
    ),
    seen(
        Place::StaticPods,
        Weight::Decisive,
        S::Custom("static pods of kube-scheduler", |facts| static_pods(facts, Component::Scheduler)),
    ),
    seen(Place::HostedPartial, Weight::Decisive, S::ApiGroup(M::Is("metrics.eks.amazonaws.com"))),
    seen(
        Place::StaticPods,
        Weight::Decisive,
        S::Custom("the manifest of kube-apiserver", |facts| host::static_pod(facts, Component::ApiServer)),
    ),
    seen(
        Place::HostProcesses,
        Weight::Decisive,
        S::Custom("kube-apiserver outside of any container", host::api_server_process),
    ),
    // An etcd alone is no control plane, but goes with the others as a fourth witness.
    seen(
        Place::StaticPods,
        Weight::Weak,
        S::Custom("static pods of etcd", |facts| static_pods(facts, Component::Etcd)),
    ),
    seen(
        Place::Virtual,
        Weight::Strong,
        S::Custom(
            "a server and kubelets of different makers",
            crate::distributions::vcluster::different_makers,
        ),
    ),
    // Pods whose names were pasted without anything else.
    seen(
        Place::StaticPods,
        Weight::Strong,
        S::Custom("pods named as static pods of the API server", named_as_static),
    ),
    // Machines of a provider that runs every control plane itself.
    marked(Place::Hosted, Weight::Decisive, S::NodeLabel("doks.digitalocean.com/", M::Any)),
    marked(Place::Hosted, Weight::Decisive, S::NodeLabel("vke.vultr.com/", M::Any)),
    marked(Place::Hosted, Weight::Decisive, S::NodeLabel("k8s.scaleway.com/", M::Any)),
    marked(Place::Hosted, Weight::Decisive, S::NodeLabel("node.exoscale.net/", M::Any)),
    marked(Place::Hosted, Weight::Decisive, S::NodeLabel("node.k8s.ovh/", M::Any)),
    marked(Place::Hosted, Weight::Decisive, S::NodeLabel("lke.linode.com/", M::Any)),
    marked(Place::Hosted, Weight::Decisive, S::NodeAnnotation("lke.linode.com/", M::Any)),
    marked(Place::Hosted, Weight::Decisive, S::NodeLabel("oke.oraclecloud.com/", M::Any)),
    marked(Place::Hosted, Weight::Decisive, S::NodeAnnotation("oci.oraclecloud.com/node-pool-id", M::Any)),
    marked(Place::Hosted, Weight::Decisive, S::NodeLabel("cloud.google.com/gke-nodepool", M::Any)),
    marked(Place::Hosted, Weight::Decisive, S::NodeLabel("kubernetes.azure.com/mode", M::Any)),
    marked(Place::Hosted, Weight::Decisive, S::NodeLabel("worker.gardener.cloud/", M::Any)),
    marked(Place::Hosted, Weight::Decisive, S::NodeLabel("worker.garden.sapcloud.io/", M::Any)),
    marked(Place::Hosted, Weight::Decisive, S::NodeLabel("cluster.vke.volcengine.com/", M::Any)),
    marked(Place::Hosted, Weight::Decisive, S::NodeLabel("pks-system/", M::Any)),
    // Also on every worker that runs OpenShift and is labelled as a master.
    marked(Place::Hosted, Weight::Decisive, S::NodeLabel("ibm-cloud.kubernetes.io/worker-id", M::Any)),
    marked(Place::Hosted, Weight::Decisive, S::NodeLabel("ibm-cloud.kubernetes.io/worker-version", M::Any)),
    marked(Place::Hosted, Weight::Decisive, S::NodeLabel("hypershift.openshift.io/nodePool", M::Any)),
    marked(Place::Hosted, Weight::Decisive, S::NodeAnnotation("hypershift.openshift.io/nodePool", M::Any)),
    marked(
        Place::Hosted,
        Weight::Strong,
        S::NodeAnnotation("machineconfiguration.openshift.io/controlPlaneTopology", M::Is("External")),
    ),
    marked(Place::Hosted, Weight::Strong, S::NodeLabel("eks.amazonaws.com/", M::Any)),
    marked(Place::Hosted, Weight::Strong, S::NodeLabel("alpha.eksctl.io/", M::Any)),
    marked(Place::Hosted, Weight::Strong, S::ProviderId(M::Starts("civo://"))),
    marked(Place::Hosted, Weight::Strong, S::NodeLabel("kubernetes.civo.com/", M::Any)),
    marked(Place::Hosted, Weight::Strong, S::ProviderId(M::Starts("upcloud:////"))),
    marked(
        Place::Hosted,
        Weight::Strong,
        S::All(&[
            S::NodeLabel("system/cluster", M::Any),
            S::NodeLabel("machine-controller/owned-by", M::Any),
        ]),
    ),
    marked(Place::Hosted, Weight::Strong, S::NodeLabel("x-kubernetes.io/distribution", M::Any)),
    marked(
        Place::Hosted,
        Weight::Strong,
        S::All(&[S::NodeLabel("kubernetes.azure.com/cluster", M::Any), S::NodeName(M::Starts("aks-"))]),
    ),
    marked(Place::Hosted, Weight::Strong, S::NodeLabel("bosh.id", M::Any)),
    seen(
        Place::Hosted,
        Weight::Strong,
        S::All(&[S::ServerVersion(M::Contains("-gke.")), S::ProviderId(M::Starts("gce://"))]),
    ),
    seen(Place::Hosted, Weight::Strong, S::Deployment(M::Is("vpn-shoot"))),
    seen(Place::Hosted, Weight::Strong, S::Deployment(M::Is("openvpn-client"))),
    seen(Place::Hosted, Weight::Strong, S::ServerVersion(M::Contains("-CCE"))),
    // Providers that also let the control plane run on nodes of the cluster, seen on nodes that say they are none of it.
    seen(
        Place::Hosted,
        Weight::Strong,
        S::Custom("a provider's nodes, and none of the control plane", nodes_of_provider),
    ),
    seen(
        Place::Hosted,
        Weight::Strong,
        S::Custom("a tunnel to nodes that kubeadm joined, and none of the control plane", tunnel),
    ),
    // kubeadm registers a node so that already runs the control plane as static pods of its kubelet.
    seen(
        Place::StaticPods,
        Weight::Strong,
        S::Custom("control-plane nodes as kubeadm registers them", kubeadm::control_plane_nodes),
    ),
    // Programs that hold the control plane themselves, on the nodes or beside them.
    marked(Place::HostProcesses, Weight::Strong, S::KubeletVersion(M::Contains("k3s"))),
    marked(Place::HostProcesses, Weight::Strong, S::NodeAnnotation("k3s.io/node-args", M::Any)),
    seen(Place::HostProcesses, Weight::Strong, S::ApiGroup(M::Ends(".k0sproject.io"))),
    marked(Place::HostProcesses, Weight::Strong, S::KubeletVersion(M::Contains("k0s"))),
    marked(Place::HostProcesses, Weight::Strong, S::NodeLabel("microk8s.io/cluster", M::Any)),
    marked(Place::HostProcesses, Weight::Strong, S::NodeLabel("juju-application", M::Any)),
    marked(Place::HostProcesses, Weight::Strong, S::NodeLabel("k8sd.io/role", M::Any)),
    marked(Place::HostProcesses, Weight::Strong, S::NodeLabel("com.docker.ucp.collection", M::Any)),
    marked(Place::HostProcesses, Weight::Strong, S::NodeAnnotation("rke.cattle.io/internal-ip", M::Any)),
    marked(Place::HostProcesses, Weight::Strong, S::NodeLabel("magnum.openstack.org/role", M::Any)),
    seen(
        Place::HostProcesses,
        Weight::Strong,
        S::All(&[
            S::ApiGroup(M::Is("route.openshift.io")),
            S::ConfigMap("kube-public", "microshift-version"),
        ]),
    ),
    // Static pods of installers that do it in no other way, seen on any of their nodes.
    marked(
        Place::StaticPods,
        Weight::Strong,
        S::NodeAnnotation("machineconfiguration.openshift.io/", M::Any),
    ),
    marked(Place::StaticPods, Weight::Strong, S::NodeLabel("kops.k8s.io/", M::Any)),
    marked(
        Place::StaticPods,
        Weight::Strong,
        S::All(&[
            S::NodeLabel("node-role.kubernetes.io/node", M::Is("")),
            S::ProviderId(M::Starts("aws://")),
        ]),
    ),
    marked(Place::StaticPods, Weight::Strong, S::NodeAnnotation("rke2.io/", M::Any)),
    marked(Place::StaticPods, Weight::Strong, S::KubeletVersion(M::Contains("+rke2r"))),
    marked(Place::StaticPods, Weight::Strong, S::OsImage(M::Starts("Talos ("))),
    marked(Place::StaticPods, Weight::Strong, S::NodeAnnotation("cluster.x-k8s.io/machine", M::Any)),
    marked(Place::StaticPods, Weight::Strong, S::NodeLabel("minikube.k8s.io/", M::Any)),
    marked(Place::StaticPods, Weight::Strong, S::ProviderId(M::Starts("kind://"))),
    marked(Place::StaticPods, Weight::Strong, S::OsImage(M::Is("Docker Desktop"))),
    marked(Place::StaticPods, Weight::Strong, S::NodeLabel("kurl.sh/cluster", M::Any)),
    marked(
        Place::StaticPods,
        Weight::Strong,
        S::All(&[S::NodeLabel("kubernetes.azure.com/cluster", M::Any), S::NodeName(M::Starts("k8s-"))]),
    ),
    marked(Place::StaticPods, Weight::Strong, S::NodeLabel("machine-controller/owned-by", M::Any)),
    marked(Place::StaticPods, Weight::Strong, S::NodeLabel("v1.kubeone.io/", M::Any)),
    marked(Place::StaticPods, Weight::Strong, S::NodeLabel("node.deckhouse.io/", M::Any)),
    marked(Place::StaticPods, Weight::Strong, S::NodeLabel("metalk8s.scality.com/", M::Any)),
    marked(Place::StaticPods, Weight::Strong, S::NodeLabel("kublr.io/", M::Any)),
    marked(Place::StaticPods, Weight::Strong, S::NodeLabel("konvoy.mesosphere.com/", M::Any)),
    marked(Place::StaticPods, Weight::Strong, S::NodeAnnotation("constellation.edgeless.systems/", M::Any)),
    marked(Place::StaticPods, Weight::Strong, S::NodeLabel("node.kubernetes.io/controller", M::Is("true"))),
    marked(
        Place::StaticPods,
        Weight::Strong,
        S::All(&[S::NodeLabel("node.kubernetes.io/node", M::Any), S::OsImage(M::Starts("Fedora CoreOS"))]),
    ),
    marked(
        Place::StaticPods,
        Weight::Strong,
        S::All(&[S::NodeLabel("node.kubernetes.io/node", M::Any), S::OsImage(M::Starts("Flatcar"))]),
    ),
    marked(Place::StaticPods, Weight::Strong, S::NodeLabel("node.kubernetes.io/master", M::Any)),
    marked(Place::StaticPods, Weight::Strong, S::NodeLabel("cloud.google.com/metadata-proxy-ready", M::Any)),
    seen(Place::StaticPods, Weight::Strong, S::ApiGroup(M::Is("starlingx.windriver.com"))),
    seen(Place::StaticPods, Weight::Strong, S::ApiGroup(M::Is("agent.pf9.io"))),
    seen(Place::StaticPods, Weight::Strong, S::ServerVersion(M::Contains("+icp"))),
    seen(
        Place::StaticPods,
        Weight::Strong,
        S::Any(&[
            S::ServerVersion(M::Ends(".el7")),
            S::ServerVersion(M::Ends(".el8")),
            S::ServerVersion(M::Ends(".el9")),
        ]),
    ),
    // Amazon's builds with Amazon's controllers, on nodes that bear no mark of any of these installers.
    seen(
        Place::Hosted,
        Weight::Strong,
        S::All(&[S::ServerVersion(M::Contains("-eks-")), S::ApiGroup(M::Is("vpcresources.k8s.aws"))]),
    ),
    // A control-plane role that keeps others off, as those who have a node for it do.
    marked(Place::StaticPods, Weight::Strong, S::Custom("control-plane nodes with their taint", tainted)),
    marked(Place::HostProcesses, Weight::Strong, S::NodeLabel("kubernetes.io/role", M::Is("master"))),
];

/// Evidence that pods, of which nothing but the name is known, are named as static pods of the API server are: after their
/// program and their node.
///
/// # Errors
/// A gap where the pods were not read.
fn named_as_static(facts: &Facts) -> Result<Option<Evidence>, Gap> {
    const PROGRAMS: [&str; 3] = ["kube-apiserver-", "k8s-api-server-", "k8s-master-"];
    let is_named = |pod: &&Pod| PROGRAMS.iter().any(|program| pod.name.starts_with(program));
    let bare = |pod: &&Pod| pod.labels.is_empty() && pod.annotations.is_empty();
    let pods = facts.pods()?;
    let found = pods.items.iter().filter(bare).find(is_named);
    Ok(found.map(|pod| {
        let claim = format!("a pod named {}, as a static pod of the API server is", pod.name);
        Evidence::in_object("Pod", Some(&pod.namespace), &pod.name, Some("metadata.name"), claim)
    }))
}

/// Evidence that nodes are a provider's, where none of those that were read belongs to a control plane.
///
/// # Errors
/// A gap where the nodes were not read, or not those of the control plane.
fn nodes_of_provider(facts: &Facts) -> Result<Option<Evidence>, Gap> {
    const PROVIDERS: S = S::Any(&[
        S::ServerVersion(M::Contains("-aliyun.")),
        S::ServerVersion(M::Contains("-tke.")),
        S::NodeLabel("ack.aliyun.com", M::Any),
        S::NodeLabel("cloud.tencent.com/node-instance-id", M::Any),
        S::ProviderId(M::Starts("cce://")),
    ]);
    without_claim(facts, &PROVIDERS)
}

/// Evidence of the tunnel of a control plane that is elsewhere. Some products run it beside one of their own, and one runs it
/// to processes of the same owner: the first have control-plane nodes, the other's are not joined by kubeadm.
///
/// # Errors
/// A gap where the nodes or the workloads were not read.
fn tunnel(facts: &Facts) -> Result<Option<Evidence>, Gap> {
    const TUNNEL: S = S::All(&[
        S::Any(&[S::DaemonSet(M::Is("konnectivity-agent")), S::PodName(M::Starts("konnectivity-agent-"))]),
        S::NodeAnnotation(CRI_SOCKET, M::Any),
    ]);
    without_claim(facts, &TUNNEL)
}

fn without_claim(facts: &Facts, signal: &S) -> Result<Option<Evidence>, Gap> {
    let Some(evidence) = signal.read(facts)? else { return Ok(None) };
    // Those of the control plane are asked for by their labels, so that they are among the first that are read.
    let has_claim = facts.nodes()?.items.iter().any(Node::is_labelled_control_plane);
    Ok((!has_claim).then_some(evidence))
}

/// Evidence that a node bears a control-plane role and a taint of the same name.
///
/// # Errors
/// A gap where no such node was among those that were read, and there are more.
fn tainted(facts: &Facts) -> Result<Option<Evidence>, Gap> {
    on_nodes(facts, "spec.taints", facts.has_every_control_plane_node(), |node| {
        let is_role = |key: &str| key.starts_with("node-role.kubernetes.io/");
        let taint =
            node.taints.iter().find(|taint| is_role(&taint.key) && taint.effect != "PreferNoSchedule")?;
        node.is_labelled_control_plane().then(|| format!("control-plane label with taint {}", taint.key))
    })
}

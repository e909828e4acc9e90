//! Clusters that every detector known gets wrong, each as its nodes, API groups and version tell it, and editions that no
//! certified run shows. The shapes are those of real clusters; names and addresses are made up.

use ctlmon::{
    distributions::{Detection, Facts, Place, Who, detect},
    observe::pasted,
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// A node as `kubectl get nodes -o json` prints it, as far as it is told.
#[derive(Clone, Copy)]
struct Node {
    name: &'static str,
    /// Keys with values, such as `a=b c=`.
    labels: &'static str,
    annotations: &'static str,
    provider: &'static str,
    kubelet: &'static str,
    system: &'static str,
    /// Keys of taints with the effect `NoSchedule`.
    taints: &'static str,
}

const NODE: Node =
    Node { name: "n1", labels: "", annotations: "", provider: "", kubelet: "", system: "", taints: "" };

/// What `kubectl version`, `kubectl api-versions` and `kubectl get nodes` tell of a cluster.
#[derive(Clone, Copy)]
struct Told<'a> {
    server: &'a str,
    groups: &'a str,
    nodes: &'a [Node],
}

fn pairs(text: &str) -> Map<String, Value> {
    let pair = |pair: &str| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (key.to_owned(), Value::from(value))
    };
    text.split_whitespace().map(pair).collect()
}

impl Node {
    fn json(&self, server: &str) -> Value {
        let kubelet = if self.kubelet.is_empty() { server } else { self.kubelet };
        let taints: Vec<Value> =
            self.taints.split_whitespace().map(|key| json!({"key": key, "effect": "NoSchedule"})).collect();
        let mut spec = json!({"taints": taints});
        if !self.provider.is_empty() {
            spec["providerID"] = self.provider.into();
        }
        json!({
            "kind": "Node",
            "metadata": {"name": self.name, "labels": pairs(self.labels), "annotations": pairs(self.annotations)},
            "spec": spec,
            "status": {"nodeInfo": {"kubeletVersion": kubelet, "osImage": self.system}},
        })
    }
}

fn look(told: &Told<'_>) -> Detection {
    let nodes: Vec<Value> = told.nodes.iter().map(|node| node.json(told.server)).collect();
    let groups: Vec<String> = ["apps"]
        .into_iter()
        .chain(told.groups.split_whitespace())
        .map(|group| format!("{group}/v1"))
        .collect();
    let inputs = [
        json!({"kind": "NodeList", "items": nodes}).to_string(),
        json!({"gitVersion": told.server, "major": "1", "minor": "2"}).to_string(),
        groups.join("\n"),
    ];
    let inputs = inputs.map(|text| ("given".to_owned(), text.into_bytes()));
    let snapshot = pasted::read(&inputs, Timestamp::UNIX_EPOCH).unwrap_or_else(|error| panic!("{error}"));
    detect(&Facts::gather(&snapshot))
}

/// The id with `!` where it is certain and `?` where it is likely, and the place.
#[track_caller]
fn check(told: &Told<'_>, expected: &str) -> Detection {
    let detection = look(told);
    let who = match &detection.who {
        Who::Certain(best) => format!("{}!", best.distribution.id),
        Who::Likely { best, .. } => format!("{}?", best.distribution.id),
        Who::Unknown => "-".to_owned(),
    };
    assert_eq!(format!("{who} {}", detection.place.place), expected, "{detection:#?}");
    detection
}

const fn one<'a>(server: &'a str, groups: &'a str, nodes: &'a [Node]) -> Told<'a> {
    Told { server, groups, nodes }
}

#[test]
fn a_virtual_cluster_on_minikube_is_not_minikube() {
    let nodes: &[Node] = &[Node {
        labels: "minikube.k8s.io/name=x minikube.k8s.io/version=v1 node-role.kubernetes.io/control-plane=",
        annotations: "vcluster.loft.sh/managed-labels=x kubeadm.alpha.kubernetes.io/cri-socket=x",
        kubelet: "v1.26.1",
        ..NODE
    }];
    check(&one("v1.26.1+k3s1", "helm.cattle.io k3s.cattle.io", nodes), "vcluster! virtual");
    check(&one("v1.26.1", "", nodes), "vcluster! virtual");
}

#[test]
fn an_old_virtual_cluster_is_neither_k3s_nor_what_its_nodes_are() {
    let gke: &[Node] = &[Node {
        labels: "cloud.google.com/gke-nodepool=a cloud.google.com/gke-os-distribution=cos",
        provider: "gce://p/z/n1",
        kubelet: "v1.20.8-gke.900",
        ..NODE
    }];
    check(&one("v1.20.7+k3s1", "helm.cattle.io k3s.cattle.io", gke), "vcluster? virtual");
    let aks: &[Node] = &[Node {
        labels: "kubernetes.azure.com/cluster=a kubernetes.azure.com/mode=system",
        kubelet: "v1.22.3",
        ..NODE
    }];
    check(&one("v1.22.5+k3s1", "k3s.cattle.io", aks), "vcluster? virtual");
    let eks: &[Node] =
        &[Node { labels: "eks.amazonaws.com/nodegroup=a", kubelet: "v1.22.6-eks-7d68063", ..NODE }];
    check(&one("v1.22.4", "vpcresources.k8s.aws", eks), "vcluster? virtual");
}

#[test]
fn eks_is_known_without_its_labels_or_without_its_ending() {
    let groups: &str = "crd.k8s.amazonaws.com vpcresources.k8s.aws";
    let bare: &[Node] = &[Node { provider: "aws:///eu-west-1a/i-1", ..NODE }];
    check(&one("v1.18.9-eks-d1db3c", groups, bare), "eks! hosted");
    let labelled: &[Node] =
        &[Node { labels: "eks.amazonaws.com/nodegroup=a", provider: "aws:///eu-west-1a/i-1", ..NODE }];
    check(&one("v1.21.1-12+8e423b6625fc64", groups, labelled), "eks! hosted");
    // Karpenter makes nodes that bear nobody's label but its own.
    let karpenter: &[Node] =
        &[Node { labels: "karpenter.sh/nodepool=a", provider: "aws:///eu-west-1a/i-1", ..NODE }];
    check(&one("v1.31.2-eks-7f9249a", groups, karpenter), "eks! hosted");
    // The ending alone may be that of eks Distro.
    check(&one("v1.31.2-eks-7f9249a", "", karpenter), "eks? unknown");
}

#[test]
fn eks_distro_on_kops_is_kops() {
    let labelled: &[Node] = &[Node {
        labels: "kops.k8s.io/instancegroup=nodes node-role.kubernetes.io/node=",
        provider: "aws:///eu-west-1a/i-1",
        ..NODE
    }];
    let detection =
        check(&one("v1.22.6-eks-b18cdc9", "iamauthenticator.k8s.aws", labelled), "kops! static-pods");
    assert_eq!(detection.best().unwrap().identity.variant.as_deref(), Some("EKS Distro"));
    // With Amazon's network the groups of eks are there, too.
    check(
        &one("v1.22.6-eks-b18cdc9", "crd.k8s.amazonaws.com vpcresources.k8s.aws", labelled),
        "kops! static-pods",
    );
}

#[test]
fn a_worker_of_kops_without_its_label_is_certainly_nothing_else() {
    let bare: &[Node] =
        &[Node { labels: "node-role.kubernetes.io/node=", provider: "aws:///eu-west-1a/i-1", ..NODE }];
    check(&one("v1.25.2", "", bare), "kops? static-pods");
    check(&one("v1.25.2-eks-abc", "", bare), "kops? static-pods");
    check(&one("v1.25.2-eks-abc", "crd.k8s.amazonaws.com vpcresources.k8s.aws", bare), "kops? static-pods");
}

#[test]
fn eks_anywhere_is_not_eks() {
    let nodes: &[Node] = &[Node {
        annotations: "cluster.x-k8s.io/cluster-namespace=eksa-system cluster.x-k8s.io/machine=m \
                      cluster.x-k8s.io/owner-kind=MachineSet",
        provider: "vsphere://x",
        system: "Bottlerocket OS 1.9.0 (vmware-k8s-1.23)",
        ..NODE
    }];
    let managing = check(
        &one("v1.23.7-eks-7709a84", "anywhere.eks.amazonaws.com cluster.x-k8s.io", nodes),
        "eks-anywhere! static-pods",
    );
    assert_eq!(managing.best().unwrap().identity.variant.as_deref(), Some("Bottlerocket"));
    // A workload cluster serves no group of its own.
    check(&one("v1.23.7-eks-7709a84", "", nodes), "eks-anywhere! static-pods");
}

#[test]
fn openshift_on_ibm_cloud_is_hosted_though_every_worker_is_a_master() {
    let nodes: &[Node] = &[Node {
        labels: "ibm-cloud.kubernetes.io/worker-version=4.8.35_1550_openshift node.openshift.io/os_id=rhel \
                 ibm-cloud.kubernetes.io/worker-pool-id=p node-role.kubernetes.io/master= \
                 node-role.kubernetes.io/worker=",
        provider: "ibm://a///b/c",
        ..NODE
    }];
    check(&one("v1.21.8+ee73ea2", "config.openshift.io project.openshift.io", nodes), "roks! hosted");
    let plain: &[Node] = &[Node {
        labels: "ibm-cloud.kubernetes.io/worker-version=1.20.13_1567 ibm-cloud.kubernetes.io/worker-id=w",
        provider: "ibm://a///b/c",
        ..NODE
    }];
    check(&one("v1.20.15+IKS", "ibm.com", plain), "iks! hosted");
}

#[test]
fn aks_engine_is_not_aks() {
    let agent: Node = Node {
        name: "k8s-agentpool1-12345678-vmss000000",
        labels: "kubernetes.azure.com/cluster=a kubernetes.azure.com/role=agent kubernetes.io/role=agent",
        provider: "azure:///subscriptions/x/virtualMachineScaleSets/k8s",
        ..NODE
    };
    let master: Node = Node {
        name: "k8s-master-12345678-0",
        labels: "kubernetes.azure.com/cluster=a kubernetes.azure.com/role=master kubernetes.io/role=master \
                 node-role.kubernetes.io/master=",
        taints: "node-role.kubernetes.io/master",
        ..agent
    };
    check(&one("v1.19.1", "", &[agent]), "aks-engine! static-pods");
    check(&one("v1.19.1", "", &[agent, master]), "aks-engine! static-pods");
    let aks: Node = Node {
        name: "aks-pool1-12345678-vmss000000",
        labels: "kubernetes.azure.com/cluster=a kubernetes.azure.com/role=agent kubernetes.azure.com/mode=user",
        ..agent
    };
    check(&one("v1.30.1", "", &[aks]), "aks! hosted");
    let old_aks: Node =
        Node { labels: "kubernetes.azure.com/cluster=a kubernetes.azure.com/role=agent", ..aks };
    check(&one("v1.16.1", "", &[old_aks]), "aks! hosted");
}

#[test]
fn the_cloud_under_a_cluster_is_not_its_distribution() {
    let kurl: &[Node] = &[Node {
        labels: "kurl.sh/cluster=true node-role.kubernetes.io/control-plane=",
        annotations: "kubeadm.alpha.kubernetes.io/cri-socket=x",
        provider: "aws:///us-east-1a/i-1",
        ..NODE
    }];
    check(&one("v1.21.3", "cluster.kurl.sh", kurl), "kurl! static-pods");
    let ocne: &[Node] = &[Node {
        labels: "node-role.kubernetes.io/control-plane= node.kubernetes.io/exclude-from-external-load-balancers=",
        annotations: "kubeadm.alpha.kubernetes.io/cri-socket=x",
        provider: "ocid1.instance.oc1.iad.x",
        system: "Oracle Linux Server 8.6",
        ..NODE
    }];
    check(&one("v1.24.5+1.el8", "", ocne), "ocne! static-pods");
    for cloud in
        ["aws:///z/i-1", "azure:///subscriptions/x", "gce://p/z/n", "openstack:///x", "eu-central-1.i-x", ""]
    {
        let gardener: Node = Node {
            labels: "worker.gardener.cloud/pool=a worker.garden.sapcloud.io/group=a topology.gke.io/zone=z",
            ..NODE
        };
        let nodes = [Node { provider: cloud, ..gardener }];
        check(&one("v1.20.8", "cert.gardener.cloud", &nodes), "gardener! hosted");
    }
}

#[test]
fn what_runs_no_pods_of_the_control_plane_is_not_hosted() {
    let rke1: &[Node] = &[Node {
        labels: "node-role.kubernetes.io/worker=true",
        annotations: "rke.cattle.io/internal-ip=x rke.cattle.io/external-ip=x",
        ..NODE
    }];
    check(&one("v1.30.2", "", rke1), "rke1! host-processes");
    check(&one("v1.26.0+k0s", "autopilot.k0sproject.io helm.k0sproject.io", &[NODE]), "k0s! host-processes");
    let k3s: &[Node] = &[Node {
        annotations: "k3s.io/node-args=x etcd.k3s.cattle.io/node-name=x",
        provider: "k3s://n1",
        ..NODE
    }];
    let detection = check(&one("v1.25.0+k3s1", "k3s.cattle.io helm.cattle.io", k3s), "k3s! host-processes");
    assert_eq!(detection.best().unwrap().identity.variant.as_deref(), Some("embedded etcd"));
}

#[test]
fn kubeadm_that_rancher_took_over_is_kubeadm() {
    let nodes: &[Node] = &[Node {
        labels: "node-role.kubernetes.io/control-plane= cattle.io/creator=norman",
        annotations: "kubeadm.alpha.kubernetes.io/cri-socket=x management.cattle.io/pod-limits=x",
        provider: "vsphere://x",
        ..NODE
    }];
    check(&one("v1.24.3", "management.cattle.io catalog.cattle.io", nodes), "kubeadm? static-pods");
}

#[test]
fn marks_of_kubeadm_on_hosted_nodes_are_not_kubeadm() {
    let lke: &[Node] = &[Node {
        annotations: "kubeadm.alpha.kubernetes.io/cri-socket=x lke.linode.com/wgip=x",
        provider: "linode://1",
        ..NODE
    }];
    check(&one("v1.20.4", "crd.projectcalico.org", lke), "lke! hosted");
    let self_managed: &[Node] = &[Node {
        annotations: "kubeadm.alpha.kubernetes.io/cri-socket=x",
        labels: "node-role.kubernetes.io/control-plane=",
        provider: "linode://1",
        ..NODE
    }];
    check(&one("v1.20.4", "crd.projectcalico.org", self_managed), "kubeadm? static-pods");
    // Nothing in a tenant's cluster of Kamaji names it.
    let tenant: &[Node] = &[Node { annotations: "kubeadm.alpha.kubernetes.io/cri-socket=x", ..NODE }];
    check(&one("v1.25.0", "crd.projectcalico.org", tenant), "kubeadm? unknown");
}

#[test]
fn kubelets_may_be_older_than_their_server() {
    let nodes: &[Node] = &[Node {
        labels: "cloud.tencent.com/node-instance-id=x",
        provider: "qcloud:///1/ins-x",
        kubelet: "v1.24.4-tke.5",
        ..NODE
    }];
    check(&one("v1.26.1-tke.3", "cloud.tencent.com", nodes), "tke! hosted");
}

#[test]
fn machines_on_desks_are_known_without_the_marks_that_come_and_go() {
    let kind_1_14: &[Node] = &[Node {
        name: "kind-control-plane",
        labels: "node-role.kubernetes.io/master=",
        annotations: "kubeadm.alpha.kubernetes.io/cri-socket=x",
        ..NODE
    }];
    check(&one("v1.14.0", "", kind_1_14), "kind? static-pods");
    let desktop: &[Node] = &[
        Node {
            name: "desktop-control-plane",
            provider: "kind://docker/desktop/desktop-control-plane",
            ..NODE
        },
        Node { name: "desktop-worker", provider: "kind://docker/desktop/desktop-worker", ..NODE },
    ];
    check(&one("v1.31.1", "", desktop), "docker-desktop! static-pods");
    let minikube_1_35: &[Node] = &[Node {
        name: "minikube",
        labels: "minikube.k8s.io/name=minikube node-role.kubernetes.io/control-plane=",
        ..NODE
    }];
    check(&one("v1.35.0", "", minikube_1_35), "minikube! static-pods");
    let k3d: &[Node] = &[Node {
        name: "k3d-x-server-0",
        annotations: "k3s.io/node-args=x",
        provider: "k3s://k3d-x-server-0",
        ..NODE
    }];
    check(&one("v1.31.1+k3s1", "k3s.cattle.io", k3d), "k3d! host-processes");
    let rancher: &[Node] =
        &[Node { name: "lima-rancher-desktop", provider: "k3s://lima-rancher-desktop", ..NODE }];
    check(&one("v1.31.1+k3s1", "k3s.cattle.io", rancher), "rancher-desktop! host-processes");
}

#[test]
fn eks_auto_mode_is_known_before_it_has_a_node() {
    let groups: &str = "eks.amazonaws.com metrics.eks.amazonaws.com vpcresources.k8s.aws karpenter.sh";
    check(&one("v1.34.1-eks-113cf36", groups, &[]), "eks-auto! hosted-partial");
    let nodes: &[Node] = &[Node {
        name: "i-0aac5ee7a39c88fc9",
        labels: "eks.amazonaws.com/compute-type=auto eks.amazonaws.com/nodeclass=default",
        system: "Bottlerocket (eks Auto, Standard) 2025.12.5 (aws-k8s-1.34-standard)",
        provider: "aws:///eu-west-2c/i-0aac5ee7a39c88fc9",
        ..NODE
    }];
    check(&one("v1.34.1-eks-113cf36", groups, nodes), "eks-auto! hosted-partial");
    check(&one("v1.34.1-eks-113cf36", "", &[]), "eks? unknown");
}

#[test]
fn fargate_alone_is_likely_where_nobody_could_ask_for_other_nodes() {
    let fargate: Node = Node {
        name: "fargate-ip-10-0-0-1.eu-west-1.compute.internal",
        labels: "eks.amazonaws.com/compute-type=fargate",
        provider: "aws:///eu-west-1a/x/fargate-ip-10-0-0-1",
        taints: "eks.amazonaws.com/compute-type",
        ..NODE
    };
    let machine: Node =
        Node { labels: "eks.amazonaws.com/nodegroup=a", provider: "aws:///eu-west-1a/i-1", ..NODE };
    let groups: &str = "vpcresources.k8s.aws metrics.eks.amazonaws.com";
    check(&one("v1.30.1-eks-abc", groups, &[fargate]), "eks-fargate? hosted-partial");
    let mixed = check(&one("v1.30.1-eks-abc", groups, &[fargate, machine]), "eks! hosted-partial");
    assert_eq!(mixed.best().unwrap().identity.variant.as_deref(), Some("with Fargate"));
    // A virtual kubelet bears the label, and a taint of its own.
    let imitation: Node = Node { taints: "virtual-kubelet.io/provider", ..fargate };
    let imitated = check(&one("v1.30.1-eks-abc", groups, &[imitation, machine]), "eks! hosted-partial");
    assert_eq!(imitated.best().unwrap().identity.variant, None);
}

#[test]
fn openshift_is_told_by_who_runs_its_control_plane() {
    let own_labels: &str = "node.openshift.io/os_id=rhcos node-role.kubernetes.io/worker=";
    let managed: &str = "config.openshift.io project.openshift.io managed.openshift.io";
    let worker: Node =
        Node { labels: own_labels, annotations: "machineconfiguration.openshift.io/state=Done", ..NODE };
    let on_aws: &[Node] = &[Node { provider: "aws:///z/i-1", ..worker }];
    let on_gce: &[Node] = &[Node { provider: "gce://p/z/n", ..worker }];
    check(
        &one("v1.27.4+abcdef0", "config.openshift.io project.openshift.io", on_aws),
        "openshift4! static-pods",
    );
    let seen = check(&one("v1.27.4+abcdef0", managed, on_aws), "openshift4! static-pods");
    assert_eq!(seen.best().unwrap().identity.variant.as_deref(), Some("managed by Red Hat"));
    check(&one("v1.27.4+abcdef0", managed, on_gce), "osd! static-pods");
    check(&one("v1.27.4+abcdef0", "config.openshift.io aro.openshift.io", &[worker]), "aro! static-pods");
    let guest: &[Node] = &[Node {
        labels: "node.openshift.io/os_id=rhcos hypershift.openshift.io/nodePool=p",
        annotations: "machineconfiguration.openshift.io/state=Done",
        ..NODE
    }];
    check(&one("v1.27.4+abcdef0", "config.openshift.io", guest), "hypershift! hosted");
    check(&one("v1.30.1", "route.openshift.io security.openshift.io", &[NODE]), "microshift? unknown");
    let old: &[Node] = &[Node { labels: "node-role.kubernetes.io/master=true", ..NODE }];
    check(&one("v1.11.0+d4cacc0", "project.openshift.io route.openshift.io", old), "openshift3! unknown");
}

#[test]
fn products_on_another_are_told_from_it() {
    let civo_k3s: &[Node] =
        &[Node { labels: "kubernetes.civo.com/civo-node-pool=a", annotations: "k3s.io/node-args=x", ..NODE }];
    check(&one("v1.22.11+k3s1", "k3s.cattle.io", civo_k3s), "civo! hosted");
    let civo_talos: &[Node] = &[Node { provider: "civo://x", system: "Talos (v1.2.8)", ..NODE }];
    check(&one("v1.25.5", "", civo_talos), "civo! hosted");
    let harvester: &[Node] =
        &[Node { labels: "harvesterhci.io/managed=true", annotations: "rke2.io/node-args=x", ..NODE }];
    check(&one("v1.27.10+rke2r1", "k3s.cattle.io harvesterhci.io", harvester), "harvester! static-pods");
    let embedded: &[Node] = &[Node { labels: "kots.io/embedded-cluster-role=total-1", ..NODE }];
    check(&one("v1.29.9+k0s", "autopilot.k0sproject.io", embedded), "embedded-cluster! host-processes");
    let autopilot: &[Node] = &[Node {
        name: "gk3-x-pool-1-abc",
        labels: "cloud.google.com/gke-nodepool=pool-1",
        provider: "gce://p/z/n",
        ..NODE
    }];
    check(&one("v1.30.5-gke.1014001", "networking.gke.io auto.gke.io", autopilot), "gke-autopilot? hosted");
    let upcloud: &[Node] = &[Node {
        annotations: "cluster.x-k8s.io/machine=m cluster.x-k8s.io/owner-kind=MachineSet",
        provider: "upcloud:////0-1-2",
        ..NODE
    }];
    check(&one("v1.27.4", "", upcloud), "upcloud! hosted");
    let essential: &[Node] = &[Node {
        labels: "node-role.kubernetes.io/master=",
        annotations: "kubeadm.alpha.kubernetes.io/cri-socket=x",
        taints: "node-role.kubernetes.io/master",
        ..NODE
    }];
    check(&one("v1.15.1+vmware.1", "", essential), "kubeadm? static-pods");
}

#[test]
fn places_are_decided_by_evidence_and_not_by_the_name() {
    // The name does not change; where the control plane runs does.
    let dedicated: &[Node] = &[Node {
        labels: "ack.aliyun.com=x node-role.kubernetes.io/master=",
        annotations: "kubeadm.alpha.kubernetes.io/cri-socket=x",
        taints: "node-role.kubernetes.io/master",
        ..NODE
    }];
    let managed: &[Node] = &[Node { labels: "ack.aliyun.com=x", ..NODE }];
    let dedicated = check(&one("v1.22.3-aliyun.1", "", dedicated), "ack! static-pods");
    let hosted = check(&one("v1.22.3-aliyun.1", "", managed), "ack! hosted");
    assert!(!dedicated.place.certain && !hosted.place.certain);
    assert_eq!(look(&one("v1.99.0", "", &[NODE])).place.place, Place::Unknown);
}

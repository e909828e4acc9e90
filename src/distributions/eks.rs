//! Amazon EKS in its editions. Scheduler and controller manager can be read through the API server, at paths of their own;
//! where there are no nodes but Fargate's, agents run beside the pods.

use super::{
    Access, Clue, Distribution, Exposure, Facts, Family, HostSignal, Identity, Layer, Listener, Minors,
    Reach,
    families::{API_SERVER, OF_OUTER_CLUSTER, cluster_agent, kubelet},
    signal::{Match as M, Signal as S, on_nodes},
};
use crate::model::{
    component::Component,
    evidence::Evidence,
    facts::Node,
    observed::{Gap, Why},
};

/// The label that says how a node is made.
pub const COMPUTE: &str = "eks.amazonaws.com/compute-type";

/// Marks of those who run Amazon's builds on machines of their own.
const SELF_MANAGED: S = S::Any(&[
    S::NodeLabel("kops.k8s.io/", M::Any),
    S::NodeLabel("node-role.kubernetes.io/node", M::Any),
    S::NodeAnnotation("cluster.x-k8s.io/cluster-namespace", M::Is("eksa-system")),
    S::NodeLabel("node-role.kubernetes.io/control-plane", M::Any),
    S::NodeLabel("node-role.kubernetes.io/master", M::Any),
    S::ProviderId(M::Starts("vsphere://")),
    S::ProviderId(M::Starts("tinkerbell://")),
    S::ProviderId(M::Starts("nutanix://")),
    S::ProviderId(M::Starts("cloudstack://")),
]);

/// Amazon EKS.
pub static EKS: Distribution = Distribution {
    id: "eks",
    name: "Amazon EKS",
    families: &[Family::Eks],
    layer: Layer::Product,
    clues: &[
        Clue::strong(S::ServerVersion(M::Contains("-eks-")), "its builds; those of EKS Distro end so too"),
        Clue::strong(
            S::NodeLabel("eks.amazonaws.com/", M::Any),
            "node groups since 1.19; nodes of Karpenter may bear none",
        ),
        Clue::strong(S::NodeLabel("alpha.eksctl.io/", M::Any), "nodes made by eksctl"),
        Clue::strong(S::ApiGroup(M::Is("vpcresources.k8s.aws")), "the controller of its VPC resources"),
        Clue::decisive(
            S::ApiGroup(M::Is("metrics.eks.amazonaws.com")),
            "metrics of the hosted control plane",
        ),
        Clue::weak(S::DaemonSet(M::Is("aws-node")), "the network of the cloud, which others install"),
        Clue::weak(S::ApiGroup(M::Is("crd.k8s.amazonaws.com")), "the same"),
        Clue::weak(S::ProviderId(M::Starts("aws:///")), "every machine of the cloud"),
        Clue::strong(S::Host(HostSignal::Path("/etc/eks")), "files of Amazon's images"),
        Clue::weak(
            S::Host(HostSignal::Path("/etc/kubernetes/kubelet/config.json")),
            "the kubelet's configuration on Amazon's images",
        ),
        Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
        Clue::against(SELF_MANAGED, "Amazon's builds on machines of somebody's own"),
        Clue::against(S::Custom("every node is Fargate's", only_fargate), "another way to run agents"),
        Clue::against(S::NodeLabel(COMPUTE, M::Is("auto")), "nodes that Amazon makes by itself"),
        Clue::against(
            S::ApiGroup(M::Is("eks.amazonaws.com")),
            "the resource of nodes that Amazon makes by itself",
        ),
    ],
    variant: |facts| {
        let nodes = &facts.nodes().ok()?.items;
        nodes.iter().any(is_fargate).then(|| "with Fargate".to_owned())
    },
    exposure,
    explain: EXPLAIN,
};

/// EKS without nodes but those of Fargate.
pub static EKS_FARGATE: Distribution = Distribution {
    id: "eks-fargate",
    name: "Amazon EKS on Fargate",
    families: &[Family::Eks],
    layer: Layer::Edition,
    clues: &[
        Clue::strong(
            S::Custom("every node is Fargate's", only_fargate),
            "the label and the taint of its nodes, one for each pod",
        ),
        Clue::strong(
            S::Custom("there is no other node", no_other_node),
            "a list of the nodes without the label, which is asked for once one with it was seen",
        ),
        Clue::weak(S::NodeName(M::Starts("fargate-ip-")), "the names of its nodes"),
        Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
    ],
    variant: |_| None,
    exposure: |component, identity| match component {
        Component::Kubelet => Exposure::Sidecar { listeners: &KUBELET },
        _ => exposure(component, identity),
    },
    explain: "On Fargate every pod has a node of its own, which takes no DaemonSet: agents run as sidecars, and what the \
              API server lends of the control plane is collected by the cluster checks' runners. Nodes are named \
              fargate-ip-… and labelled eks.amazonaws.com/compute-type=fargate.\n\
              \n\
              That there are no other nodes is an absence, which a list that somebody pasted does not prove: it is certain \
              only where the API server was asked for them.",
};

/// EKS with nodes that Amazon makes.
pub static EKS_AUTO: Distribution = Distribution {
    id: "eks-auto",
    name: "Amazon EKS Auto Mode",
    families: &[Family::Eks],
    layer: Layer::Edition,
    clues: &[
        Clue::decisive(
            S::All(&[S::ApiGroup(M::Is("eks.amazonaws.com")), S::ServerVersion(M::Contains("-eks-"))]),
            "the resource NodeClass, which is there before any node is",
        ),
        Clue::strong(S::NodeLabel(COMPUTE, M::Is("auto")), "notes of a real cluster on 1.34"),
        Clue::strong(S::OsImage(M::Starts("Bottlerocket (EKS Auto")), "the same"),
        Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one"),
    ],
    variant: |_| None,
    exposure,
    explain: "In Auto Mode Amazon makes nodes when there is something to run on them, so that a new cluster has none; the \
              API group eks.amazonaws.com is there from the start. Control plane and metrics are those of EKS.",
};

const EXPLAIN: &str = "EKS is known by two of these: the ending -eks-… of its builds, the labels eks.amazonaws.com/* of \
                       its nodes, the API group of its VPC controller. None alone is enough: EKS Distro and EKS Anywhere \
                       have the ending, machines of anybody have the provider id, and nodes of Karpenter no label.\n\
                       \n\
                       From 1.28 on, the API server answers for kube-controller-manager and kube-scheduler at paths below \
                       /apis/metrics.eks.amazonaws.com. It refuses a request with 406 whose header Accept is neither */* \
                       nor one of its own kinds, and wants the right to get kcm/metrics and ksh/metrics. A webhook may \
                       have kept the APIService from being made. etcd cannot be reached.";

static KUBELET: [Listener; 1] = [Listener::standard(Component::Kubelet, Reach::Network, Access::Account)];

/// Source: Amazon's user guide, view-raw-metrics; aws/containers-roadmap issue 2501 on the header.
fn exposure(component: Component, _: &Identity) -> Exposure {
    /// The first release whose platform versions have the paths.
    const SINCE: Minors = Minors::since(28);
    const fn through_api(component: Component, path: &'static str, resource: &'static str) -> Listener {
        let access = Access::Resource { group: "metrics.eks.amazonaws.com", resource };
        Listener::standard(component, Reach::Network, access)
            .on(443)
            .under(path)
            .accepting("*/*")
            .in_minors(SINCE)
    }
    static KCM: [Listener; 1] = [through_api(
        Component::ControllerManager,
        "/apis/metrics.eks.amazonaws.com/v1/kcm/container/metrics",
        "kcm/metrics",
    )];
    static SCHEDULER: [Listener; 1] = [through_api(
        Component::Scheduler,
        "/apis/metrics.eks.amazonaws.com/v1/ksh/container/metrics",
        "ksh/metrics",
    )];
    match component {
        Component::ApiServer => API_SERVER,
        Component::Etcd => Exposure::hidden("Amazon runs it out of reach and lends no way to its metrics"),
        Component::ControllerManager => Exposure::ThroughApi { listeners: &KCM },
        Component::Scheduler => Exposure::ThroughApi { listeners: &SCHEDULER },
        Component::Kubelet => kubelet(),
        Component::ClusterAgent => cluster_agent(),
    }
}

/// Whether a node is one of Fargate's. Imitations carry the label beside a taint of their own.
#[must_use]
pub fn is_fargate(node: &Node) -> bool {
    let is_imitation = node.taints.iter().any(|taint| taint.key.starts_with("virtual-kubelet.io/"));
    node.labels.get(COMPUTE).is_some_and(|compute| compute == "fargate") && !is_imitation
}

/// Evidence that all nodes that were read are Fargate's, and there are some.
///
/// # Errors
/// A gap where no node was read.
fn only_fargate(facts: &Facts) -> Result<Option<Evidence>, Gap> {
    let nodes = &facts.nodes()?.items;
    if !nodes.iter().all(is_fargate) {
        return Ok(None);
    }
    on_nodes(facts, "metadata.labels", true, |node| {
        is_fargate(node).then(|| format!("label {COMPUTE}=fargate"))
    })
}

/// Evidence that the API server knows no node without Fargate's label.
///
/// # Errors
/// A gap where that was asked and not answered. Where no node of Fargate was seen, it is not asked.
fn no_other_node(facts: &Facts) -> Result<Option<Evidence>, Gap> {
    if !facts.nodes()?.items.iter().any(is_fargate) {
        return Ok(None);
    }
    let others = match facts.nodes_off_fargate() {
        Err(gap) if gap.why == Why::NotAsked => return Ok(None),
        others => others?,
    };
    let claim = "no node without Fargate's label";
    Ok(others.items.is_empty().then(|| Evidence::at_path("/api/v1/nodes", claim)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        distributions::{
            detect::{Detection, detect},
            facts::tests::{nodes, snapshot},
        },
        model::{
            answer::{Answer, Listed},
            facts::ServerVersion,
            observed::Observed,
            question::Question,
            survey,
        },
    };

    fn of_fargate(others: Option<Vec<Node>>) -> Detection {
        let labels = [(COMPUTE.to_owned(), "fargate".to_owned())].into();
        let node = Node { name: "fargate-ip-10-0-0-1".to_owned(), labels, ..Node::default() };
        let version = ServerVersion {
            major: "1".to_owned(),
            minor: "30+".to_owned(),
            git_version: "v1.30.1-eks-abc".to_owned(),
            platform: String::new(),
        };
        let groups = vec!["vpcresources.k8s.aws/v1beta1".to_owned()];
        let others = others.map(|items| {
            let list = Answer::Nodes(Listed { items, complete: true });
            (Question::List(survey::nodes_off_fargate()), Observed::Seen(list))
        });
        let known = [
            nodes(vec![node], true),
            (Question::Version, Observed::Seen(Answer::Version(version))),
            (Question::ApiGroups, Observed::Seen(Answer::ApiGroups(groups))),
        ];
        detect(&Facts::gather(&snapshot(known.into_iter().chain(others))))
    }

    fn check(others: Option<Vec<Node>>, id: &str, certain: bool) {
        let detection = of_fargate(others);
        assert_eq!(detection.best().map(|best| best.distribution.id), Some(id), "{detection:#?}");
        assert_eq!(detection.is_certain(), certain, "{detection:#?}");
    }

    #[test]
    fn is_certain_of_fargate_alone_only_where_other_nodes_were_asked_for() {
        check(None, "eks-fargate", false);
        check(Some(Vec::new()), "eks-fargate", true);
    }

    #[test]
    fn is_not_certain_of_fargate_alone_beside_a_node_that_was_not_on_the_page() {
        check(Some(vec![Node { name: "n1".to_owned(), ..Node::default() }]), "eks-fargate", false);
    }

    #[test]
    fn reads_controllers_through_the_api_and_says_which_header_they_want() {
        let identity = EKS.identity();
        let scheduler = exposure(Component::Scheduler, &identity);
        let [listener] = scheduler.listeners() else { panic!("{scheduler:?}") };
        assert_eq!((listener.port, listener.accept), (443, Some("*/*")));
        assert!(listener.path.ends_with("/ksh/container/metrics") && !listener.minors.holds(27));
        assert!(matches!((EKS_FARGATE.exposure)(Component::Kubelet, &identity), Exposure::Sidecar { .. }));
    }
}

//! Products on machines of one's own of which it is known how they are recognised, and of no source where their components
//! listen: of these the API server alone is sure to be reached.

use super::Facts;
use super::{
    Clue, Distribution, Layer,
    families::{OF_OUTER_CLUSTER, hosted},
    signal::{Match as M, Signal as S, on_nodes},
};
use crate::model::{evidence::Evidence, observed::Gap};

const RUNS: &str = "certified runs of the product";

const OUTER: Clue = Clue::against(OF_OUTER_CLUSTER, "the nodes belong to a cluster around this one");

/// What these rows have in common.
const UNSOURCED: Distribution = Distribution {
    id: "",
    name: "",
    families: &[],
    layer: Layer::Product,
    clues: &[],
    variant: |_| None,
    exposure: |component, _| hosted::unsourced(component),
    explain: "",
};

/// Mirantis Kubernetes Engine.
pub static MKE: Distribution = Distribution {
    id: "mke",
    name: "Mirantis Kubernetes Engine (Docker EE)",
    clues: &[
        Clue::decisive(S::NodeLabel("com.docker.ucp.collection", M::Any), RUNS),
        Clue::decisive(S::ServerVersion(M::Contains("-mirantis-")), RUNS),
        Clue::strong(S::ServerVersion(M::Contains("-docker-")), "older certified runs"),
        Clue::strong(S::KubeletVersion(M::Contains("-mirantis-")), RUNS),
        OUTER,
    ],
    explain: "MKE, formerly Docker Enterprise, runs the control plane in containers of Docker on its managers, which are no \
              pods, and labels nodes com.docker.ucp.*. Its builds end in -mirantis-N, older ones in -docker-N.",
    ..UNSOURCED
};

/// Platform9.
pub static PLATFORM9: Distribution = Distribution {
    id: "platform9",
    name: "Platform9 PMK",
    clues: &[
        Clue::decisive(S::ApiGroup(M::Is("agent.pf9.io")), "certified runs since 1.18"),
        Clue::strong(S::Namespace(M::Is("platform9-system")), RUNS),
        OUTER,
    ],
    explain: "Platform9's agent on each host sets up the control plane, in one static pod called k8s-master with etcd \
              outside of it. The API group agent.pf9.io tells; on Amazon's machines the provider id is Amazon's.",
    ..UNSOURCED
};

/// `OpenStack` Magnum.
pub static MAGNUM: Distribution = Distribution {
    id: "magnum",
    name: "OpenStack Magnum",
    clues: &[Clue::decisive(S::NodeLabel("magnum.openstack.org/role", M::Any), RUNS), OUTER],
    explain: "Magnum sets up machines of OpenStack, on which the control plane runs as services of the host in containers \
              that are no pods. It labels nodes magnum.openstack.org/role; products of clouds are made of it.",
    ..UNSOURCED
};

/// IBM Cloud Private.
pub static ICP: Distribution = Distribution {
    id: "icp",
    name: "IBM Cloud Private",
    clues: &[
        Clue::decisive(S::ServerVersion(M::Contains("+icp")), RUNS),
        Clue::strong(S::ApiGroup(M::Is("icp.ibm.com")), RUNS),
        OUTER,
    ],
    explain: "IBM Cloud Private builds Kubernetes with the ending +icp and runs the control plane in one static pod called \
              k8s-master beside k8s-etcd. It is no longer developed.",
    ..UNSOURCED
};

/// Kublr.
pub static KUBLR: Distribution = Distribution {
    id: "kublr",
    name: "Kublr",
    clues: &[
        Clue::decisive(S::NodeLabel("kublr.io/", M::Any), RUNS),
        Clue::strong(S::ApiGroup(M::Is("core.kublr.io")), RUNS),
        OUTER,
    ],
    explain: "Kublr's agent on each host sets up static pods of its own making and labels nodes kublr.io/*, on whatever \
              cloud they are.",
    ..UNSOURCED
};

/// Mesosphere Kubernetes Engine.
pub static MESOSPHERE_MKE: Distribution = Distribution {
    id: "mesosphere-mke",
    name: "Mesosphere Kubernetes Engine",
    clues: &[
        Clue::strong(S::ServerVersion(M::Contains("+d2iq.")), RUNS),
        Clue::strong(S::NodeName(M::Ends(".mesos")), "names of DC/OS"),
        OUTER,
    ],
    explain: "Mesosphere's engine ran Kubernetes on DC/OS, with nodes that are containers named ….mesos and builds that end \
              in +d2iq.N. It is no longer developed.",
    ..UNSOURCED
};

/// Nutanix Karbon.
pub static KARBON: Distribution = Distribution {
    id: "karbon",
    name: "Nutanix Kubernetes Engine (Karbon)",
    clues: &[
        Clue::decisive(S::Namespace(M::Is("ntnx-system")), RUNS),
        Clue::strong(
            S::All(&[
                S::NodeLabel("node.kubernetes.io/master", M::Any),
                S::NodeName(M::Contains("-k8s-master-")),
            ]),
            "the label and the name of its masters",
        ),
        Clue::strong(
            S::NodeName(M::Starts("karbon-")),
            "the beginning that it proposes for the names of clusters",
        ),
        Clue::against(S::NodeLabel("giantswarm.io/provider", M::Any), "others who write the same label"),
        OUTER,
    ],
    explain: "Karbon sets up machines of Nutanix and labels masters node.kubernetes.io/master without the role that others \
              give; what it installs is in the namespace ntnx-system. Of the control plane only the API server is a pod.",
    ..UNSOURCED
};

/// Typhoon.
pub static TYPHOON: Distribution = Distribution {
    id: "typhoon",
    name: "Typhoon",
    clues: &[
        Clue::strong(S::NodeLabel("node.kubernetes.io/controller", M::Is("true")), RUNS),
        Clue::strong(
            S::All(&[
                S::NodeLabel("node.kubernetes.io/node", M::Any),
                S::OsImage(M::Starts("Fedora CoreOS")),
            ]),
            "the label of its workers, on one of its two systems",
        ),
        Clue::strong(
            S::All(&[
                S::NodeLabel("node.kubernetes.io/node", M::Any),
                S::OsImage(M::Starts("Container Linux by CoreOS")),
            ]),
            "the same on the system before that",
        ),
        Clue::weak(
            S::NodeLabel("node.kubernetes.io/node", M::Any),
            "the label of its workers, which others took over",
        ),
        OUTER,
    ],
    explain: "Typhoon sets up Fedora CoreOS or Flatcar with Terraform and labels nodes node.kubernetes.io/controller or \
              …/node, which is all that tells. The control plane runs as static pods, etcd as a service of the host.",
    ..UNSOURCED
};

/// Lokomotive.
pub static LOKOMOTIVE: Distribution = Distribution {
    id: "lokomotive",
    name: "Lokomotive",
    clues: &[
        Clue::strong(
            S::All(&[S::NodeLabel("node.kubernetes.io/node", M::Any), S::OsImage(M::Starts("Flatcar"))]),
            "certified runs: a label that it took over from others, on the system of its makers",
        ),
        Clue::strong(S::NodeLabel("lokomotive.alpha.kinvolk.io/", M::Any), "its own labels"),
        Clue::against(
            S::NodeLabel("node.kubernetes.io/controller", M::Any),
            "the label of those it was made of",
        ),
        OUTER,
    ],
    explain: "Lokomotive hosts its control plane in itself, with pods that DaemonSets and Deployments own, on Flatcar. It \
              labels workers as those it was made of do, so that it is never more than likely. It is no longer developed.",
    ..UNSOURCED
};

/// kubeasz.
pub static KUBEASZ: Distribution = Distribution {
    id: "kubeasz",
    name: "kubeasz",
    clues: &[
        Clue::strong(
            S::Custom("the old role label and no other role", only_the_old_role),
            "its playbooks write kubernetes.io/role alone; certified runs",
        ),
        OUTER,
    ],
    explain: "kubeasz installs Kubernetes' own programs as services of the hosts and labels nodes kubernetes.io/role, \
              without the role labels that others write. That is all that tells, so that it is never more than likely.",
    ..UNSOURCED
};

/// Evidence that nodes bear the role label of old and no other mark of anybody.
///
/// # Errors
/// A gap where no such node was among those that were read, and there are more.
fn only_the_old_role(facts: &Facts) -> Result<Option<Evidence>, Gap> {
    const ROLE: &str = "kubernetes.io/role";
    on_nodes(facts, "metadata.labels", false, |node| {
        let is_other =
            |key: &String| key.starts_with("node-role.kubernetes.io/") || key == "node.kubernetes.io/master";
        let is_bare = node.provider_id.is_none() && !node.labels.keys().any(is_other);
        let role = node.labels.get(ROLE)?;
        is_bare.then(|| format!("label {ROLE}={role} without another role"))
    })
}

//! What distributions of one family share: signs to be read and ways to reach components. Nothing here is a row of the table.

pub mod hosted;
pub mod kubeadm;
pub mod openshift;
pub mod rancher;

use crate::{
    distributions::{Access, Exposure, Listener, Reach, Signal},
    model::component::Component,
};

/// The API server at the addresses behind its Service, which every cluster has.
pub const API_SERVER: Exposure = Exposure::Endpoints {
    namespace: "default",
    service: "kubernetes",
    port_name: "https",
    listeners: &[Listener::standard(Component::ApiServer, Reach::Network, Access::Account).on(443)],
};

static KUBELET: [Listener; 1] = [Listener::standard(Component::Kubelet, Reach::Network, Access::Account)];
static CLUSTER_AGENT: [Listener; 1] =
    [Listener::standard(Component::ClusterAgent, Reach::Network, Access::SharedToken)];

/// The kubelet as a program of every node, as nearly everywhere.
#[must_use]
pub const fn kubelet() -> Exposure {
    Exposure::HostProcess { beside: None, listeners: &KUBELET }
}

/// The Cluster Agent, which is the same everywhere.
#[must_use]
pub const fn cluster_agent() -> Exposure {
    Exposure::Pod { image: "cluster-agent", listeners: &CLUSTER_AGENT }
}

/// Signs that nodes belong to a cluster around this one, as current releases of vcluster write them.
///
/// Source: loft-sh/vcluster, `pkg/util/translate/types.go` and `pkg/controllers/resources/nodes/fake_syncer.go`.
pub const OF_OUTER_CLUSTER: Signal = Signal::Any(&[
    Signal::NodeAnnotation("vcluster.loft.sh/", crate::distributions::Match::Any),
    Signal::NodeLabel("vcluster.loft.sh/", crate::distributions::Match::Any),
]);

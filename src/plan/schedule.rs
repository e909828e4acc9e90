//! On which nodes agents run: tolerations let them onto a node, only affinity keeps them off others.

use super::{
    choices::Audience,
    parts::{Placement, Requirement},
};
use crate::{distributions::Family, model::facts::Node};
use std::collections::BTreeSet;

/// Labels by which installers mark the nodes of the control plane, current and old.
///
/// Source: kubeadm up to 1.23 and since 1.20; RKE1, which writes it without a dash; k3s and RKE2, whose servers may hold
/// nothing but etcd; `MicroK8s`.
const ROLES: [&str; 5] = [
    "node-role.kubernetes.io/control-plane",
    "node-role.kubernetes.io/master",
    "node-role.kubernetes.io/etcd",
    "node-role.kubernetes.io/controlplane",
    "node.kubernetes.io/microk8s-controlplane",
];

/// The roles that nodes of these families can have. One that stands alone may have any.
pub(super) fn roles(families: &[Family]) -> &'static [&'static str] {
    static ALL: [&str; 5] = ROLES;
    match families {
        [] => &ALL,
        _ if families.contains(&Family::K3s) => &ALL[..3],
        _ => &ALL[..2],
    }
}

/// Taints of control planes that everybody may meet. `CriticalAddonsOnly` is what k3s' pages tell users to set.
const TAINTS: [&str; 3] = [ROLES[0], ROLES[1], "CriticalAddonsOnly"];

/// Where the agents of this audience run. `nodes` are those that are known, whose own taints are borne as well.
pub(super) fn placement(audience: Audience, roles: &[&'static str], nodes: &[Node]) -> Placement {
    let terms = match audience {
        // A node must fulfil one term: any of the roles will do.
        Audience::ControlPlane => {
            roles.iter().map(|key| vec![Requirement { key, operator: "Exists" }]).collect()
        }
        // A node must fulfil all of one term: none of the roles.
        Audience::Workers => {
            vec![roles.iter().map(|key| Requirement { key, operator: "DoesNotExist" }).collect()]
        }
        Audience::All => Vec::new(),
    };
    let tolerations = match audience {
        Audience::Workers => Vec::new(),
        // There is no node of a control plane to get onto.
        _ if roles.is_empty() => Vec::new(),
        Audience::ControlPlane | Audience::All => {
            let own = roles.iter().filter(|role| !TAINTS.contains(role) && role.starts_with("node-role"));
            let is_control_plane = |node: &&Node| roles.iter().any(|role| node.labels.contains_key(*role));
            let seen: BTreeSet<&str> = nodes
                .iter()
                .filter(is_control_plane)
                .flat_map(|node| &node.taints)
                .filter(|taint| taint.effect != "PreferNoSchedule" && !is_passing(&taint.key))
                .map(|taint| taint.key.as_str())
                .collect();
            let mut all: Vec<String> = TAINTS.iter().chain(own).map(|key| (*key).to_owned()).collect();
            all.extend(seen.into_iter().filter(|key| !TAINTS.contains(key)).map(str::to_owned));
            all.dedup();
            all
        }
    };
    Placement { tolerations, terms }
}

/// Taints that Kubernetes sets while something is wrong with a node, and takes away by itself.
fn is_passing(key: &str) -> bool {
    key.starts_with("node.kubernetes.io/") || key.starts_with("node.cloudprovider.kubernetes.io/")
}

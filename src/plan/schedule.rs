//! On which nodes agents run: tolerations let them onto a node, only affinity keeps them off others.

use super::{
    choices::Audience,
    parts::{Placement, Requirement},
};
use crate::{
    distributions::{Family, eks::COMPUTE},
    model::{component::Component, facts::Node},
};
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

/// The label of nodes that run etcd: beside others where these run nothing else, and on every server of k3s' kin.
const ETCD: &str = ROLES[2];

/// `RKE1`'s label of nodes that run everything but etcd.
const ALL_BUT_ETCD: &str = ROLES[3];

/// Where pods run that stand for a component, and bear an annotation on its nodes alone.
pub(super) fn of_component(component: Component, families: &[Family], nodes: &[Node]) -> Placement {
    let is_etcd = component == Component::Etcd;
    let is_of = |role: &&str| match *role {
        ETCD => is_etcd,
        ALL_BUT_ETCD => !is_etcd,
        _ => !is_etcd || !families.contains(&Family::K3s),
    };
    let of_component: Vec<&'static str> = roles(families).iter().copied().filter(is_of).collect();
    let terms = placement(Audience::ControlPlane, &of_component, &[]).terms;
    Placement { terms, ..placement(Audience::ControlPlane, roles(families), nodes) }
}

/// Keeps agents off nodes that run one pod each: the taint of these is borne by whoever bears every taint.
pub(super) fn keep_off_fargate(placement: &mut Placement) {
    let off = Requirement { key: COMPUTE, operator: "NotIn", values: &["fargate"] };
    if placement.terms.is_empty() {
        placement.terms.push(Vec::new());
    }
    for term in &mut placement.terms {
        term.push(off.clone());
    }
}

/// Taints of control planes that everybody may meet. `CriticalAddonsOnly` is what k3s' pages tell users to set.
const TAINTS: [&str; 3] = [ROLES[0], ROLES[1], "CriticalAddonsOnly"];

/// Where the agents of this audience run. `nodes` are those that are known, whose own taints are borne as well.
pub(super) fn placement(audience: Audience, roles: &[&'static str], nodes: &[Node]) -> Placement {
    let terms = match audience {
        // A node must fulfil one term: any of the roles will do.
        Audience::ControlPlane => roles.iter().map(|key| vec![requirement(key, "Exists")]).collect(),
        // A node must fulfil all of one term: none of the roles.
        Audience::Workers => {
            vec![roles.iter().map(|key| requirement(key, "DoesNotExist")).collect()]
        }
        Audience::All => Vec::new(),
    };
    let tolerations = match audience {
        Audience::Workers => Vec::new(),
        // There is no node of a control plane to get onto.
        _ if roles.is_empty() => Vec::new(),
        Audience::ControlPlane | Audience::All => {
            let own = roles.iter().filter(|role| role.starts_with("node-role"));
            let is_control_plane = |node: &&Node| roles.iter().any(|role| node.labels.contains_key(*role));
            let seen: BTreeSet<&str> = nodes
                .iter()
                .filter(is_control_plane)
                .flat_map(|node| &node.taints)
                .filter(|taint| taint.effect != "PreferNoSchedule" && !is_passing(&taint.key))
                .map(|taint| taint.key.as_str())
                .collect();
            let mut all: Vec<String> = Vec::new();
            for key in TAINTS.iter().chain(own).copied().chain(seen) {
                if !all.iter().any(|known| known == key) {
                    all.push(key.to_owned());
                }
            }
            all
        }
    };
    Placement { tolerations, terms }
}

const fn requirement(key: &'static str, operator: &'static str) -> Requirement {
    Requirement { key, operator, values: &[] }
}

/// Taints that Kubernetes sets while something is wrong with a node, and takes away by itself.
fn is_passing(key: &str) -> bool {
    key.starts_with("node.kubernetes.io/") || key.starts_with("node.cloudprovider.kubernetes.io/")
}

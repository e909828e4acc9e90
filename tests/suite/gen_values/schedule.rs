//! Where agents land: the rendered placement put on six nodes by the scheduler's rules for taints and affinity.

use super::{
    DIALECTS, plain, planned,
    read::{Held, held},
};
use ctlmon::{
    distributions::ALL,
    plan::{Audience, PlanError, spell},
};

/// A node with the roles and the taints that it bears.
struct Node {
    roles: &'static [&'static str],
    taints: &'static [&'static str],
    /// Beginnings of paths of files that it has.
    files: &'static [&'static str],
}

const CONTROL_PLANE: Node = Node {
    roles: &["node-role.kubernetes.io/control-plane"],
    taints: &["node-role.kubernetes.io/control-plane"],
    files: &["/"],
};
/// As kubeadm made them until 1.23.
const OLD_CONTROL_PLANE: Node = Node {
    roles: &["node-role.kubernetes.io/master"],
    taints: &["node-role.kubernetes.io/master"],
    ..CONTROL_PLANE
};
const WORKER: Node = Node { roles: &[], taints: &[], files: &[] };

const NODES: [Node; 6] = [CONTROL_PLANE, CONTROL_PLANE, OLD_CONTROL_PLANE, WORKER, WORKER, WORKER];

impl Node {
    fn is_control_plane(&self) -> bool {
        !self.roles.is_empty()
    }

    /// Whether a pod that is placed so runs on this node.
    fn takes(&self, held: &Held) -> bool {
        let is_tolerated = |taint: &&str| held.tolerations.iter().any(|key| key == taint);
        let is_met = |(key, operator): &(String, String)| {
            let is_there = self.roles.contains(&key.as_str());
            match operator.as_str() {
                "Exists" => is_there,
                "DoesNotExist" | "NotIn fargate" => !is_there,
                other => panic!("unexpected operator {other}"),
            }
        };
        self.taints.iter().all(is_tolerated)
            && (held.terms.is_empty() || held.terms.iter().any(|term| term.iter().all(is_met)))
    }

    fn has(&self, source: &str) -> bool {
        source.strip_prefix("file ").is_none_or(|path| self.files.iter().any(|start| path.starts_with(start)))
    }
}

#[test]
fn one_agent_runs_on_every_node_and_finds_its_files() {
    for distribution in ALL {
        for dialect in DIALECTS {
            let rendered = |audience| match planned(distribution, &plain(audience)) {
                Ok(plan) => Some(held(dialect, &spell(&plan, dialect).unwrap())),
                Err(PlanError::Contradiction { .. } | PlanError::Refused { .. }) => None,
                Err(error) => panic!("{}: {error}", distribution.id),
            };
            for node in &NODES {
                let has_own = planned(distribution, &plain(Audience::ControlPlane)).is_ok();
                if let Some(all) = rendered(Audience::All).filter(|_| has_own || !node.is_control_plane()) {
                    assert!(node.takes(&all), "{}: --for all runs everywhere", distribution.id);
                    assert!(!all.host_network, "{}: --for all keeps to its own network", distribution.id);
                    assert!(
                        all.mounts.iter().all(|(source, _)| WORKER.has(source)),
                        "{}: {all:?}",
                        distribution.id
                    );
                }
                let (Some(control_plane), Some(workers)) =
                    (rendered(Audience::ControlPlane), rendered(Audience::Workers))
                else {
                    continue;
                };
                assert_eq!(node.takes(&control_plane), node.is_control_plane(), "{}", distribution.id);
                assert_eq!(node.takes(&workers), !node.is_control_plane(), "{}", distribution.id);
                for (held, runs) in
                    [(&control_plane, node.is_control_plane()), (&workers, !node.is_control_plane())]
                {
                    let lacks = held.mounts.iter().find(|(source, _)| !node.has(source));
                    assert!(!runs || lacks.is_none(), "{}: {lacks:?}", distribution.id);
                }
                // One Cluster Agent, and with it one collection of events and one kube-state-metrics.
                assert_eq!(
                    (control_plane.joins.is_none(), workers.joins.is_some()),
                    (true, true),
                    "{}",
                    distribution.id
                );
            }
        }
    }
}

#[test]
fn a_toleration_is_no_restriction() {
    // What the articles' values say: tolerated, and held back by nothing.
    let articles = Held { tolerations: vec!["node-role.kubernetes.io/master".to_owned()], ..Held::default() };
    assert!(OLD_CONTROL_PLANE.takes(&articles) && WORKER.takes(&articles));
    assert!(!CONTROL_PLANE.takes(&articles), "and the taint of today's nodes is another one");
}

//! The accounts that Datadog's workloads run as, what each is for, and what it needs here. Whether it has that is judged
//! elsewhere.

use super::{View, around::release_of};
use crate::model::{
    agent_rights::{self, Circumstances},
    agent_role::{Variable, asks_through_the_api_server, variable},
    agents::AgentRole,
    around,
    question::{AccountRef, Permission},
    workload::Workload,
};
use std::collections::BTreeMap;

/// The release of Kubernetes whose kubelets know the finer rights beside `nodes/proxy` by themselves.
///
/// Source: KEP-2862: behind a gate in 1.32, on by default since 1.33.
pub const FINE_GRAINED_SINCE: (u32, u32) = (1, 33);

impl<'a> View<'a> {
    /// Every account in play with the workloads that run as it; sidecars only where they ask the API server for a kubelet.
    #[must_use]
    pub fn accounts(&self) -> BTreeMap<AccountRef, Vec<(AgentRole, &'a Workload)>> {
        let cluster_agents = self.agents.cluster_agents().unwrap_or_default().into_iter();
        let everybody = self
            .agents
            .of_all_roles()
            .chain(cluster_agents.map(|workload| (AgentRole::ClusterAgent, workload)));
        let mut accounts: BTreeMap<AccountRef, Vec<(AgentRole, &Workload)>> = BTreeMap::new();
        for (role, workload) in everybody {
            if role != AgentRole::Sidecar || asks_through_the_api_server(workload) {
                accounts.entry(workload.account()).or_default().push((role, workload));
            }
        }
        accounts
    }

    /// All that an account needs here, for everything that it is used for.
    #[must_use]
    pub fn needed_by(&self, account: &AccountRef) -> Vec<Permission> {
        let mut needed = Vec::new();
        for (role, workload) in self.accounts().remove(account).unwrap_or_default() {
            let of = Circumstances {
                runner_asks: self.runner_asks(),
                eks: self.serves(around::EKS_GROUP),
                fine_grained: self.kubelets_before(FINE_GRAINED_SINCE).is_empty() && !self.nodes.is_empty(),
                lease: lease_name(workload),
            };
            for right in agent_rights::needed(role, account, of) {
                if !needed.contains(&right) {
                    needed.push(right);
                }
            }
        }
        needed
    }

    /// The nodes whose kubelet is older than a release, of those that were read.
    #[must_use]
    pub fn kubelets_before(&self, release: (u32, u32)) -> Vec<&'a str> {
        let is_older = |version: &str| release_of(version).is_some_and(|found| found < release);
        self.nodes
            .values()
            .filter(|node| is_older(&node.kubelet_version))
            .map(|node| node.name.as_str())
            .collect()
    }

    /// Whether the API server may serve a group: it does, or what it serves is not known.
    #[must_use]
    pub fn may_serve(&self, group: &str) -> bool {
        self.snapshot.api_groups().value().is_none() || self.serves(group)
    }

    /// Whether the API server serves a group.
    #[must_use]
    pub fn serves(&self, group: &str) -> bool {
        let groups = self.snapshot.api_groups();
        groups.value().is_some_and(|groups| {
            groups.iter().any(|served| served.split_once('/').is_some_and(|(name, _)| name == group))
        })
    }
}

/// The lease by which a workload of Cluster Agents elects its leader.
#[must_use]
pub fn lease_name(workload: &Workload) -> &str {
    match variable(workload, "DD_LEADER_LEASE_NAME") {
        Variable::Value(name) => name,
        Variable::Unset | Variable::From(_) => around::LEADER_LEASE,
    }
}

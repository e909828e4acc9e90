//! What the accounts of Datadog's agents need of the API server, by what they do: a pure table, so that what is asked and what
//! is advised cannot differ.

use super::{
    agents::AgentRole,
    around, kubelet,
    question::{AccountRef, Permission},
    rights::Rule,
};

/// What of a cluster decides which rights an account needs.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// Whether runners ask anything that takes the right to `/metrics`.
    pub runner_asks: bool,
    /// Whether EKS serves the metrics of its controller manager and scheduler.
    pub eks: bool,
    /// Whether every kubelet knows the finer rights beside `nodes/proxy`.
    pub fine_grained: bool,
    /// The lease by which the Cluster Agents elect their leader.
    pub lease: &'a str,
}

/// The paths that go with the right to `/metrics`.
///
/// Source: the rules of the chart and of the operator; `/metrics/slis` is read by the same checks.
const METRICS: [&str; 2] = ["/metrics", "/metrics/slis"];

/// All that an account needs in a role.
///
/// Source: the cluster roles of the chart and the operator without what serves other products than the control plane's
/// metrics; the kubelet's `pkg/kubelet/server/auth.go`.
#[must_use]
pub fn needed(role: AgentRole, account: &AccountRef, of: Circumstances<'_>) -> Vec<Permission> {
    let node = |part: &&str| kubelet::review(account, part).action;
    let mut needed = Vec::new();
    let mut reads_metrics = |is_needed: bool| {
        if is_needed {
            needed.push(Permission::path("get", METRICS[0]));
        }
    };
    match role {
        AgentRole::NodeAgent => {
            reads_metrics(true);
            needed.extend(kubelet::SUBRESOURCES.iter().map(node));
            let rest =
                if of.fine_grained { &kubelet::FINE_GRAINED[1..] } else { &kubelet::FINE_GRAINED[..1] };
            needed.extend(rest.iter().map(node));
            needed.push(around::may_read_leases(account).action);
        }
        AgentRole::Runner => {
            reads_metrics(of.runner_asks);
            needed.push(around::may_read_leases(account).action);
        }
        AgentRole::ClusterAgent => {
            needed.extend(around::of_cluster_agent(account, of.lease).map(|spec| spec.action));
        }
        AgentRole::Sidecar => needed.push(node(&"proxy")),
    }
    if of.eks && matches!(role, AgentRole::NodeAgent | AgentRole::Runner) {
        needed.extend(around::EKS_PARTS.map(|part| around::may_read_eks(account, part).action));
    }
    needed
}

/// The fewest rules that give rights: those alike but for the resource stand in one.
#[must_use]
pub fn rules(rights: &[Permission]) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    let one = |text: &str| vec![text.to_owned()];
    for right in rights {
        let rule = match right {
            Permission::Root => continue,
            Permission::Path { verb, path } => {
                let all = if path == METRICS[0] { METRICS.map(str::to_owned).to_vec() } else { one(path) };
                Rule { verbs: one(verb), non_resource_urls: all, ..Rule::default() }
            }
            Permission::Resource { verb, group, resource, subresource, name, .. } => {
                // Who lists to follow changes watches, and reads what it was told of.
                let verbs = if verb == "list" {
                    ["get", "list", "watch"].map(str::to_owned).to_vec()
                } else {
                    one(verb)
                };
                let resource = subresource
                    .as_ref()
                    .map_or_else(|| resource.clone(), |part| format!("{resource}/{part}"));
                let resource_names = name.iter().cloned().collect();
                Rule {
                    verbs,
                    api_groups: one(group),
                    resources: vec![resource],
                    resource_names,
                    ..Rule::default()
                }
            }
        };
        let is_alike = |known: &&mut Rule| {
            (&known.verbs, &known.api_groups, &known.resource_names)
                == (&rule.verbs, &rule.api_groups, &rule.resource_names)
                && !known.resources.is_empty()
        };
        match rules.iter_mut().find(is_alike) {
            Some(known) => known.resources.extend(rule.resources),
            None => rules.push(rule),
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Circumstances<'_> = Circumstances {
        runner_asks: true,
        eks: false,
        fine_grained: false,
        lease: "datadog-leader-election",
    };

    fn check(role: AgentRole, of: Circumstances<'_>, expected: &[&str]) {
        let account = AccountRef { namespace: "dd".to_owned(), name: "a".to_owned() };
        let found: Vec<String> = needed(role, &account, of).iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{role:?} {of:?}");
    }

    #[test]
    fn each_role_needs_what_it_does_and_no_more() {
        let leases = "get leases.coordination.k8s.io in namespace kube-system";
        let of_nodes = ["get /metrics", "get nodes/metrics", "get nodes/stats"];
        let agent = |rest: &[&'static str]| [&of_nodes[..], rest].concat();
        check(AgentRole::NodeAgent, PLAIN, &agent(&["get nodes/proxy", leases]));
        let fine = Circumstances { fine_grained: true, ..PLAIN };
        check(AgentRole::NodeAgent, fine, &agent(&["get nodes/pods", "get nodes/healthz", leases]));
        let eks = ["get kcm/metrics.metrics.eks.amazonaws.com", "get ksh/metrics.metrics.eks.amazonaws.com"];
        let on_eks = Circumstances { eks: true, ..PLAIN };
        check(AgentRole::Runner, on_eks, &["get /metrics", leases, eks[0], eks[1]]);
        check(AgentRole::Runner, Circumstances { runner_asks: false, ..PLAIN }, &[leases]);
        check(AgentRole::Sidecar, fine, &["get nodes/proxy"]);
        assert_eq!(
            needed(
                AgentRole::ClusterAgent,
                &AccountRef { namespace: "dd".to_owned(), name: "a".to_owned() },
                PLAIN
            )
            .len(),
            4
        );
    }

    #[test]
    fn rules_are_as_few_as_can_be() {
        let account = AccountRef { namespace: "dd".to_owned(), name: "a".to_owned() };
        let of = |role| rules(&needed(role, &account, PLAIN));
        let agent = of(AgentRole::NodeAgent);
        assert_eq!(agent.len(), 3, "{agent:?}");
        assert_eq!(agent[0].non_resource_urls, METRICS);
        assert_eq!(agent[1].resources, ["nodes/metrics", "nodes/stats", "nodes/proxy"]);
        let cluster_agent = of(AgentRole::ClusterAgent);
        assert_eq!(cluster_agent[0].verbs, ["get", "list", "watch"]);
        assert!(cluster_agent.iter().any(|rule| rule.resource_names == ["datadog-leader-election"]));
    }
}

//! What a plan would have run, in the words in which what runs is seen.

use crate::{
    model::{
        component::Component,
        deployed::{ClusterAgents, Deployed, NodeAgents, Told, Written},
        facts::Node,
        installer::Installer,
        workload::{NodeTerm, Requirement, Toleration, Workload},
    },
    plan::{CheckFile, Outcome, Plan, Planned},
};
use std::collections::BTreeSet;

/// What the plan would have run on these nodes.
pub(super) fn intended(plan: &Plan, installer: &Installer, nodes: &[Node]) -> Deployed {
    let has_agents = !plan.sidecars.as_ref().is_some_and(|sidecars| sidecars.alone);
    let agents = has_agents.then(|| NodeAgents {
        installer: installer.clone(),
        nodes: reached(plan, nodes),
        host_network: plan.agents.host_network,
        ignored: plan.agents.ignored.iter().map(|check| (*check).to_owned()).collect(),
        checks: told(&plan.agents.files, |file| {
            if file.ad_identifiers.is_empty() { Written::Node } else { Written::Container }
        }),
    });
    let cluster_agents = plan.cluster_agent.joins.is_none().then(|| {
        let switched = plan.components.iter().filter(|it| matches!(it.outcome, Outcome::Native { .. }));
        let by_switch = |planned: &Planned| Told {
            component: planned.component,
            place: "the switch".to_owned(),
            by: Written::Switch,
        };
        let mut checks = told(&plan.cluster_agent.files, |_| Written::Cluster);
        checks.extend(switched.map(by_switch));
        ClusterAgents { installer: installer.clone(), checks }
    });
    Deployed {
        agents: agents.into_iter().collect(),
        cluster_agents: cluster_agents.into_iter().collect(),
        runners: plan.runners.map(|_| installer.clone()).into_iter().collect(),
        sidecars: plan.sidecars.is_some(),
    }
}

fn told(files: &[CheckFile], by: impl Fn(&CheckFile) -> Written) -> Vec<Told> {
    let component = |file: &CheckFile| {
        let check = file.name.trim_end_matches(".yaml");
        Component::ALL.into_iter().find(|component| component.profile().agent_check == check)
    };
    files
        .iter()
        .filter_map(|file| Some(Told { component: component(file)?, place: file.name.clone(), by: by(file) }))
        .collect()
}

/// The nodes on which the scheduler would put the plan's agents.
fn reached(plan: &Plan, nodes: &[Node]) -> BTreeSet<String> {
    let placement = &plan.agents.placement;
    let tolerations = placement.tolerations.iter().map(|key| Toleration {
        key: Some(key.clone()),
        operator: Some("Exists".to_owned()),
        ..Toleration::default()
    });
    let terms = placement.terms.iter().map(|term| NodeTerm {
        labels: term
            .iter()
            .map(|it| Requirement {
                key: it.key.to_owned(),
                operator: it.operator.to_owned(),
                values: Vec::new(),
            })
            .collect(),
        fields: Vec::new(),
    });
    let system = if plan.choices.windows { "windows" } else { "linux" };
    let workload = Workload {
        kind: "DaemonSet".to_owned(),
        host_network: plan.agents.host_network,
        // Chart and operator select by it without being told.
        node_selector: [("kubernetes.io/os".to_owned(), system.to_owned())].into(),
        node_affinity: terms.collect(),
        tolerations: tolerations.collect(),
        ..Workload::default()
    };
    let reached = nodes.iter().filter(|node| workload.obstacles(node).is_empty());
    reached.map(|node| node.name.clone()).collect()
}

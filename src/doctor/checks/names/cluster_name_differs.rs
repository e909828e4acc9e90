//! Datadog's workloads give the cluster different names.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Verdict},
    model::{
        agent_role::{Variable, variable},
        agents::AgentRole,
        evidence::Evidence,
        observed::Gap,
        workload::Workload,
    },
};
use std::collections::BTreeMap;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("cluster-name-differs"),
    title: "Datadog's workloads give the cluster different names",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r#"
What was seen
  DD_CLUSTER_NAME differs between workloads of Datadog's. Where it is missing nothing is wrong: agents then
  take it from the Cluster Agent.

What it means
  Hosts, metrics and the explorer of one cluster appear as two, dashboards show a part, and host aliases
  (NODE-CLUSTER) fall apart.

How to confirm by hand
    kubectl get pods -A -o jsonpath='{range .items[*].spec.containers[*]}{.name}{range .env[?(@.name=="DD_CLUSTER_NAME")]} {.value}{end}{end}'

How to fix
  Set datadog.clusterName once, in every release that is installed in this cluster, and give sidecars the
  same.

References
  DataDog/integrations-core#2069; DataDog/documentation#1928.
"#,
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let cluster_agents = case.view.agents.cluster_agents()?.into_iter();
    let everybody = cluster_agents
        .map(|workload| (AgentRole::ClusterAgent, workload))
        .chain(case.view.agents.of_all_roles());
    let mut names: BTreeMap<&str, Vec<(AgentRole, &Workload)>> = BTreeMap::new();
    for (role, workload) in everybody {
        if let Variable::Value(name) = variable(workload, "DD_CLUSTER_NAME") {
            names.entry(name).or_default().push((role, workload));
        }
    }
    let evidence: Vec<Evidence> = names
        .iter()
        .filter_map(|(name, of)| {
            let (role, workload) = of.first()?;
            Some(Evidence::in_variables(
                workload,
                format!("DD_CLUSTER_NAME of the {} is {name}", role.word()),
            ))
        })
        .collect();
    match names.len() {
        0 => return Ok(Verdict::NotApplicable("no name of the cluster is written into the workloads")),
        1 => return Ok(Verdict::Pass(evidence)),
        _ => {}
    }
    let most = names.iter().max_by_key(|(_, of)| of.len()).map_or("NAME", |(name, _)| name);
    let listed: Vec<&str> = names.keys().copied().collect();
    let mut finding = Finding::warning(format!(
        "Datadog's workloads give the cluster different names: {}",
        listed.join(" and ")
    ))
    .seen(evidence);
    for (_, workload) in names.iter().filter(|(name, _)| **name != most).flat_map(|(_, of)| of) {
        let lines = format!("DD_CLUSTER_NAME={most}\n");
        finding = finding.mend(Remedy::variables("give it the name of the others", workload, lines));
    }
    Ok(finding.found())
}

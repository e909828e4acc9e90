//! Datadog's workloads send to different sites.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Verdict},
    model::{
        agent_role::{Variable, agent_containers, variable},
        agents::AgentRole,
        answer::SecretEntry,
        evidence::Evidence,
        observed::{Gap, Observed, Why},
        secret::Fingerprint,
        workload::{EnvSource, Workload, WorkloadContainer},
    },
};
use std::collections::BTreeMap;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("site-differs"),
    title: "Datadog's workloads send to different sites",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r#"
What was seen
  DD_SITE differs between containers or workloads of Datadog's; where it is missing, datadoghq.com is meant.
  Containers with a URL of their own (DD_DD_URL) are left out.

What it means
  An organisation lives on one site, and its keys are good there alone: what is sent elsewhere is refused
  with 403 `API Key invalid`. Mostly a container beside the Agent, the Cluster Agent or a sidecar was
  forgotten. Where all have the same API key, one of the sites is certainly wrong; where keys differ it may
  be meant so.

How to confirm by hand
    kubectl get pods -A -o jsonpath='{range .items[*].spec.containers[*]}{.name}{range .env[?(@.name=="DD_SITE")]} {.value}{end}{end}'

How to fix
  Set datadog.site once in the chart, or global.site in the DatadogAgent; give sidecars the same.

References
  DataDog/helm-charts#188, #412; DataDog/datadog-operator#103; DataDog/datadog-agent#6066, #9180.
"#,
    judge,
};

const DEFAULT: &str = "datadoghq.com";

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let cluster_agents = case.view.agents.cluster_agents()?.into_iter();
    let everybody: Vec<(AgentRole, &Workload)> = case
        .view
        .agents
        .of_all_roles()
        .chain(cluster_agents.map(|workload| (AgentRole::ClusterAgent, workload)))
        .collect();
    if everybody.is_empty() {
        return Ok(Verdict::NotApplicable("nothing of Datadog's was found"));
    }
    let mut sites: BTreeMap<&str, Vec<(&Workload, &WorkloadContainer)>> = BTreeMap::new();
    for (_, workload) in &everybody {
        for container in agent_containers(workload) {
            match site(container) {
                Ok(Some(DEFAULT)) if !container.env.contains_key("DD_SITE") => {
                    case.view.surely_unset(workload, "DD_SITE")?;
                    sites.entry(DEFAULT).or_default().push((workload, container));
                }
                Ok(Some(site)) => sites.entry(site).or_default().push((workload, container)),
                Ok(None) => {}
                Err(why) => {
                    let what = format!("the site of {}/{}", workload.namespace, workload.name);
                    return Err(Gap::new(what, Why::OutOfReach(why.to_owned())));
                }
            }
        }
    }
    let evidence: Vec<Evidence> = sites
        .iter()
        .filter_map(|(site, containers)| {
            let (workload, container) = containers.first()?;
            let claim = format!("container {} sends to {site}", container.name);
            Some(Evidence::in_variables(workload, claim))
        })
        .collect();
    if sites.len() < 2 {
        if let Some(gap) = case.view.agents.missed() {
            return Err(gap);
        }
        return Ok(if evidence.is_empty() {
            Verdict::NotApplicable("all send to a URL of their own")
        } else {
            Verdict::Pass(evidence)
        });
    }
    let most = sites.iter().max_by_key(|(_, containers)| containers.len()).map_or(DEFAULT, |(site, _)| site);
    let strange = sites.iter().filter(|(site, _)| **site != most).flat_map(|(_, containers)| containers);
    let names: Vec<&str> = sites.keys().copied().collect();
    let summary = format!("Datadog's containers send to different sites: {}", names.join(" and "));
    let finding =
        if share_a_key(case, &everybody) { Finding::error(summary) } else { Finding::warning(summary) };
    let mut finding = finding.seen(evidence);
    let mut touched: Vec<&Workload> = strange.map(|(workload, _)| *workload).collect();
    touched.dedup();
    for workload in touched {
        finding = finding.mend(Remedy::variables(
            "give it the site of the others",
            workload,
            format!("DD_SITE={most}\n"),
        ));
    }
    Ok(finding.found())
}

/// Where a container sends to; `None` where it has a URL of its own.
fn site(container: &WorkloadContainer) -> Result<Option<&str>, &'static str> {
    if container.env.contains_key("DD_DD_URL") {
        return Ok(None);
    }
    if container.env_from.contains_key("DD_SITE") {
        return Err("DD_SITE comes from another object, which is not read");
    }
    Ok(Some(
        container.env.get("DD_SITE").map(String::as_str).filter(|site| !site.is_empty()).unwrap_or(DEFAULT),
    ))
}

/// Whether all keys that were read are one.
fn share_a_key(case: &Case<'_>, everybody: &[(AgentRole, &Workload)]) -> bool {
    let key = |workload: &Workload| -> Option<Fingerprint> {
        let Variable::From(EnvSource::Secret { name, key }) = variable(workload, "DD_API_KEY") else {
            return None;
        };
        let Observed::Seen(facts) = case.view.snapshot.secret(&workload.namespace, name) else { return None };
        match facts.entries.get(key)? {
            SecretEntry::Opaque { fingerprint, .. } => Some(fingerprint.clone()),
            _ => None,
        }
    };
    let keys: Vec<Fingerprint> = everybody.iter().filter_map(|(_, workload)| key(workload)).collect();
    keys.len() > 1 && keys.windows(2).all(|pair| pair[0] == pair[1])
}

//! The Cluster Agent is not told to hand out checks, or nobody is told to take them.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{
        agent_role::{is_on, lists},
        evidence::{Evidence, Locator},
        observed::Gap,
        workload::Workload,
    },
    view::Written,
};
use std::collections::BTreeSet;

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("cluster-checks-off"),
    title: "checks that the Cluster Agent is to hand out are switched off",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  A check of the control plane is written in an annotation of a Service or in a file of the Cluster Agent,
  and one of the switches that bring it to an Agent is off: DD_CLUSTER_CHECKS_ENABLED,
  DD_EXTRA_CONFIG_PROVIDERS or DD_EXTRA_LISTENERS of the Cluster Agent, or clusterchecks in
  DD_EXTRA_CONFIG_PROVIDERS of those that are to run it.

What it means
  The check is never scheduled, and nothing says so: `agent clusterchecks` in the Cluster Agent is empty.

How to confirm by hand
    kubectl -n datadog exec deploy/datadog-agent-cluster-agent -- agent clusterchecks
    kubectl -n datadog get deployment datadog-agent-cluster-agent -o jsonpath='{range .spec.template.spec.containers[0].env[*]}{.name}={.value} {end}'

How to fix
  Set datadog.clusterChecks.enabled in the chart, which is the default; a key clusterChecks at the top level
  of the values is read by nobody. In a DatadogAgent it is features.clusterChecks.enabled.

References
  Datadog: cluster checks, endpoint checks. DataDog/datadog-agent#3704, #45949.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    if case.view.agents.are_absent() && case.view.agents.is_nobody() {
        return Ok(Verdict::NotApplicable("Datadog is not installed"));
    }
    let handed_out = case.view.handed_out()?;
    let Some(first) = handed_out.first() else {
        return Ok(Verdict::NotApplicable("no check of the control plane is handed out"));
    };
    let written = Evidence {
        claim: format!("has a check of {}, which is to be handed out", first.component),
        locator: Locator::Given(first.origin.describe()),
    };
    let there = case.view.agents.cluster_agents()?;
    // Where nothing of Datadog's is installed, this is not the problem.
    let of_nodes = case.view.agents.workloads.as_deref().map_err(Clone::clone)?;
    let Some(cluster_agent) = there.first().copied() else {
        let remedy = Remedy::edit(
            "install the Cluster Agent",
            Touches::Monitoring,
            "the Helm values of the agents' release",
            "clusterAgent:\n  enabled: true\n",
        );
        return Ok(Finding::error("there is no Cluster Agent to hand out the checks that are written")
            .seen([written])
            .mend(remedy)
            .found());
    };
    let off = |of: &Workload, claim: &str, lines: &str| {
        Finding::error(format!("checks that are to be handed out are not: {claim}"))
            .seen([written.clone(), Evidence::in_variables(of, claim)])
            .mend(Remedy::variables("switch it on", of, lines))
            .found()
    };
    if !is_on(cluster_agent, "DD_CLUSTER_CHECKS_ENABLED") {
        case.view.surely_unset(cluster_agent, "DD_CLUSTER_CHECKS_ENABLED")?;
        let claim = "DD_CLUSTER_CHECKS_ENABLED of the Cluster Agent is not true";
        return Ok(off(cluster_agent, claim, "DD_CLUSTER_CHECKS_ENABLED=true\n"));
    }
    for (needs, variable, word) in [
        (in_annotations(&handed_out, "endpoints."), "DD_EXTRA_CONFIG_PROVIDERS", "kube_endpoints"),
        (in_annotations(&handed_out, "service."), "DD_EXTRA_CONFIG_PROVIDERS", "kube_services"),
        (in_files(&handed_out), "DD_EXTRA_LISTENERS", "kube_endpoints"),
    ] {
        if needs && !lists(cluster_agent, variable, word) {
            case.view.surely_unset(cluster_agent, variable)?;
            let claim = format!("{variable} of the Cluster Agent lacks {word}");
            return Ok(off(cluster_agent, &claim, &format!("{variable}=kube_endpoints kube_services\n")));
        }
    }
    let of_runners: Vec<&Workload> = case.view.agents.runners.clone();
    let everybody = || of_runners.iter().chain(of_nodes).copied();
    let mut evidence =
        vec![written.clone(), Evidence::in_variables(cluster_agent, "hands out cluster checks")];
    for provider in handed_out.iter().map(Written::taken_by).collect::<BTreeSet<_>>() {
        let takes = |workload: &&Workload| lists(workload, "DD_EXTRA_CONFIG_PROVIDERS", provider);
        match (everybody().find(takes), everybody().next()) {
            (Some(workload), _) => {
                evidence.push(Evidence::in_variables(workload, format!("takes {provider}")));
            }
            (None, Some(workload)) => {
                everybody().try_for_each(|one| case.view.surely_unset(one, "DD_EXTRA_CONFIG_PROVIDERS"))?;
                let claim =
                    format!("DD_EXTRA_CONFIG_PROVIDERS of no runner and no node agent has {provider}");
                let more = if of_runners.is_empty() { "clusterchecks endpointschecks" } else { provider };
                return Ok(off(workload, &claim, &format!("DD_EXTRA_CONFIG_PROVIDERS={more}\n")));
            }
            (None, None) => {
                return Ok(Verdict::NotApplicable(
                    "there is nobody who could run them, which is another problem",
                ));
            }
        }
    }
    Ok(Verdict::Pass(evidence))
}

/// Whether a handed-out check stands in annotations of this kind.
fn in_annotations(written: &[Written<'_>], kind: &str) -> bool {
    let keys = written.iter().filter_map(|one| one.service).flat_map(|service| service.checks.keys());
    keys.into_iter().any(|key| key.starts_with(kind))
}

/// Whether a handed-out check in a file is for the endpoints of a Service.
fn in_files(written: &[Written<'_>]) -> bool {
    written.iter().any(|one| one.service.is_none() && !one.check.endpoints_of.is_empty())
}

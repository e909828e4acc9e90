//! The agents know where the Cluster Agent is, and are not told to ask it.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Verdict},
    model::{
        agent_role::{Variable, agent_containers, variable},
        agents::TOKEN_VARIABLE,
        evidence::Evidence,
        observed::Gap,
    },
    view::cluster_agent::{SERVICE_VARIABLE, SWITCH, URL_VARIABLE},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("cluster-agent-not-enabled"),
    title: "the agents know the Cluster Agent and are not told to ask it",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  The agents have a token for the Cluster Agent, its URL or the name of its Service, but DD_CLUSTER_AGENT_ENABLED is not
  set.

What it means
  It is off unless it is set, so the agents never ask: no check that the Cluster Agent hands out runs on them, and what it
  knows of the cluster is not in their tags. Nothing in their logs complains. Chart and operator always set it; it gets
  lost in manifests that somebody keeps by hand.

How to confirm by hand
    kubectl -n datadog get daemonset datadog-agent -o jsonpath='{.spec.template.spec.containers[*].env[*].name}' | tr ' ' '\n' | grep CLUSTER_AGENT

How to fix
  Set DD_CLUSTER_AGENT_ENABLED to true, or to false where they are not to ask.

References
  Datadog Agent: pkg/config/setup, where cluster_agent.enabled is false by default.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (role, workload) = case.workload()?;
    if agent_containers(workload).any(|container| container.env.contains_key(SWITCH)) {
        let claim = match variable(workload, SWITCH) {
            Variable::Value(value) => format!("{SWITCH} is {value}"),
            Variable::From(_) => format!("{SWITCH} comes from another object"),
            Variable::Unset => format!("{SWITCH} is there"),
        };
        return Ok(Verdict::pass(Evidence::in_variables(workload, claim)));
    }
    let has = |name: &&str| agent_containers(workload).any(|container| container.env.contains_key(*name));
    let Some(told) = [URL_VARIABLE, SERVICE_VARIABLE, TOKEN_VARIABLE].into_iter().find(has) else {
        return Ok(Verdict::NotApplicable("nothing tells them of a Cluster Agent"));
    };
    if case.view.cluster_agent_of(workload)?.is_none() {
        return Ok(Verdict::NotApplicable("no Cluster Agent is installed"));
    }
    case.view.surely_unset(workload, SWITCH)?;
    let summary = format!("the {} know the Cluster Agent and never ask it: {SWITCH} is not set", role.word());
    Ok(Finding::error(summary)
        .seen([Evidence::in_variables(workload, format!("has {told}, and no {SWITCH}"))])
        .mend(Remedy::variables("switch it on", workload, format!("{SWITCH}=true\n")))
        .found())
}

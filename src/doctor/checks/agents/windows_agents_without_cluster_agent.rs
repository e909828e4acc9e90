//! Agents on Windows nodes are not told of the Cluster Agent that there is.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Verdict},
    model::{agents::AgentRole, evidence::Evidence, observed::Gap},
    view::cluster_agent::{Address, address},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("windows-agents-without-cluster-agent"),
    title: "agents on Windows do not know the Cluster Agent",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  A DaemonSet of agents selects nodes with Windows and is not told to talk to a Cluster Agent, though there
  is one.

What it means
  Agents for Windows are a release of their own (targetSystem: windows), which has to join the Cluster Agent
  of the other. Where it does not, its agents get no cluster checks and no tags of the cluster, and their
  log has `orchestrator check is configured but the cluster name is empty`.

How to confirm by hand
    kubectl -n datadog get daemonsets -o custom-columns=NAME:.metadata.name,NODES:.spec.template.spec.nodeSelector

How to fix
  Let the release for Windows join: existingClusterAgent.join, serviceName and tokenSecretName.

References
  DataDog/helm-charts#1512; the chart's notes on Windows nodes.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (AgentRole::NodeAgent, workload) = case.workload()? else {
        return Ok(Verdict::NotApplicable("it runs on no node by itself"));
    };
    let os = workload
        .node_selector
        .get("kubernetes.io/os")
        .or_else(|| workload.node_selector.get("beta.kubernetes.io/os"));
    if os.is_none_or(|os| os != "windows") {
        return Ok(Verdict::NotApplicable("its agents do not run on Windows"));
    }
    let there = case.view.agents.cluster_agents()?;
    let Some(cluster_agent) = there.first() else {
        return Ok(Verdict::NotApplicable("no Cluster Agent is installed"));
    };
    if address(workload) != Address::Disabled {
        return Ok(Verdict::pass(Evidence::in_variables(workload, "it is told of a Cluster Agent")));
    }
    let seen = Evidence::in_variables(workload, "DD_CLUSTER_AGENT_ENABLED is not true");
    let other = Evidence::in_workload(cluster_agent, None, "is the Cluster Agent");
    let lines = format!("existingClusterAgent:\n  join: true\n  serviceName: {}\n", cluster_agent.name);
    Ok(Finding::warning("the agents on Windows nodes are not told of the Cluster Agent")
        .seen([seen, other])
        .mend(Remedy::variables("let their release join the Cluster Agent", workload, lines))
        .found())
}

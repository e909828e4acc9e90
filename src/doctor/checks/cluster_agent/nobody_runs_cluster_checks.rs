//! No pod is ready that would run what the Cluster Agent hands out.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Step, Subjects, Touches, Verdict},
    model::{
        agent_role::lists,
        agents::AgentRole,
        evidence::Evidence,
        observed::{Gap, Why},
        workload::Workload,
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("nobody-runs-cluster-checks"),
    title: "nobody runs the checks that the Cluster Agent hands out",
    subjects: Subjects::Once,
    symptom_of: &[CheckId("cluster-checks-off")],
    explain: r"
What was seen
  A check of the control plane is handed out by the Cluster Agent, and none of those who are told to take it
  has a pod that is ready: no runner, and no node agent with the provider clusterchecks.

What it means
  The Cluster Agent logs `No available node to dispatch … on, will retry later` and its health check
  clusterchecks-dispatch fails. Runners were scaled to zero or do not start; the DaemonSet tolerates no
  node; or all pods are on Fargate, where no DaemonSet runs and only runners are left.

How to confirm by hand
    kubectl -n datadog get deployments,daemonsets
    kubectl -n datadog logs deploy/datadog-agent-cluster-agent | grep 'No available node'

How to fix
  Switch on runners (clusterChecksRunner.enabled in the chart,
  features.clusterChecks.useClusterChecksRunners in a DatadogAgent), or give them a replica that can start.

References
  Datadog: cluster checks runners. XenitAB/terraform-modules#388.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    if !case.view.handed_out()?.iter().any(|written| written.taken_by() == "clusterchecks") {
        return Ok(Verdict::NotApplicable("no cluster check of the control plane is handed out"));
    }
    if case.view.snapshot.wanted.namespace.is_some() {
        return Ok(Verdict::NotApplicable("only one namespace is looked at, and runners may be in another"));
    }
    let agents = &case.view.agents;
    let of_nodes = agents.workloads.as_deref().map_err(Clone::clone)?;
    if agents.cluster_agents()?.is_empty() {
        return Ok(Verdict::NotApplicable("there is no Cluster Agent, which is another problem"));
    }
    let nodes = of_nodes.iter().map(|workload| (AgentRole::NodeAgent, *workload));
    let runners = agents.runners.iter().map(|workload| (AgentRole::Runner, *workload));
    let takers: Vec<(AgentRole, &Workload)> = runners
        .chain(nodes)
        .filter(|(_, workload)| lists(workload, "DD_EXTRA_CONFIG_PROVIDERS", "clusterchecks"))
        .collect();
    if let Some(gap) = agents.unseen.first().filter(|_| takers.is_empty()) {
        return Err(gap.clone());
    }
    if takers.is_empty() && (!of_nodes.is_empty() || !agents.runners.is_empty()) {
        return Ok(Verdict::NotApplicable("nobody is told to take them, which is another problem"));
    }
    let mut evidence = Vec::new();
    for (role, workload) in &takers {
        let Some(replicas) = workload.replicas else {
            let what = format!("how many pods of {}/{} are ready", workload.namespace, workload.name);
            return Err(Gap::new(what, Why::Partial));
        };
        let claim =
            format!("{} of {} {} ready", replicas.ready, replicas.desired, are(*role, replicas.desired));
        let seen = Evidence::in_workload(workload, Some("status"), claim);
        if replicas.ready > 0 {
            return Ok(Verdict::pass(seen));
        }
        evidence.push(seen);
    }
    let remedy = match takers.first() {
        Some((AgentRole::Runner, workload)) => Remedy::run(
            "have a runner that is ready",
            Touches::Monitoring,
            &[
                format!("kubectl -n {} scale deployment {} --replicas=2", workload.namespace, workload.name),
                format!("kubectl -n {} describe deployment {}", workload.namespace, workload.name),
            ],
        ),
        _ => Remedy {
            title: "switch on runners, which need no node of their own".to_owned(),
            steps: vec![
                Step::Edit {
                    file: "the Helm values of the agents' release".to_owned(),
                    change: "clusterChecksRunner:\n  enabled: true\n".to_owned(),
                },
                Step::Read("on Fargate give their pods a profile, or they stay pending"),
            ],
            touches: Touches::Monitoring,
        },
    };
    if evidence.is_empty() {
        let cluster_agent = agents.cluster_agents()?;
        evidence.extend(cluster_agent.first().map(|one| {
            Evidence::in_workload(
                one,
                None,
                "hands out checks, and there are neither runners nor node agents",
            )
        }));
    }
    Ok(Finding::error("nobody who is ready runs the checks that the Cluster Agent hands out")
        .seen(evidence)
        .mend(remedy)
        .found())
}

const fn are(role: AgentRole, count: u32) -> &'static str {
    match (role, count) {
        (AgentRole::Runner, 1) => "runner is",
        (AgentRole::Runner, _) => "runners are",
        (_, 1) => "node agent is",
        _ => "node agents are",
    }
}

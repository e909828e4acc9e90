//! Datadog is not installed.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{
        evidence::{Evidence, Locator},
        observed::{Gap, Why},
    },
    view::View,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("datadog-not-installed"),
    title: "Datadog is not installed",
    subjects: Subjects::Once,
    symptom_of: &[],
    explain: r"
What was seen
  No DaemonSet, Deployment or pod of the cluster (or of the namespace that was named) has a container of the Datadog
  Agent or of the Cluster Agent: by image, by the labels of chart and operator, by the variables that an Agent is given.

What it means
  Nothing of the control plane is collected. All checks about agents are left out; the endpoints are judged all the same,
  so that what would keep agents from reading them can be mended before they come.

How to confirm by hand
    kubectl get daemonsets,deployments -A -o wide | grep -i datadog

How to fix
  Let ctlmon write the values for this cluster, and install the chart or the operator with them.

References
  Datadog: install the Agent on Kubernetes; control plane monitoring.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let view = case.view;
    let workloads = view.agents.workloads.as_ref().map_err(Clone::clone)?;
    let cluster_agents = view.agents.cluster_agents()?;
    let found = view.agents.of_all_roles().map(|(_, workload)| workload).chain(cluster_agents).next();
    if let Some(workload) = found {
        let claim = format!("{} node agents' workloads, and what belongs to them", workloads.len());
        return Ok(Verdict::pass(Evidence::in_workload(workload, None, claim)));
    }
    if !view.agents.complete {
        return Err(Gap::new("the DaemonSets, among which the agents' own would be", Why::Partial));
    }
    if let Some(gap) = view.agents.unseen.first() {
        return Err(gap.clone());
    }
    let remedy = Remedy::run(
        "write the configuration for this cluster, and install with it",
        Touches::Monitoring,
        &["ctlmon gen-values --out datadog-values".to_owned()],
    )
    .knowing("the folder has a README with the commands that install, in their order");
    let finding = Finding::error(format!("Datadog is not installed: {}", looked(view)));
    let evidence = Evidence {
        claim: "no container of the Agent or of the Cluster Agent".to_owned(),
        locator: Locator::Path("/apis/apps/v1/daemonsets, /apis/apps/v1/deployments".to_owned()),
    };
    Ok(finding.seen([evidence]).mend(remedy).found())
}

/// Where it was looked.
fn looked(view: &View<'_>) -> String {
    match &view.snapshot.wanted.namespace {
        None => "no DaemonSet, Deployment or injected pod of any namespace is its own".to_owned(),
        Some(namespace) if view.agents.elsewhere.is_empty() => {
            format!("no DaemonSet, Deployment or injected pod of namespace {namespace} is its own")
        }
        Some(namespace) => {
            let others: Vec<&str> = view.agents.elsewhere.iter().copied().collect();
            format!("nothing in namespace {namespace} is its own, but agents run in {}", others.join(", "))
        }
    }
}

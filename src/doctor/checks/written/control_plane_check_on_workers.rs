//! A check in a file runs on every node, workers too, where there is no control plane.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, checks::setting},
    model::{
        evidence::Evidence,
        facts::Node,
        observed::{Gap, Why},
    },
    view::Origin,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("control-plane-check-on-workers"),
    title: "a check of the control plane runs on workers too",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  The file has neither ad_identifiers nor cluster_check, and the agents that have it run on nodes which no
  label marks as control-plane nodes.

What it means
  A file without ad_identifiers attaches to nothing and runs wherever the agent runs. On workers nothing
  listens on 127.0.0.1, so that the check fails there all the time; with a fixed address every agent of the
  cluster asks it.

How to confirm by hand
    kubectl -n datadog exec ds/datadog-agent -c agent -- agent configcheck
    kubectl get nodes -L node-role.kubernetes.io/control-plane

How to fix
  Add ad_identifiers with the short image name of the component's container. Where it is no container install
  a second release of the chart with a node selector for the control plane, and write the file there alone.

References
  Datadog: Autodiscovery container identifiers.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let written = case.written()?;
    let (Origin::ConfigMap { .. }, Some(workload)) = (&written.origin, written.workload) else {
        return Ok(Verdict::NotApplicable("it is in no file of the agents"));
    };
    if written.is_handed_out() || written.check.unreadable.is_some() {
        return Ok(Verdict::NotApplicable("it is handed out, or cannot be read"));
    }
    if let [first, ..] = written.check.ad_identifiers.as_slice() {
        return Ok(Verdict::pass(written.origin.says(format!("it attaches to containers of {first}"))));
    }
    if case.view.nodes.is_empty() {
        return Err(Gap::new("the nodes on which the agents run", Why::NotAsked));
    }
    let (control_plane, workers): (Vec<&Node>, Vec<&Node>) =
        case.view.nodes.values().copied().partition(|node| node.is_labelled_control_plane());
    if control_plane.is_empty() {
        return Ok(Verdict::NotApplicable("no node is marked as one of the control plane"));
    }
    let worker = workers.iter().find(|node| workload.obstacles(node).is_empty());
    let without = written.origin.says("it has no ad_identifiers");
    let Some(worker) = worker else {
        let seen =
            Evidence::in_workload(workload, Some("nodeSelector"), "its pods run on no worker that was read");
        return Ok(Verdict::Pass(vec![without, seen]));
    };
    let identifier = written.component.profile().program;
    let seen = Evidence::in_workload(
        workload,
        Some("nodeSelector"),
        format!("its pods run on {} as well", worker.name),
    );
    Ok(Finding::warning(format!("the check of {} runs on every node, workers too", written.component))
        .seen([without, seen])
        .mend(Remedy::edit(
            "attach it to the component's container",
            Touches::Monitoring,
            setting::place(&written.origin),
            format!("ad_identifiers:\n  - {identifier}\n"),
        ))
        .found())
}

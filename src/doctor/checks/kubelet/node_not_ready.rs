//! A node is not ready.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{component::Component, evidence::Evidence, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("node-not-ready"),
    title: "a node is not ready",
    subjects: Subjects::EachInstance(&[Component::Kubelet]),
    symptom_of: &[],
    explain: r"
What was seen
  The condition Ready of a node is False, or Unknown because its kubelet has not reported for 40 seconds.

What it means
  False: the kubelet runs and says what is missing, mostly the container runtime or the pod network. Unknown: nothing is
  heard of it. Pods of the node are not restarted and will be evicted; what is measured there may be old.

How to confirm by hand
    kubectl describe node NODE
  On the node:
    journalctl -u kubelet -n 50

How to fix
  Mend what the kubelet's log names. Control-plane nodes come first: their static pods do not move elsewhere.

References
  kubernetes-mixin, alert KubeNodeNotReady (warning after 15 minutes). Kubernetes: node conditions.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let Some(node) = case.view.node_of(case.instance()?) else {
        return Ok(Verdict::NotApplicable("a named endpoint has no node that is known"));
    };
    let Some(ready) = node.conditions.get("Ready") else {
        return Ok(Verdict::NotApplicable("the node has no such condition yet"));
    };
    let claim = format!("Ready is {}", ready.status);
    let seen = Evidence::in_object("Node", None, &node.name, Some("status.conditions"), claim);
    if ready.status == "True" {
        return Ok(Verdict::pass(seen));
    }
    let lines = [format!("kubectl describe node {}", node.name)];
    let remedy = Remedy::run("read what its kubelet says", Touches::Nothing, &lines)
        .knowing("then, on the node: journalctl -u kubelet -n 50");
    let words = if ready.status == "False" { "its kubelet says so" } else { "its kubelet does not report" };
    let finding = Finding::error(format!("this node is not ready: {words}"));
    Ok(finding.seen([seen]).mend(remedy).found())
}

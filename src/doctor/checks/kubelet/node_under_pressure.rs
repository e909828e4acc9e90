//! A node is short of memory, disk or process ids.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{component::Component, evidence::Evidence, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("node-under-pressure"),
    title: "a node is short of memory, disk or process ids",
    subjects: Subjects::EachInstance(&[Component::Kubelet]),
    symptom_of: &[CheckId("node-not-ready")],
    explain: r"
What was seen
  A condition MemoryPressure, DiskPressure or PIDPressure of a node is True.

What it means
  The kubelet evicts pods until there is room again, an Agent without a high priority among the first; new pods are kept
  away, and images are removed. On a control-plane node etcd suffers with it.

How to confirm by hand
    kubectl describe node NODE
    kubectl get events -A --field-selector reason=Evicted

How to fix
  Make room. Give the Agent a priority class (agents.priorityClassCreate in the chart), so that others go first.

References
  kubernetes-mixin, alert KubeNodePressure (info after 10 minutes). Kubernetes: node-pressure eviction.
",
    judge,
};

const PRESSURES: [&str; 3] = ["MemoryPressure", "DiskPressure", "PIDPressure"];

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let Some(node) = case.view.node_of(case.instance()?) else {
        return Ok(Verdict::NotApplicable("a named endpoint has no node that is known"));
    };
    if !PRESSURES.iter().any(|pressure| node.conditions.contains_key(*pressure)) {
        return Ok(Verdict::NotApplicable("the node has no such conditions yet"));
    }
    let is_true = |pressure: &&&str| node.conditions.get(**pressure).is_some_and(|it| it.status == "True");
    let under: Vec<&str> = PRESSURES.iter().filter(is_true).copied().collect();
    let seen =
        |claim: String| Evidence::in_object("Node", None, &node.name, Some("status.conditions"), claim);
    if under.is_empty() {
        return Ok(Verdict::pass(seen("no pressure".to_owned())));
    }
    let pressures = under.join(", ");
    let lines = [format!("kubectl describe node {}", node.name)];
    let remedy = Remedy::run("see what takes the room", Touches::Nothing, &lines);
    let finding = Finding::warning(format!("this node is short of room: {pressures}"));
    Ok(finding.seen([seen(pressures)]).mend(remedy).found())
}

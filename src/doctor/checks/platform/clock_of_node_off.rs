//! The clock of a control-plane node does not agree with the API server's.

use super::clock_of_this_machine_off::TOLERANCE;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subject, Subjects, Touches, Verdict, age},
    model::{
        around::NODE_LEASES,
        evidence::Evidence,
        observed::{Gap, Why},
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("clock-of-node-off"),
    title: "the clock of a node does not agree with the API server's",
    subjects: Subjects::EachControlPlaneNode,
    symptom_of: &[],
    explain: r"
What was seen
  The kubelet renews its node's lease every ten seconds, by its own clock. The time of the last renewal is more than two
  minutes away from the API server's, though the node is Ready.

What it means
  Certificates and tokens that are good are refused on that node as expired or not yet valid, and what its Agent sends
  bears wrong times: Datadog drops points that are more than ten minutes in the future or an hour in the past.

How to confirm by hand
    kubectl -n kube-node-lease get lease NODE -o jsonpath='{.spec.renewTime}'
  On the node:
    timedatectl status

How to fix
  Let NTP or chrony run on the node.

References
  Kubernetes: leases, node heartbeats. Datadog: limits on the times of points (UNVERIFIED for every kind of metric).
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let view = case.view;
    let Subject::Node(name) = &case.subject else {
        return Err(Gap::new("the node", Why::Failed("this check judges nodes".to_owned())));
    };
    let Some(renewed) = view.lease(NODE_LEASES, name)?.and_then(|lease| lease.renewed) else {
        return Ok(Verdict::NotApplicable("the node has no lease"));
    };
    let conditions = view.nodes.get(name.as_str()).map(|node| &node.conditions);
    let is_ready = conditions.is_some_and(|all| all.get("Ready").is_some_and(|ready| ready.status == "True"));
    if !is_ready {
        return Ok(Verdict::NotApplicable("the node is not ready, so that its lease may be old"));
    }
    let (_, now) = view.server_time()?;
    let claim = format!("renewed at {renewed}, when the API server had {now}");
    let seen = Evidence::in_object("Lease", Some(NODE_LEASES), name, Some("spec.renewTime"), claim);
    if renewed.duration_since(now).abs() <= TOLERANCE {
        return Ok(Verdict::pass(seen));
    }
    let lines = ["timedatectl status".to_owned(), "timedatectl set-ntp true".to_owned()];
    let remedy = Remedy::run("let the node's clock be set", Touches::ControlPlane, &lines)
        .knowing("on that node, as root");
    let finding = Finding::warning(format!(
        "by the API server's clock this node renewed its lease {}, though it is ready: its clock is wrong",
        age::relative(now, renewed)
    ));
    Ok(finding.seen([seen]).mend(remedy).found())
}

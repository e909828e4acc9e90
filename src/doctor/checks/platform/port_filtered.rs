//! Packets to a component's port are dropped on their way.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, fold},
    model::{
        component::Component,
        evidence::Evidence,
        observed::{FailureKind, Gap},
        question::Vantage,
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("port-filtered"),
    title: "packets to a component's port are dropped on their way",
    subjects: Subjects::EachInstance(&Component::ALL),
    symptom_of: &[],
    explain: r"
What was seen
  A direct connection to the component's port timed out or found no route, while the component answered another way. A
  port on which nothing listens is refused at once; who hears nothing at all is kept away by a firewall.

What it means
  Between this machine and the node a security group or firewall drops what goes to that port: 10257, 10259, 2379, 2381,
  10250. Agents on the node itself are not concerned; runners of cluster checks on other nodes are.

How to confirm by hand
  From the machine that cannot reach it:
    nc -vz -w 3 ADDRESS PORT

How to fix
  Open the port in the security group of the control-plane nodes for those nodes that ask, or let the agents on the node
  itself ask by loopback.

References
  Kubernetes: ports and protocols. prometheus-operator#618.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    // What a desk is kept away from need not concern anybody in the cluster.
    if instance.named.is_none() && !case.view.is_inside() {
        return Ok(Verdict::NotApplicable("this machine is not in the cluster"));
    }
    let probes = || case.view.probes(instance);
    let Some((direct, failed)) = probes().find(|(spec, _)| spec.vantage == Vantage::Direct) else {
        return Ok(Verdict::NotApplicable("it was not asked directly"));
    };
    let seen = Evidence::in_probe(direct, fold::answer(failed));
    let kind = failed.failure.as_ref().map(|failure| failure.kind);
    if failed.http.is_some() || !matches!(kind, Some(FailureKind::Timeout | FailureKind::Unreachable)) {
        return Ok(Verdict::pass(seen));
    }
    let otherwise = probes().find(|(spec, record)| spec.vantage != Vantage::Direct && record.http.is_some());
    let Some((spec, record)) = otherwise else {
        return Ok(Verdict::NotApplicable("it answered no other way either"));
    };
    let port = direct.endpoint.port;
    let lines = [format!("nc -vz -w 3 {} {port}", direct.endpoint.host)];
    let remedy = Remedy::run("see that it is filtered, then open the port", Touches::Nothing, &lines)
        .knowing("in the security group of its node, for the nodes whose agents or runners ask it");
    let finding = Finding::warning(format!(
        "packets to port {port} of {} are dropped on their way",
        instance.component
    ));
    let otherwise = Evidence::in_probe(spec, fold::answer(record));
    Ok(finding.seen([seen, otherwise]).mend(remedy).found())
}

//! A port of the node that the agents want is taken.

use super::standing::by_warnings;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{evidence::Evidence, observed::Gap, surroundings::Told, workload::Workload},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("host-port-taken"),
    title: "a port of the node that the agents want is taken",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  A warning says of a pod of Datadog's that no node has free ports for it (`didn't have free ports for the requested pod
  ports`), and not all of the workload's pods are ready.

What it means
  Pods on the host's network, and those with a host port, share the node's ports. Another Agent has 8125, 8126 or 5000
  there: an older release that nobody removed, a second release for the control plane, or a collector of another vendor.

How to confirm by hand
    kubectl get pods -A -o wide --field-selector spec.nodeName=NODE
    kubectl -n datadog get events --field-selector reason=FailedScheduling

How to fix
  Remove the other one, keep the two apart by node affinity, or give one of them other ports (datadog.dogstatsd.port,
  datadog.apm.port).

References
  Kubernetes: hostPort. Datadog chart: agents.useHostNetwork.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    by_warnings(case, Told::HostPortTaken, |workload| {
        let lines = ["kubectl get daemonsets -A -o wide | grep -i -e datadog -e agent".to_owned()];
        let remedy = Remedy::run("find out who else is there", Touches::Nothing, &lines)
            .knowing("then remove it, keep the two apart by node affinity, or give one of them other ports");
        let finding = Finding::error(format!("a port that {} wants is taken on its nodes", workload.name));
        finding.seen(wanted(workload)).mend(remedy)
    })
}

/// The ports of the node that the pods want, as far as they say it.
fn wanted(workload: &Workload) -> Option<Evidence> {
    let ports: Vec<String> =
        workload.containers.iter().flat_map(|container| &container.host_ports).map(u16::to_string).collect();
    let field = Some("spec.template.spec.containers");
    (!ports.is_empty()).then(|| {
        Evidence::in_workload(workload, field, format!("wants the node's ports {}", ports.join(", ")))
    })
}

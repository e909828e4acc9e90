//! No security context constraint of OpenShift allows the agents' pods.

use super::standing::by_warnings;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict},
    model::{observed::Gap, surroundings::Told},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("security-context-constraint-forbids-agents"),
    title: "no security context constraint of OpenShift allows the agents' pods",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  A warning says that a pod of Datadog's was refused (`unable to validate against any security context constraint`), and not
  all of the workload's pods exist.

What it means
  On OpenShift a pod needs a constraint that allows what it asks for, and its service account the right to use it. The
  default one allows neither the host's paths nor its network.

How to confirm by hand
    oc get scc
    oc adm policy who-can use scc datadog-agent

How to fix
  Let the chart or the operator make the constraint (agents.podSecurity.securityContextConstraints.create), or bind the
  account to one that allows it.

References
  OpenShift: managing security context constraints. datadog-agent#5546, datadog-operator#1374.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    by_warnings(case, Told::SecurityContextConstraints, |workload| {
        let create = Remedy::edit(
            "let the chart make a constraint for the agents",
            Touches::Monitoring,
            "the Helm values",
            "agents:\n  podSecurity:\n    securityContextConstraints:\n      create: true\n",
        );
        let line = format!(
            "oc adm policy add-scc-to-user privileged -z {} -n {}",
            workload.service_account, workload.namespace
        );
        let bind =
            Remedy::run("or let the account use one that allows everything", Touches::Monitoring, &[line]);
        let finding =
            Finding::error(format!("no security context constraint allows the pods of {}", workload.name));
        finding.mend(create).mend(bind)
    })
}

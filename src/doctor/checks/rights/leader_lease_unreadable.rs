//! The agents may not read who leads among schedulers and controller managers.

use super::mending;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Subjects, Verdict, checks::agents::rights::ruling},
    model::{around, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("leader-lease-unreadable"),
    title: "the agents may not read the leases of the control plane",
    subjects: Subjects::EachAgentAccount,
    symptom_of: &[CheckId("account-role-bound-to-another")],
    explain: r"
What was seen
  Asked by a SubjectAccessReview, the API server says that the account that runs the checks may not get
  leases in kube-system.

What it means
  The checks kube_scheduler and kube_controller_manager read the leases of these names to say who leads;
  without them the metrics *.leader_election.* are missing, and the checks log `Cannot retrieve leader
  election record`. All other metrics arrive. Elections moved from Endpoints to Leases, so that roles of
  older charts name the former only.

How to confirm by hand
    kubectl auth can-i get leases.coordination.k8s.io -n kube-system --as=system:serviceaccount:datadog:datadog-agent

How to fix
  Apply the printed rules, or upgrade the chart or operator that writes the role.

References
  DataDog/integrations-core#8535; DataDog/datadog-operator#219; Datadog checks: kube_leader mixin.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let account = case.account()?;
    let right = around::may_read_leases(account).action;
    let (is_allowed, proof) = ruling(case.view, account, &right)?;
    if is_allowed {
        return Ok(Verdict::pass(proof));
    }
    Ok(Finding::warning(
        "the agents' account may not read the leases in kube-system, so nobody knows who leads",
    )
    .seen([proof])
    .mend(mending::give(case.view, account, &[right]))
    .found())
}

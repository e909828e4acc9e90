//! The agents' account may not read `/metrics` by RBAC.

use super::rights::{self, Ruling};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Severity, Subjects, Verdict, checks::rights::mending},
    model::observed::Gap,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("agent-account-metrics-forbidden"),
    title: "the agents' account may not read /metrics",
    subjects: Subjects::EachAgentAccount,
    symptom_of: &[CheckId("account-role-bound-to-another")],
    explain: r"
What was seen
  Asked by a SubjectAccessReview, the API server says that the service account of the node agents may not
  get the path /metrics.

What it means
  kube-apiserver, kube-controller-manager and kube-scheduler all ask the API server this very question for
  every request, so all three answer the agents with 403. The rule that is missing is a ClusterRole with
  nonResourceURLs: [/metrics], bound by a ClusterRoleBinding: the account was renamed, the release lies in
  another namespace than its binding says, or rbac.create is off.

How to confirm by hand
    kubectl auth can-i get /metrics --as=system:serviceaccount:datadog:datadog-agent
    kubectl get clusterrolebindings -o wide | grep datadog

How to fix
  Bind the account to the built-in ClusterRole system:monitoring, or apply the printed ClusterRole, which
  holds every rule that the account lacks. The remedy says whether a role or a binding is at fault, where
  these may be read.

References
  Kubernetes: RBAC, non-resource URLs and the default role system:monitoring.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let account = case.account()?;
    Ok(match rights::metrics(case.view, account)? {
        Ruling::Allowed(evidence) => Verdict::Pass(vec![evidence]),
        Ruling::Denied(evidence) => Verdict::Problem(Finding {
            severity: Severity::Error,
            own_cause: false,
            // The same for all accounts, so that what is wrong with one role is told once.
            summary: "an account of the agents may not get /metrics".to_owned(),
            evidence: vec![evidence],
            remedies: vec![
                rights::bind(Some(account)),
                mending::give(case.view, account, &[rights::review(account).action]),
            ],
        }),
    })
}

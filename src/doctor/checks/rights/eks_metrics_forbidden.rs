//! The agents may not read what EKS serves of its controller manager and scheduler.

use super::judge_all;
use crate::{
    doctor::{Case, Check, CheckId, Subjects, Verdict},
    model::{around, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("eks-metrics-forbidden"),
    title: "the agents may not read the metrics API of EKS",
    subjects: Subjects::EachAgentAccount,
    symptom_of: &[CheckId("account-role-bound-to-another")],
    explain: r"
What was seen
  The API server serves the group metrics.eks.amazonaws.com, and says by a SubjectAccessReview that the
  account that runs the checks may not get kcm/metrics or ksh/metrics of it.

What it means
  On EKS the metrics of kube-controller-manager and kube-scheduler are behind
  /apis/metrics.eks.amazonaws.com/v1/kcm/container/metrics and …/ksh/container/metrics, which answer 403.

How to confirm by hand
    kubectl auth can-i get kcm.metrics.eks.amazonaws.com --subresource=metrics --as=system:serviceaccount:datadog:datadog-agent

How to fix
  Apply the printed rules. The chart writes them since 3.90.1, the operator since 1.13.

References
  AWS: fetch control plane raw metrics in Prometheus format; Datadog: control plane monitoring, Amazon EKS.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    if !case.view.serves(around::EKS_GROUP) {
        return Ok(Verdict::NotApplicable("no such API is served"));
    }
    let account = case.account()?;
    let rights = around::EKS_PARTS.map(|part| around::may_read_eks(account, part).action);
    let summary = "the agents' account may not read the metrics that EKS serves of its control plane";
    judge_all(case, account, rights, summary)
}

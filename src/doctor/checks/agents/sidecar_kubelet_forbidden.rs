//! The account of an application may not ask its kubelet through the API server, which a sidecar on Fargate does.

use super::rights::ruling;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Subjects, Touches, Verdict, checks::rights::mending, fold},
    model::{
        agent_role,
        evidence::Evidence,
        kubelet,
        observed::{Gap, Why},
        question::AccountRef,
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("sidecar-kubelet-forbidden"),
    title: "the account of a sidecar may not ask the kubelet through the API server",
    subjects: Subjects::EachAgentWorkload,
    symptom_of: &[],
    explain: r"
What was seen
  A sidecar runs with DD_EKS_FARGATE, and the API server says by a SubjectAccessReview, or by the answer to
  a short-lived token of its account, that the account may not get nodes/proxy.

What it means
  On Fargate the kubelet's port is closed to pods, so the Agent asks
  https://KUBERNETES_SERVICE_HOST/api/v1/nodes/NODE/proxy/ as the account of the pod that it runs in, which
  is the application's own and has no rights by default. The Agent's log has 403 for these paths; metrics
  and tags of the pod are missing.

How to confirm by hand
    kubectl auth can-i get nodes/proxy --as=system:serviceaccount:NAMESPACE:ACCOUNT

How to fix
  Bind a ClusterRole with the kubelet's subresources to the application's account. nodes/proxy reaches all
  of the kubelet's API, so give it to accounts with a sidecar only.

References
  Datadog: Amazon EKS on AWS Fargate, RBAC for the Agent. Kubernetes: API server proxy, nodes/proxy.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (_, workload) = case.workload()?;
    if !agent_role::asks_through_the_api_server(workload) {
        return Ok(Verdict::NotApplicable("its agents ask the kubelet itself"));
    }
    let account = workload.account();
    if let Some((spec, record)) = case.view.as_sidecar(&account) {
        let seen = Evidence::in_probe(spec, fold::answer(record));
        if record.refused_user().is_some() {
            return Ok(problem(case, &account, vec![seen]));
        }
        if record.status().is_some_and(|status| status != 401) {
            return Ok(Verdict::Pass(vec![seen]));
        }
    }
    let (is_allowed, seen) = ruling(case.view, &account, &kubelet::review(&account, "proxy").action)?;
    if !is_allowed {
        return Ok(problem(case, &account, vec![seen]));
    }
    if let Err(gap @ Gap { why: Why::Denied(_), .. }) = case
        .view
        .snapshot
        .token(&workload.token())
        .seen(&format!("what the API server answers to {}", account.user_name()))
    {
        return Err(gap);
    }
    Ok(Verdict::Pass(vec![seen]))
}

fn problem(case: &Case<'_>, account: &AccountRef, evidence: Vec<Evidence>) -> Verdict {
    let right = kubelet::review(account, "proxy").action;
    let mut remedy = mending::give(case.view, account, &[right]);
    remedy.touches = Touches::Workloads;
    let remedy = remedy
        .knowing("nodes/proxy reaches all of the kubelet's API: bind it to accounts with a sidecar only");
    Finding::error("the account of a sidecar may not get nodes/proxy, by which it asks the kubelet")
        .seen(evidence)
        .mend(remedy)
        .found()
}

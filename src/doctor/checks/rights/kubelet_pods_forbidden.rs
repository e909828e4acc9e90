//! The agents' account may read neither all of a kubelet nor its list of pods.

use super::mending;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Subjects, Verdict, checks::agents::rights::ruling},
    model::{agents::AgentRole, kubelet, observed::Gap},
    view::accounts::FINE_GRAINED_SINCE,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("kubelet-pods-forbidden"),
    title: "the agents may not read the kubelet's list of pods",
    subjects: Subjects::EachAgentAccount,
    symptom_of: &[CheckId("account-role-bound-to-another")],
    explain: r"
What was seen
  Asked by a SubjectAccessReview, the API server says that the account of the node agents may get neither
  nodes/proxy nor nodes/pods.

What it means
  The kubelet asks for `proxy`, or since 1.33 for the finer `pods`, before it shows /pods. Without that list
  the Agent knows no container of its node: nothing is discovered, no check of a static pod is scheduled,
  and no tag is attached. The Agent's own connection test passes with a 403, so its log says that the
  kubelet was found.

How to confirm by hand
    kubectl auth can-i get nodes --subresource=proxy --as=system:serviceaccount:datadog:datadog-agent
    kubectl auth can-i get nodes --subresource=pods --as=system:serviceaccount:datadog:datadog-agent

How to fix
  Apply the printed ClusterRole. Where all kubelets are of 1.33 or later it holds nodes/pods and
  nodes/healthz, which give less away than nodes/proxy.

References
  Kubernetes: pkg/kubelet/server/auth.go; KEP-2862. DataDog/datadog-agent#4863, #3049.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let account = case.account()?;
    let roles = case.view.accounts().remove(account).unwrap_or_default();
    if !roles.iter().any(|(role, _)| *role == AgentRole::NodeAgent) {
        return Ok(Verdict::NotApplicable("no node agents run as it, and nobody else asks kubelets"));
    }
    let [all, pods, _] = kubelet::FINE_GRAINED.map(|part| kubelet::review(account, part).action);
    let (may_all, of_all) = ruling(case.view, account, &all)?;
    if may_all {
        return Ok(Verdict::pass(of_all));
    }
    let (may_pods, of_pods) = ruling(case.view, account, &pods)?;
    if may_pods {
        // Whether the kubelets know that right is judged by their release.
        return Ok(Verdict::pass(of_pods));
    }
    let is_old = !case.view.kubelets_before(FINE_GRAINED_SINCE).is_empty();
    let needed = if is_old { all } else { pods };
    Ok(Finding::error(
        "the agents' account may get neither nodes/proxy nor nodes/pods, so no kubelet shows it its pods",
    )
    .seen([of_all, of_pods])
    .mend(mending::give(case.view, account, &[needed]))
    .found())
}

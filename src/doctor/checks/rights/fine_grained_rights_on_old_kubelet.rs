//! The agents have the finer rights to kubelets alone, and a kubelet does not know them.

use super::mending;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Subjects, Verdict, checks::agents::rights::ruling},
    model::{agents::AgentRole, evidence::Evidence, kubelet, observed::Gap},
    view::accounts::FINE_GRAINED_SINCE,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("fine-grained-rights-on-old-kubelet"),
    title: "the agents have rights that a kubelet does not know yet",
    subjects: Subjects::EachAgentAccount,
    symptom_of: &[CheckId("account-role-bound-to-another")],
    explain: r"
What was seen
  The account of the node agents may get nodes/pods and not nodes/proxy, and a node runs a kubelet before
  1.33.

What it means
  The finer rights exist since Kubernetes 1.32, where they are behind the gate KubeletFineGrainedAuthz, and
  are on by themselves since 1.33. A kubelet that does not know them asks for nodes/proxy and answers 403 to
  /pods and /healthz. `datadog.kubelet.fineGrainedAuthorization: true` of the chart, and the operator's
  annotation of that name, take nodes/proxy away.

How to confirm by hand
    kubectl get nodes -o custom-columns=NAME:.metadata.name,KUBELET:.status.nodeInfo.kubeletVersion
    kubectl auth can-i get nodes --subresource=proxy --as=system:serviceaccount:datadog:datadog-agent

How to fix
  Keep nodes/proxy until the last node is upgraded, or turn the gate on where the kubelets are of 1.32.

References
  KEP-2862, fine-grained kubelet authorisation. DataDog/helm-charts#2049, #2338;
  DataDog/datadog-operator#2188.
",
    judge,
};

/// Before this release no gate helps.
const GATED_SINCE: (u32, u32) = (1, 32);

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let account = case.account()?;
    let roles = case.view.accounts().remove(account).unwrap_or_default();
    if !roles.iter().any(|(role, _)| *role == AgentRole::NodeAgent) {
        return Ok(Verdict::NotApplicable("no node agents run as it, and nobody else asks kubelets"));
    }
    let [all, pods, _] = kubelet::FINE_GRAINED.map(|part| kubelet::review(account, part).action);
    let (may_all, of_all) = ruling(case.view, account, &all)?;
    let (may_pods, of_pods) = ruling(case.view, account, &pods)?;
    if may_all || !may_pods {
        return Ok(Verdict::NotApplicable("it does not rely on the finer rights"));
    }
    case.view.control_plane_nodes()?;
    let old = case.view.kubelets_before(FINE_GRAINED_SINCE);
    if old.is_empty() {
        return Ok(Verdict::pass(of_pods));
    }
    let is_certain = !case.view.kubelets_before(GATED_SINCE).is_empty();
    let summary =
        "the agents may get nodes/pods and not nodes/proxy, and there are kubelets that ask for the latter";
    let finding = if is_certain { Finding::error(summary) } else { Finding::warning(summary) };
    let versions = old.iter().filter_map(|name| case.view.nodes.get(name)).map(|node| {
        let claim = format!("its kubelet is of {}", node.kubelet_version);
        Evidence::in_object("Node", None, &node.name, Some("status.nodeInfo.kubeletVersion"), claim)
    });
    Ok(finding.seen([of_all]).seen(versions).mend(mending::give(case.view, account, &[all])).found())
}

//! The agents' account may do more than they need.

use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, checks::agents::rights::ruling,
    },
    model::{agents::AgentRole, around, kubelet, observed::Gap},
    view::accounts::FINE_GRAINED_SINCE,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("account-has-more-than-it-needs"),
    title: "the agents' account may do more than they need",
    subjects: Subjects::EachAgentAccount,
    symptom_of: &[],
    explain: r"
What was seen
  The API server lets the account of the node agents do everything; or it lets it get nodes/proxy although
  every kubelet is of 1.33 or later, where nodes/pods and nodes/healthz are enough.

What it means
  nodes/proxy reaches all of the kubelet's API: whoever has an Agent's token can run commands in every pod
  of every node. The token lies on every node. Nothing is broken; CIS Kubernetes Benchmark 5.1.14 finds it
  all the same.

How to confirm by hand
    kubectl auth can-i --list --as=system:serviceaccount:datadog:datadog-agent

How to fix
  Set datadog.kubelet.fineGrainedAuthorization in the chart, or the annotation
  agent.datadoghq.com/fine-grained-kubelet-authorization-enabled of the DatadogAgent, once no kubelet is
  older than 1.33.

References
  KEP-2862, fine-grained kubelet authorisation; CIS Kubernetes Benchmark 2.1.0, 5.1.14.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let account = case.account()?;
    let roles = case.view.accounts().remove(account).unwrap_or_default();
    if !roles.iter().any(|(role, _)| *role == AgentRole::NodeAgent) {
        return Ok(Verdict::NotApplicable("no node agents run as it"));
    }
    let (may_everything, of_everything) =
        ruling(case.view, account, &around::may_do_everything(account).action)?;
    if may_everything {
        let lines = [
            "kubectl get clusterrolebindings -o wide | grep cluster-admin".to_owned(),
            format!("kubectl auth can-i --list --as={}", account.user_name()),
        ];
        let remedy =
            Remedy::run("find the binding that gives it everything, and delete it", Touches::Nothing, &lines);
        return Ok(Finding::warning("the agents' account may do everything in the cluster")
            .seen([of_everything])
            .mend(remedy)
            .found());
    }
    let (may_all, of_all) = ruling(case.view, account, &kubelet::review(account, "proxy").action)?;
    if !may_all {
        return Ok(Verdict::pass(of_all));
    }
    case.view.control_plane_nodes()?;
    if !case.view.kubelets_before(FINE_GRAINED_SINCE).is_empty() {
        return Ok(Verdict::pass(
            of_all.with_claim("nodes/proxy is needed as long as there are kubelets before 1.33"),
        ));
    }
    let remedy = Remedy::edit(
        "give the agents the finer rights in its place",
        Touches::Monitoring,
        "the Helm values of the agents' release",
        "datadog:\n  kubelet:\n    fineGrainedAuthorization: true\n",
    );
    Ok(Finding::note(
        "the agents' account may get nodes/proxy, though nodes/pods and nodes/healthz are enough here",
    )
    .seen([of_all])
    .mend(remedy.knowing(
        "chart 3.135.1 and later; sidecars on Fargate still need nodes/proxy for their own accounts",
    ))
    .found())
}

//! The role with the needed rules is there, and its binding names another account.

use super::mending::{self, Cause};
use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict, checks::agents::rights,
        shell::word,
    },
    model::{evidence::Evidence, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("account-role-bound-to-another"),
    title: "the binding of the agents' role names another account",
    subjects: Subjects::EachAgentAccount,
    symptom_of: &[],
    explain: r"
What was seen
  The API server says that the account of the agents lacks rights which they need. A ClusterRole that gives
  exactly these exists, and a ClusterRoleBinding leads to it, but its subject is an account of another
  namespace or of another name.

What it means
  The release was moved to another namespace or renamed, serviceAccountName was overridden, or the binding
  was written by hand. Every component answers the agents with 403, and the kubelet does: `Forbidden
  (user=system:serviceaccount:…`.

How to confirm by hand
    kubectl get clusterrolebindings -o wide | grep datadog
    kubectl -n datadog get daemonset datadog-agent -o jsonpath='{.spec.template.spec.serviceAccountName}'

How to fix
  Bind the role to the account that the pods run as, and take the stale subject away.

References
  DataDog/helm-charts#543, helm/charts#22045 (a role that lost its account); Kubernetes: RBAC, referring to
  subjects.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let account = case.account()?;
    let lack = mending::lack(case.view, account);
    if lack.missing.is_empty() {
        if let Some(gap) = lack.gaps.into_iter().next() {
            return Err(gap);
        }
        let (_, proof) = rights::ruling(case.view, account, &rights::review(account).action)?;
        return Ok(Verdict::pass(proof));
    }
    let Cause::BoundToAnother(binding, subject) = mending::cause(case.view, account, &lack.missing)? else {
        return Ok(Verdict::NotApplicable("what the account lacks is bound to nobody else"));
    };
    let other = format!("{}/{}", subject.namespace.as_deref().unwrap_or_default(), subject.name);
    let stale = format!("leads to ClusterRole {} and names account {other}", binding.role.name);
    let bind = format!(
        "kubectl create clusterrolebinding {} --clusterrole={} --serviceaccount={}:{}",
        word(&format!("{}-{}", binding.name, account.namespace)),
        word(&binding.role.name),
        account.namespace,
        account.name
    );
    Ok(Finding::error(format!("the agents run as {account}, and their role is bound to {other}"))
        .seen([Evidence::in_object("ClusterRoleBinding", None, &binding.name, Some("subjects"), stale)])
        .seen(lack.evidence)
        .mend(
            Remedy::run("bind the role to the account that the agents run as", Touches::Monitoring, &[bind])
                .knowing("the chart's binding has the right subject where the release is installed with its own namespace and name"),
        )
        .found())
}

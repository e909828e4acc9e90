//! A component knows who asks and forbids him its metrics. What the controller-manager answers to a token has a check
//! of its own, which knows its flags.

use super::DELEGATED;
use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict,
        checks::agents::rights, fold,
    },
    model::{
        component::Component,
        evidence::Evidence,
        observed::Gap,
        question::{AccountRef, Credential},
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("metrics-forbidden"),
    title: "the component forbids its metrics to whom it knows",
    subjects: Subjects::EachInstance(DELEGATED),
    symptom_of: &[CheckId("agent-account-metrics-forbidden"), CheckId("account-role-bound-to-another")],
    explain: r#"
What was seen
  To a request with a token or a client certificate the component answered 403 and named who asked: `User
  "system:serviceaccount:datadog:datadog-agent" cannot get path "/metrics"`.

What it means
  The credential arrived and is good: who it belongs to is known, and may not get the path /metrics.

How to confirm by hand
    kubectl auth can-i get /metrics --as=system:serviceaccount:datadog:datadog-agent

How to fix
  Bind the account, or the certificate's user or group, to the built-in ClusterRole system:monitoring, and
  wait ten seconds: denials are cached.

References
  Kubernetes: RBAC, the default role system:monitoring; delegated authorisation. Measured on 1.36.
"#,
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    let is_judged = |credential: &Credential| match credential {
        Credential::ClientCertificate(_) => true,
        Credential::Account(_) | Credential::TokenFile(_) => {
            instance.component != Component::ControllerManager
        }
        Credential::Nobody | Credential::Caller | Credential::SecretToken { .. } => false,
    };
    let Some((spec, record)) = case.view.best_as(instance, is_judged) else {
        return Ok(Verdict::NotApplicable("it was not asked with a credential"));
    };
    let seen = Evidence::in_probe(spec, fold::answer(record));
    if record.status() == Some(200) {
        return Ok(Verdict::Pass(vec![seen]));
    }
    let Some(user) = record.refused_user().filter(|user| *user != "system:anonymous") else {
        return Ok(Verdict::NotApplicable("it did not answer 403 to somebody whom it knows"));
    };
    if case.view.node.is_some() {
        // It was shown because it lies on the node, and who it is for was never meant to read metrics.
        return Ok(Verdict::NotApplicable(
            "it knows the certificate that lies on the node, which no agent shows",
        ));
    }
    let program = instance.component.profile().program;
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: format!("{program} answers 403 to {user}, who may not get /metrics"),
        evidence: vec![seen],
        remedies: vec![remedy(user)],
    }))
}

/// What binds a user to the built-in role. A name that a shell could read otherwise is not written into a command.
fn remedy(user: &str) -> Remedy {
    let is_plain = user.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:@".contains(&byte));
    let account = user.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':'));
    match account {
        Some((namespace, name)) if is_plain => {
            rights::bind(Some(&AccountRef { namespace: namespace.to_owned(), name: name.to_owned() }))
        }
        _ if is_plain => Remedy::run(
            "bind the user to the built-in ClusterRole system:monitoring",
            Touches::Monitoring,
            &[format!(
                "kubectl create clusterrolebinding metrics-readers --clusterrole=system:monitoring --user={user}"
            )],
        ),
        _ => Remedy {
            title: "bind the user to the built-in ClusterRole system:monitoring".to_owned(),
            steps: vec![Step::Read("by a ClusterRoleBinding with the name as the answer has it")],
            touches: Touches::Monitoring,
        },
    }
}

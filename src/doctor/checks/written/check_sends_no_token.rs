//! A check sends no token to a component that answers nobody without one.

use super::{each_instance, first_url};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Subjects, Verdict, checks::setting, fold},
    model::{
        check_config::CheckInstance,
        component::{Component, Gate},
        evidence::Evidence,
        observed::Gap,
    },
    view::Written,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("check-sends-no-token"),
    title: "a check sends no token to a component that answers nobody without one",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r#"
What was seen
  The instance lacks `bearer_token_auth: true` and brings no other credential; for the API server, whose check
  sends the token by itself, it says `bearer_token_auth: false`. Nothing was seen to answer without a token.

What it means
  The component takes the Agent for system:anonymous and answers 403 with `forbidden: User "system:anonymous"
  cannot get path "/metrics"`. Of the scheduler scheduler-no-credentials says the same, by what it answers.

How to confirm by hand
    curl -sk https://127.0.0.1:10257/metrics | head -n 3
    kubectl -n datadog exec ds/datadog-agent -c agent -- agent check kube_controller_manager

How to fix
  Write bearer_token_auth: true into the instance. The text "true" is as good; tls_only sends it to https
  alone.

References
  integrations-core: kube_apiserver_metrics.py (DEFAULT_BEARER_TOKEN_AUTH); the base check, where it is off.
"#,
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    each_instance(case, |written, instance| Ok(judge_one(case, written, instance)))
}

fn judge_one(case: &Case<'_>, written: &Written<'_>, instance: &CheckInstance) -> Verdict {
    let component = written.component;
    if component.profile().gate != Gate::Delegated || component == Component::Scheduler {
        return Verdict::NotApplicable("it asks for no token, or is judged by what it answers");
    }
    if !instance.urls().any(|url| !url.starts_with("http://")) {
        return Verdict::NotApplicable("it asks nothing with TLS");
    }
    let says = |claim: &str| written.origin.says(claim);
    let by_itself = component == Component::ApiServer && instance.bearer_token_auth.is_none();
    let brings = match instance {
        CheckInstance { bearer_token_auth: Some(true), .. } => Some("bearer_token_auth: true"),
        CheckInstance { brings_credential: true, .. } => Some("it brings a credential of its own"),
        CheckInstance { tls_cert: Some(_), .. } => Some("it presents a client certificate"),
        _ if by_itself => Some("the check of the API server sends the token by itself"),
        _ => None,
    };
    if let Some(claim) = brings {
        return Verdict::pass(says(claim));
    }
    let open = case.view.attached(written).find_map(|instance| {
        let (spec, record) = case.view.as_nobody(instance)?;
        record.served_metrics().then(|| Evidence::in_probe(spec, fold::answer(record)))
    });
    if let Some(open) = open {
        return Verdict::pass(open);
    }
    let claim = match instance.bearer_token_auth {
        Some(_) => "bearer_token_auth: false",
        None => "no bearer_token_auth",
    };
    Finding::error(format!(
        "the check of {component} sends no token, and is answered 403 as system:anonymous"
    ))
    .seen([says(claim)])
    .mend(setting::set(
        "let the check send the service account's token",
        &written.origin,
        first_url(instance),
        &[("bearer_token_auth", "true")],
    ))
    .found()
}

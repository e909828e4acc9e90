//! The scheduler sees the agents as `system:anonymous`.

use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict, checks::setting,
        fold,
    },
    model::{
        component::Component,
        evidence::{Evidence, Locator},
        observed::{Gap, Observed, Why},
        question::{AccessSpec, Credential, Permission, Who},
    },
    view::{Configured, Instance, Origin},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("scheduler-no-credentials"),
    title: "the scheduler sees the agents as system:anonymous",
    subjects: Subjects::EachInstance(&[Component::Scheduler]),
    symptom_of: &[],
    explain: r#"
What was seen
  The scheduler answers 403 with `User "system:anonymous" cannot get path "/metrics"`, and that is what the agents
  get: either their check is configured to send no token, or the scheduler was started so that it cannot tell
  whose token it is.

What it means
  403 with system:anonymous means that no credential arrived, or none that the scheduler looks at. 403 with
  another name would be a missing right, 401 a bad token. The two causes:
  - the check's configuration lacks `bearer_token_auth: true`;
  - the scheduler runs without --authentication-kubeconfig, so every request is anonymous to it.

How to confirm by hand
  On the node, without and with a token of the agents' account:
    curl -sk https://127.0.0.1:10259/metrics | head -n 5
    curl -sk -H "Authorization: Bearer $(kubectl -n datadog create token datadog-agent)" https://127.0.0.1:10259/metrics | head -n 5

How to fix
  Write `bearer_token_auth: true` into the instance of kube_scheduler, or remove the hand-written configuration:
  the one that the Agent brings along sends the token. Or add --authentication-kubeconfig and
  --authorization-kubeconfig to the scheduler.

References
  Kubernetes: kube-scheduler, delegated authentication and authorisation. Measured on 1.36: an empty or Basic
  Authorization header counts as no credential too.
"#,
    judge,
};

const ANONYMOUS: &str = "system:anonymous";

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    if let Some(verdict) = blind_to_tokens(case, instance) {
        return Ok(verdict);
    }
    let nobody = case.view.as_nobody(instance);
    if let Some((spec, record)) = nobody
        && record.served_metrics()
    {
        return Ok(Verdict::Pass(vec![Evidence::in_probe(spec, fold::answer(record))]));
    }
    if case.view.node.is_some() {
        return Ok(Verdict::NotApplicable("a node tells nothing of what the agents send"));
    }
    if instance.named.is_some() {
        return named(case, instance);
    }
    if case.view.is_asked_by_nobody(instance) {
        return Ok(Verdict::NotApplicable("no Datadog Agent asks it"));
    }
    let configurations = case.view.configurations(instance)?;
    let sends = |configured: &Configured<'_>| configured.instance.bearer_token_auth == Some(true);
    let bare = configurations.iter().position(|configured| !sends(configured));
    let configured = configurations
        .into_iter()
        .nth(bare.unwrap_or_default())
        .ok_or_else(|| Gap::new("the agents' configuration", Why::NotAsked))?;
    if bare.is_none() {
        let claim = match configured.origin {
            Origin::Packaged => "no configuration of its own: the packaged one sends the token",
            Origin::ConfigMap { .. } | Origin::Annotation { .. } => "bearer_token_auth: true",
        };
        return Ok(match case.view.with_token(instance) {
            Some((spec, record)) => Verdict::Pass(vec![
                origin(&configured, claim),
                Evidence::in_probe(spec, fold::answer(record)),
            ]),
            None => Verdict::Pass(vec![origin(&configured, claim)]),
        });
    }
    let refusal = refusal_of_nobody(case, instance)?;
    let Some(refusal) = refusal else {
        return Ok(Verdict::NotApplicable("the scheduler serves its metrics to everybody"));
    };
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: "the agents send the scheduler no token, so it sees system:anonymous and answers 403"
            .to_owned(),
        evidence: vec![origin(&configured, "no bearer_token_auth: true"), refusal],
        remedies: vec![Remedy {
            title: "let the check send the service account's token".to_owned(),
            steps: vec![setting::edit(
                &configured,
                "https://%%host%%:10259/metrics",
                &[("bearer_token_auth", "true"), ("ssl_verify", "false")],
            )],
            touches: Touches::Monitoring,
        }],
    }))
}

/// A token arrived, and the scheduler still sees nobody: it was started without the means to look at it.
fn blind_to_tokens(case: &Case<'_>, instance: &Instance) -> Option<Verdict> {
    let (spec, record) = case.view.with_token(instance)?;
    if record.refused_user() != Some(ANONYMOUS) {
        return None;
    }
    let mut evidence = vec![Evidence::in_probe(spec, fold::answer(record))];
    if let (Some(flags), Some(pod)) = (&instance.flags, &instance.pod)
        && !flags.contains_key("authentication-kubeconfig")
    {
        evidence.push(Evidence::in_object(
            "Pod",
            Some(&pod.namespace),
            &pod.name,
            Some("spec.containers[0].command"),
            "no --authentication-kubeconfig among its flags",
        ));
    }
    Some(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: "the scheduler does not look at tokens, so it sees system:anonymous and answers 403"
            .to_owned(),
        evidence,
        remedies: vec![Remedy {
            title: "start the scheduler with delegated authentication and authorisation".to_owned(),
            steps: vec![Step::Edit {
                file: "/etc/kubernetes/manifests/kube-scheduler.yaml on each control-plane node".to_owned(),
                change: "    - --authentication-kubeconfig=/etc/kubernetes/scheduler.conf\n    \
                         - --authorization-kubeconfig=/etc/kubernetes/scheduler.conf\n"
                    .to_owned(),
            }],
            touches: Touches::ControlPlane,
        }],
    }))
}

/// For an endpoint that the user named: what was given is what is judged.
fn named(case: &Case<'_>, instance: &Instance) -> Result<Verdict, Gap> {
    if let Some((spec, record)) = case.view.with_token(instance) {
        return Ok(Verdict::Pass(vec![Evidence::in_probe(spec, fold::answer(record))]));
    }
    let is_shown = |credential: &Credential| matches!(credential, Credential::ClientCertificate(_));
    if let Some((spec, record)) = case.view.best_as(instance, is_shown)
        && record.refused_user() != Some(ANONYMOUS)
    {
        return Ok(Verdict::Pass(vec![Evidence::in_probe(spec, fold::answer(record))]));
    }
    let Some((spec, record)) = case.view.as_nobody(instance) else {
        return Err(Gap::new("what the scheduler answers to nobody", Why::NotAsked));
    };
    if record.refused_user() != Some(ANONYMOUS) {
        return Ok(Verdict::NotApplicable("the scheduler did not answer 403 to system:anonymous"));
    }
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: "no token was sent to the scheduler, so it sees system:anonymous and answers 403".to_owned(),
        evidence: vec![Evidence::in_probe(spec, fold::answer(record))],
        remedies: vec![Remedy::run(
            "ask with a token of the agents' account",
            Touches::Nothing,
            &[
                "(umask 077; kubectl -n datadog create token datadog-agent > token)".to_owned(),
                format!("ctlmon doctor --endpoint scheduler={} --token-file token", instance.endpoint),
            ],
        )],
    }))
}

/// The proof that the scheduler answers 403 to nobody: the answer itself, else the rule that it would ask for.
/// `None` where it lets everybody in.
fn refusal_of_nobody(case: &Case<'_>, instance: &Instance) -> Result<Option<Evidence>, Gap> {
    if let Some((spec, record)) = case.view.as_nobody(instance)
        && record.http.is_some()
    {
        let refused = record.refused_user() == Some(ANONYMOUS);
        return Ok(refused.then(|| Evidence::in_probe(spec, fold::answer(record))));
    }
    let always_allowed = instance
        .flags
        .as_ref()
        .and_then(|flags| flags.get("authorization-always-allow-paths"))
        .is_some_and(|paths| paths.split(',').any(|path| path == "/metrics" || path == "/*"));
    if always_allowed {
        return Ok(None);
    }
    let review = AccessSpec { who: Who::Anonymous, action: Permission::path("get", "/metrics") };
    let answer = case.view.snapshot.access(&review);
    if answer == Observed::NotAsked {
        Err(case.view.gap(instance, format!("what the scheduler on {} answers to nobody", instance.name)))
    } else {
        let access = answer.seen("whether system:anonymous may get /metrics")?;
        Ok((!access.allowed).then(|| Evidence {
            claim: "system:anonymous may not get /metrics".to_owned(),
            locator: Locator::Review(format!("{}, {}", review.who, review.action)),
        }))
    }
}

fn origin(configured: &Configured<'_>, claim: &str) -> Evidence {
    Evidence {
        claim: format!("kube_scheduler: {claim}"),
        locator: Locator::Given(configured.describe_origin()),
    }
}

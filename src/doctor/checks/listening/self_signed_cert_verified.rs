//! The agents verify a certificate that the component made for itself.

use crate::{
    certs::{self, chain::reaches},
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Subjects, Touches, Verdict, checks::setting},
    model::{
        component::Component,
        evidence::{Evidence, Locator},
        observed::Gap,
    },
    view::{Configured, Instance, Origin},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("self-signed-cert-verified"),
    title: "the agents verify a certificate that the component made for itself",
    subjects: Subjects::EachInstance(&[Component::ControllerManager, Component::Scheduler]),
    symptom_of: &[],
    explain: r"
What was seen
  The check's configuration verifies the serving certificate, and the component serves one that it made in memory
  when it started: its issuer is `localhost-ca@` with a time stamp, and no CA file anywhere holds it.

What it means
  The Agent breaks the connection off with `certificate verify failed: self signed certificate in certificate chain`.
  kube-scheduler and kube-controller-manager make such a certificate wherever they are started without
  --tls-cert-file, as kubeadm does; it changes with every start and names only localhost and 127.0.0.1. The
  configuration that the Agent brings along does not verify for that reason.

How to confirm by hand
    openssl s_client -connect 127.0.0.1:10259 </dev/null 2>/dev/null | openssl x509 -noout -issuer -ext subjectAltName

How to fix
  Write ssl_verify: false (tls_verify: false) into the instance, or give the component a certificate of a CA with
  --tls-cert-file and --tls-private-key-file and the check that CA with tls_ca_cert.

References
  Kubernetes: kube-scheduler and kube-controller-manager, --tls-cert-file. Datadog: tls_verify is on where a
  hand-written instance does not say otherwise.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    if instance.named.is_some() {
        return Ok(Verdict::NotApplicable("a named endpoint is verified with --ca or not at all"));
    }
    if case.view.is_asked_by_nobody(instance) {
        return Ok(Verdict::NotApplicable("no Datadog Agent asks it"));
    }
    if instance.is_lent() {
        return Ok(Verdict::NotApplicable("the API server answers in its place, whose certificate has a CA"));
    }
    let mut passing = Vec::new();
    for configured in case.view.configurations(instance)? {
        match judge_one(case, instance, &configured)? {
            Verdict::Pass(evidence) => {
                passing.extend(
                    evidence.into_iter().filter(|piece| !passing.contains(piece)).collect::<Vec<_>>(),
                );
            }
            other => return Ok(other),
        }
    }
    Ok(Verdict::Pass(passing))
}

/// Whether one of the configurations verifies a certificate that it has no means to verify.
fn judge_one(case: &Case<'_>, instance: &Instance, configured: &Configured<'_>) -> Result<Verdict, Gap> {
    let check = instance.component.profile().agent_check;
    let written = |claim: &str| Evidence {
        claim: format!("{check}: {claim}"),
        locator: Locator::Given(configured.describe_origin()),
    };
    let verifies = match (&configured.origin, configured.instance.tls_verify) {
        (Origin::Packaged, _) => {
            return Ok(Verdict::Pass(vec![written("the packaged configuration does not verify")]));
        }
        (_, Some(false)) => {
            return Ok(Verdict::Pass(vec![written("it does not verify")]));
        }
        (_, Some(true)) => written("tls_verify: true"),
        (_, None) => written("no tls_verify, which means that it verifies"),
    };
    let served = case.view.probes(instance).find_map(|(spec, record)| Some((spec, record.tls.as_ref()?)));
    let Some((spec, chain)) =
        served.map(|(spec, tls)| (spec, &tls.chain)).filter(|(_, chain)| !chain.is_empty())
    else {
        let what = format!("the serving certificate of {} on {}", instance.component, instance.name);
        return Err(case.view.gap(instance, what));
    };
    let issuer = certs::inspect(&chain[0].0)
        .map_or_else(|_| "an unreadable certificate".to_owned(), |facts| facts.issuer);
    let seen = Evidence::in_probe(spec, format!("its certificate is issued by {issuer}"));
    let trusted = case
        .view
        .verified_with(configured)?
        .is_some_and(|trust| reaches(&chain[0], &chain[1..], &trust.anchors));
    if trusted {
        return Ok(Verdict::Pass(vec![verifies, seen]));
    }
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: format!(
            "the agents verify the certificate of {}, which no CA of theirs signed",
            instance.component
        ),
        evidence: vec![verifies, seen],
        remedies: vec![Remedy {
            title: "do not verify a certificate that is made anew at every start".to_owned(),
            steps: vec![setting::edit(
                configured,
                configured.instance.url.as_deref().unwrap_or("https://%%host%%:PORT/metrics"),
                &[("bearer_token_auth", "true"), ("ssl_verify", "false")],
            )],
            touches: Touches::Monitoring,
        }],
    }))
}

//! etcd demands a client certificate, and none is configured.

use super::remedy;
use crate::{
    doctor::{Case, Check, CheckId, Finding, Severity, Subjects, Verdict, fold},
    model::{
        component::Component,
        evidence::{Evidence, Locator},
        observed::Gap,
        question::{CertificateSource, Scheme},
    },
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("etcd-client-cert-missing"),
    title: "etcd demands a client certificate, and none is configured",
    subjects: Subjects::EachInstance(&[Component::Etcd]),
    symptom_of: &[],
    explain: r"
What was seen
  etcd asked for a client certificate in the handshake, got none, and broke off; and the agents' etcd check is
  configured without one.

What it means
  etcd runs with --client-cert-auth, or with --trusted-ca-file alone, which demands a certificate just as well.
  Its log has `tls: client didn't provide a certificate`; the alert is certificate_required, in TLS 1.2
  handshake_failure, and bad_certificate from an etcd that was built with an older Go.

How to confirm by hand
    curl -sk https://127.0.0.1:2379/metrics; echo $?
    openssl s_client -connect 127.0.0.1:2379 </dev/null 2>/dev/null | grep -A 3 'Acceptable client certificate CA names'

How to fix
  Where etcd opens a metrics URL on loopback let agents on the host's network ask that. Otherwise configure
  tls_cert and tls_private_key with a certificate of the CA that etcd names.

References
  etcd: configuration flags, --client-cert-auth, --trusted-ca-file, --listen-metrics-urls.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    if instance.endpoint.scheme == Scheme::Http {
        return Ok(Verdict::NotApplicable("plain HTTP needs no client certificate"));
    }
    if case.view.is_asked_by_nobody(instance) {
        return Ok(Verdict::NotApplicable("no Datadog Agent asks it"));
    }
    if case.view.node.is_some() {
        return Ok(Verdict::NotApplicable("a node tells nothing of what the agents present"));
    }
    let without = case.view.without_client_certificate(instance)?;
    let Some((spec, record)) = case.view.as_nobody(instance) else {
        if without.is_none() {
            return Ok(Verdict::NotApplicable(
                "a client certificate is configured, and nobody came without one",
            ));
        }
        let what = format!("whether etcd on {} demands a client certificate", instance.name);
        return Err(case.view.gap(instance, what));
    };
    if !record.broke_off_over_certificate() {
        return Ok(Verdict::NotApplicable("etcd was not seen to demand a client certificate"));
    }
    let seen = Evidence::in_probe(spec, fold::answer(record));
    let configuration = |claim| Evidence { claim, locator: Locator::Given("the configuration".to_owned()) };
    let Some(written) = without else {
        return Ok(Verdict::Pass(vec![seen, configuration("a client certificate is configured".to_owned())]));
    };
    let source =
        CertificateSource::Files { certificate: "tls.crt".to_owned(), key: Some("tls.key".to_owned()) };
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: "etcd demands a client certificate, and none is configured".to_owned(),
        evidence: vec![seen, configuration(written)],
        remedies: remedy::without_certificate(instance)
            .into_iter()
            .chain([remedy::issue_again(instance, &source)])
            .collect(),
    }))
}

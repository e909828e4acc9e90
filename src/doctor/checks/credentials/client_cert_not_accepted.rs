//! A client certificate is not accepted by a component that takes those of the cluster's CA.

use super::{DELEGATED, cannot_ask, unless_refused};
use crate::{
    certs::{Issuer, inspect::Purposes, issuer_among},
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict, fold},
    model::{answer::TlsSeen, evidence::Evidence, observed::Gap, question::Credential},
    view::Presented,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("client-cert-not-accepted"),
    title: "the client certificate is not accepted",
    subjects: Subjects::EachInstance(DELEGATED),
    symptom_of: &[],
    explain: r"
What was seen
  The component answered 401 to a request with a client certificate, where it answers 403 to a request with none.

What it means
  API server, controller-manager and scheduler ask for a client certificate and take any in the handshake; only then
  they verify it, and say 401 where it does not hold: it is over or not valid yet, it is for servers only, or
  another CA signed it, perhaps one of the same name. All of them look the same from outside, so the certificate
  itself is judged: its dates, its purposes, its issuer's name and key.

How to confirm by hand
    openssl x509 -in client.crt -noout -subject -issuer -dates -ext extendedKeyUsage
    openssl verify -purpose sslclient -CAfile /etc/kubernetes/pki/ca.crt client.crt

How to fix
  Issue one by the CA of --client-ca-file, for clients, with a group that may read the metrics, such as
  system:monitoring. Or use a service account's token, which is renewed by itself.

References
  Kubernetes: X.509 client certificates; the built-in group system:monitoring. Measured on 1.36: 401 with the same
  body for a certificate that is over, for servers only, or of another CA.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    let is_shown = |credential: &Credential| matches!(credential, Credential::ClientCertificate(_));
    let Some((spec, record)) = case.view.best_as(instance, is_shown) else {
        return Ok(Verdict::NotApplicable("it was not asked with a client certificate"));
    };
    let Some(presented) = case.view.client_certificate(instance)? else {
        return Ok(Verdict::NotApplicable("it was not asked with a client certificate"));
    };
    let seen = Evidence::in_probe(spec, fold::answer(record));
    if let Some(verdict) = unless_refused(record, &seen, "the answer says nothing of the certificate") {
        return Ok(verdict);
    }
    let reasons = against(case, &presented, record.tls.as_ref());
    // Certificates are verified by the component itself, so this needs no API server; what it may still lack without
    // one is the CA, which it reads there where no flag names it.
    if reasons.is_empty() && cannot_ask(case.view, instance).is_some() {
        return Ok(Verdict::NotApplicable("it cannot ask the API server, which is another problem"));
    }
    let reason = if reasons.is_empty() {
        "by its dates, purposes and issuer nothing is wrong with it, so another CA of the same name signed it, or its \
         signature does not hold"
            .to_owned()
    } else {
        reasons.join("; ")
    };
    let certificate = Evidence::in_certificate(
        &presented.source,
        format!("client certificate: {}", presented.facts.describe()),
    );
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: format!("the client certificate is not accepted: {reason}"),
        evidence: vec![certificate, seen],
        remedies: vec![Remedy {
            title: "show a certificate that the cluster's CA issued for clients, or a token".to_owned(),
            steps: vec![
                Step::Run(vec![
                    "(umask 077; kubectl -n datadog create token datadog-agent > token)".to_owned(),
                    format!(
                        "ctlmon doctor --endpoint {}={} --token-file token",
                        instance.component.profile().id,
                        instance.endpoint
                    ),
                ]),
                Step::Read("--client-ca-file of the component names the CA"),
            ],
            touches: Touches::Nothing,
        }],
    }))
}

/// What in the certificate itself explains a 401.
fn against(case: &Case<'_>, presented: &Presented, tls: Option<&TlsSeen>) -> Vec<String> {
    let facts = &presented.facts;
    let now = case.view.now();
    let mut reasons = Vec::new();
    if facts.not_after < now {
        reasons.push(format!("it ended at {}", facts.not_after));
    }
    if facts.not_before > now {
        reasons.push(format!("it begins only at {}", facts.not_before));
    }
    if matches!(facts.purposes, Purposes::Listed { client: false, .. }) {
        reasons.push("it is not for clients".to_owned());
    }
    reasons.extend(foreign(presented, tls));
    reasons
}

/// What its issuer is to the component, by the names that it sends when it asks for a certificate, by the CA that the
/// user gave, and by the CA of the component's own certificate where that bears the same name.
fn foreign(presented: &Presented, tls: Option<&TlsSeen>) -> Option<String> {
    let facts = &presented.facts;
    if let Some(tls) = tls
        && !tls.acceptable.is_empty()
        && !tls.acceptable.iter().any(|name| name.0 == facts.raw_issuer)
    {
        return Some(format!("it is issued by {}, from whom the component takes none", facts.issuer));
    }
    if let Some(authority) = &presented.authority {
        return match issuer_among(&presented.der, &authority.anchors) {
            Issuer::SameName(_) => {
                Some(format!("its issuer has the name of the CA in {} but another key", authority.origin))
            }
            Issuer::Signed(_) | Issuer::SameText(_) | Issuer::Stranger => None,
        };
    }
    let served =
        tls.and_then(|tls| tls.chain.first()).and_then(|leaf| crate::certs::inspect(&leaf.0).ok())?;
    let (theirs, ours) = (served.authority_key_id.as_ref()?, facts.authority_key_id.as_ref()?);
    (served.raw_issuer == facts.raw_issuer && theirs != ours).then(|| {
        format!(
            "its issuer has the name of the CA that signed the component's own certificate, but another key \
             (key id {ours} and not {theirs})"
        )
    })
}

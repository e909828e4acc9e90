//! The client certificate that is presented to etcd is of X.509 version 1.

use super::{
    presented::{Examination, examine},
    remedy,
};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Severity, Subjects, Verdict},
    model::{component::Component, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("etcd-client-cert-version-1"),
    title: "the client certificate for etcd is of X.509 version 1",
    subjects: Subjects::EachInstance(&[Component::Etcd]),
    symptom_of: &[],
    explain: r"
What was seen
  The certificate that the agents present to etcd is of X.509 version 1: it has no extensions, hence no purposes,
  no key ids and no mark that says that it is no CA.

What it means
  etcd 3.4 to 3.6 take it, so nothing is broken today. `openssl x509 -req` without an extension file makes such
  certificates. Many TLS libraries refuse to present or to verify them, rustls and webpki among them, and nothing
  limits what they may be used for.

How to confirm by hand
    openssl x509 -in tls.crt -noout -text | head -n 3

How to fix
  Issue it again with extensions: the purpose clientAuth, CA:FALSE and key ids.

References
  RFC 5280, section 4.1.2.1.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let examined = match examine(case)? {
        Examination::Certificate(examined) => examined,
        Examination::NotApplicable(reason) => return Ok(Verdict::NotApplicable(reason)),
    };
    if examined.presented.facts.version != 1 {
        return Ok(Verdict::Pass(examined.evidence()));
    }
    Ok(Verdict::Problem(Finding {
        severity: Severity::Warning,
        own_cause: false,
        summary: "the client certificate for etcd is of X.509 version 1, which etcd takes and others refuse"
            .to_owned(),
        evidence: examined.evidence(),
        remedies: vec![remedy::issue_again(examined.instance, &examined.presented.source)],
    }))
}

//! The client certificate that is presented to etcd lists no purpose at all, which is worth a note.

use super::{
    presented::{Examination, examine},
    remedy,
};
use crate::{
    certs::Purposes,
    doctor::{Case, Check, CheckId, Finding, Severity, Subjects, Verdict},
    model::{component::Component, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("etcd-client-cert-without-purpose"),
    title: "the client certificate for etcd lists no purpose at all",
    subjects: Subjects::EachInstance(&[Component::Etcd]),
    symptom_of: &[],
    explain: r"
What was seen
  The certificate that the agents present to etcd has no extended key usage.

What it means
  Nothing is broken: etcd takes such a certificate (3.4, 3.5 and 3.6 were tried). But it may be used for anything,
  also to stand in for an etcd member towards the API server.

How to confirm by hand
    openssl x509 -in tls.crt -noout -ext extendedKeyUsage

How to fix
  At the next renewal issue it with the purpose clientAuth alone.

References
  RFC 5280, section 4.2.1.12: without the extension every purpose is allowed.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let examined = match examine(case)? {
        Examination::Certificate(examined) => examined,
        Examination::NotApplicable(reason) => return Ok(Verdict::NotApplicable(reason)),
    };
    // A version 1 certificate cannot list any; it has a check of its own.
    if examined.presented.facts.version == 1 {
        return Ok(Verdict::NotApplicable("a version 1 certificate cannot list purposes"));
    }
    if examined.presented.facts.purposes != Purposes::Unlimited {
        return Ok(Verdict::Pass(examined.evidence()));
    }
    Ok(Verdict::Problem(Finding {
        severity: Severity::Note,
        own_cause: false,
        summary: "the client certificate for etcd lists no purpose; etcd takes it, and so would others"
            .to_owned(),
        evidence: examined.evidence(),
        remedies: vec![remedy::issue_again(examined.instance, &examined.presented.source)],
    }))
}

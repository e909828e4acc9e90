//! The client certificate that is presented to etcd is not meant for clients.

use super::{
    presented::{Examination, examine},
    remedy,
};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Severity, Subjects, Verdict},
    model::{component::Component, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("etcd-client-cert-without-client-auth"),
    title: "the client certificate for etcd is not meant for clients",
    subjects: Subjects::EachInstance(&[Component::Etcd]),
    symptom_of: &[],
    explain: r"
What was seen
  The certificate that the agents present to etcd lists purposes (extended key usage), and client authentication
  is not among them.

What it means
  etcd refuses it: its log has `certificate specifies an incompatible key usage`. Mostly a server's certificate
  was taken for a client's. kubeadm's etcd server certificate happens to have both purposes; those of other
  installers have not.

How to confirm by hand
    openssl x509 -in tls.crt -noout -ext extendedKeyUsage
    openssl verify -CAfile ca.crt -purpose sslclient tls.crt

How to fix
  Issue a certificate with the purpose clientAuth, and with that one alone: a certificate of etcd's CA that also
  has serverAuth could stand in for an etcd member.

References
  RFC 5280, section 4.2.1.12. etcd: transport security model.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let examined = match examine(case)? {
        Examination::Certificate(examined) => examined,
        Examination::NotApplicable(reason) => return Ok(Verdict::NotApplicable(reason)),
    };
    if examined.presented.facts.allows_client() || examined.is_accepted() {
        return Ok(Verdict::Pass(examined.evidence()));
    }
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: "the client certificate for etcd lists purposes, but not client authentication".to_owned(),
        evidence: examined.evidence(),
        remedies: remedy::replace(&examined),
    }))
}

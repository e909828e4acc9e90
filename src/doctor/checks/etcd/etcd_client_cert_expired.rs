//! The client certificate that is presented to etcd has expired.

use super::{
    presented::{Examination, examine},
    remedy,
};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Severity, Subjects, Verdict, age},
    model::{component::Component, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("etcd-client-cert-expired"),
    title: "the client certificate for etcd has expired",
    subjects: Subjects::EachInstance(&[Component::Etcd]),
    symptom_of: &[],
    explain: r"
What was seen
  The client certificate that the agents' etcd check is configured with ended before now. The date is read from
  the certificate itself. Where etcd could be asked with it, etcd broke the handshake off.

What it means
  etcd takes no expired certificate, so the check collects nothing. etcd's own log has `rejected connection on
  client endpoint` with `certificate has expired or is not yet valid`; the Agent shows an SSL error. Certificates
  issued as most articles do live for a year, and a certificate that was copied into a Secret is not renewed by
  `kubeadm certs renew`: it goes stale in silence.

How to confirm by hand
    openssl x509 -in tls.crt -noout -subject -issuer -dates
    curl --cacert ca.crt --cert tls.crt --key tls.key https://127.0.0.1:2379/metrics

How to fix
  Where etcd opens a metrics URL on loopback (kubeadm, RKE2 and k3s do, on port 2381) let agents on the host's
  network ask that: it needs no certificate. Otherwise issue a new certificate by the CA that etcd trusts.
  kubeadm's own /etc/kubernetes/pki/etcd/healthcheck-client.crt is renewed together with the cluster's.

References
  etcd: transport security model. kubeadm: certificate management.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let examined = match examine(case)? {
        Examination::Certificate(examined) => examined,
        Examination::NotApplicable(reason) => return Ok(Verdict::NotApplicable(reason)),
    };
    let until = examined.presented.facts.not_after;
    if until >= case.view.now() || examined.is_accepted() {
        return Ok(Verdict::Pass(examined.evidence()));
    }
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: format!(
            "the client certificate for etcd expired on {until}, {}",
            age::relative(case.view.now(), until)
        ),
        evidence: examined.evidence(),
        remedies: remedy::replace(&examined),
    }))
}

//! The client certificate that is presented to etcd is not valid yet.

use super::{
    presented::{Examination, examine},
    remedy,
};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Subjects, Touches, Verdict, age},
    model::{component::Component, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("etcd-client-cert-not-yet-valid"),
    title: "the client certificate for etcd is not valid yet",
    subjects: Subjects::EachInstance(&[Component::Etcd]),
    symptom_of: &[],
    explain: r"
What was seen
  The client certificate that the agents' etcd check is configured with begins after now. The date is read from
  the certificate itself.

What it means
  etcd refuses it with the very words that it has for an expired one, so the alert and the log mislead. Mostly
  the certificate was made on a machine whose clock was ahead, or the clock of the node is behind.

How to confirm by hand
    openssl x509 -in tls.crt -noout -dates
    date -u

How to fix
  Compare the clocks of this machine and of the nodes. If they are right, issue the certificate again.

References
  Measured on etcd 3.6: a certificate that is not valid yet gets the alert certificate_expired.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let examined = match examine(case)? {
        Examination::Certificate(examined) => examined,
        Examination::NotApplicable(reason) => return Ok(Verdict::NotApplicable(reason)),
    };
    let from = examined.presented.facts.not_before;
    if from <= case.view.now() || examined.is_accepted() {
        return Ok(Verdict::Pass(examined.evidence()));
    }
    let clock = Remedy::run(
        "compare the clocks of this machine and of the nodes",
        Touches::Nothing,
        &["date -u".to_owned()],
    );
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: format!(
            "the client certificate for etcd is not valid before {from}, {}",
            age::relative(case.view.now(), from)
        ),
        evidence: examined.evidence(),
        remedies: std::iter::once(clock).chain(remedy::replace(&examined)).collect(),
    }))
}

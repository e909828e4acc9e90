//! The serving certificate is not valid yet.

use super::serving::{Serving, renew, served};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Subjects, Touches, Verdict, age},
    model::{component::Component, evidence::Evidence, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("serving-cert-not-yet-valid"),
    title: "the serving certificate is not valid yet",
    subjects: Subjects::EachInstance(&Component::ALL),
    symptom_of: &[],
    explain: r"
What was seen
  The certificate that the server presented in the handshake begins after now.

What it means
  Whoever verifies the server breaks the connection off, mostly with the same words as for an expired one. A
  certificate that begins in the future was made on a machine whose clock was ahead, or this machine's clock is
  behind.

How to confirm by hand
    openssl s_client -connect 127.0.0.1:2379 </dev/null 2>/dev/null | openssl x509 -noout -dates
    date -u

How to fix
  Compare the clocks of this machine and of the node, mend the wrong one, and issue the certificate again if it
  was the node's.

References
  etcd: transport security model.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let served = match served(case)? {
        Serving::Seen(served) => served,
        Serving::NotApplicable(reason) => return Ok(Verdict::NotApplicable(reason)),
    };
    let evidence =
        vec![Evidence::in_probe(served.spec, format!("served a certificate: {}", served.facts.describe()))];
    if served.facts.not_before <= case.view.now() {
        return Ok(Verdict::Pass(evidence));
    }
    let clock = Remedy::run(
        "compare the clocks of this machine and of the server",
        Touches::Nothing,
        &["date -u".to_owned()],
    );
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: format!(
            "the serving certificate of {} is not valid before {}, {}",
            served.instance.component,
            served.facts.not_before,
            age::relative(case.view.now(), served.facts.not_before)
        ),
        evidence,
        remedies: vec![clock, renew(&served)],
    }))
}

//! The serving certificate has expired.

use super::serving::{Serving, renew, served};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Severity, Subjects, Verdict, age},
    model::{component::Component, evidence::Evidence, observed::Gap},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("serving-cert-expired"),
    title: "the serving certificate has expired",
    subjects: Subjects::EachInstance(&Component::ALL),
    symptom_of: &[],
    explain: r"
What was seen
  The certificate that the server presented in the handshake ended before now. ctlmon reads the dates from the
  certificate itself and compares them with the clock of the machine that it runs on.

What it means
  Whoever verifies the server, as the Agent does where tls_verify is on, breaks the connection off with
  `certificate has expired or is not yet valid`. Leaf certificates of kubeadm live for one year; renewed files
  count only after the static pod was restarted.

How to confirm by hand
    openssl s_client -connect 127.0.0.1:2379 </dev/null 2>/dev/null | openssl x509 -noout -dates
    date -u

How to fix
  Renew the certificate and restart the server. If the date above is wrong, mend the clock instead.

References
  kubeadm: certificate management. etcd: transport security model.
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
    if served.facts.not_after >= case.view.now() {
        return Ok(Verdict::Pass(evidence));
    }
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: format!(
            "the serving certificate of {} expired on {}, {}",
            served.instance.component,
            served.facts.not_after,
            age::relative(case.view.now(), served.facts.not_after)
        ),
        evidence,
        remedies: vec![renew(&served)],
    }))
}

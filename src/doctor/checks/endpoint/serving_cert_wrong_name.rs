//! The serving certificate does not name the host that is asked.

use super::serving::{Serving, served};
use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict},
    model::{component::Component, evidence::Evidence, observed::Gap, question::Endpoint},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("serving-cert-wrong-name"),
    title: "the serving certificate does not name the host that is asked",
    subjects: Subjects::EachInstance(&Component::ALL),
    symptom_of: &[],
    explain: r"
What was seen
  The certificate that the server presented does not list the host of the URL among its alternative names.

What it means
  Whoever verifies the server breaks the connection off: `certificate is valid for 127.0.0.1, not 10.0.0.11`,
  `Hostname mismatch`. Only alternative names count; the common name has not been looked at for years.

How to confirm by hand
    openssl s_client -connect 127.0.0.1:2379 </dev/null 2>/dev/null | openssl x509 -noout -ext subjectAltName

How to fix
  Ask the server by a name or address that its certificate lists, or have the certificate issued again with the
  one that is asked. Switching verification off is the last resort.

References
  RFC 6125. etcd: transport security model.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let served = match served(case)? {
        Serving::Seen(served) => served,
        Serving::NotApplicable(reason) => return Ok(Verdict::NotApplicable(reason)),
    };
    // On a node loopback is asked because it is at hand; of the others only the API server asks etcd there.
    if case.view.node.is_some() && served.instance.component != Component::Etcd {
        return Ok(Verdict::NotApplicable("nobody is known to ask it by this address"));
    }
    let host = &served.spec.endpoint.host;
    let evidence = vec![Evidence::in_probe(
        served.spec,
        format!("its certificate is valid for {}", served.facts.describe_hosts()),
    )];
    if served.facts.names_host(host) {
        return Ok(Verdict::Pass(evidence));
    }
    let listed = served
        .facts
        .addresses
        .iter()
        .map(ToString::to_string)
        .chain(served.facts.dns_names.iter().filter(|name| !name.starts_with('*')).cloned());
    let steps = listed
        .map(|host| Endpoint { host, ..served.spec.endpoint.clone() })
        .map(|endpoint| Step::Edit {
            file: format!(
                "the configuration of the Agent check {}",
                served.instance.component.profile().agent_check
            ),
            change: format!("prometheus_url: {endpoint}"),
        })
        .take(1)
        .chain([Step::Read(
            "or have the certificate issued again with this host among its alternative names",
        )])
        .collect();
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: format!("the serving certificate of {} does not name {host}", served.instance.component),
        evidence,
        remedies: vec![Remedy {
            title: "ask by a name that the certificate lists".to_owned(),
            steps,
            touches: Touches::Monitoring,
        }],
    }))
}

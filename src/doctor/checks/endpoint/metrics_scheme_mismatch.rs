//! Plain HTTP where TLS was expected, or the reverse.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict, fold},
    model::{
        component::Component,
        evidence::Evidence,
        observed::{FailureKind, Gap, Why},
        question::{Endpoint, Scheme},
    },
    view::View,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("metrics-scheme-mismatch"),
    title: "the port speaks plain HTTP where TLS is asked for, or the reverse",
    subjects: Subjects::EachInstance(&Component::ALL),
    symptom_of: &[],
    explain: r"
What was seen
  The port answered, but not in the protocol of the URL: its first bytes were no TLS record although the URL
  begins with https://, or it said that it had got an HTTP request on an HTTPS port although the URL begins with
  http://.

What it means
  The Agent reports `wrong version number` or `Connection reset by peer` and collects nothing. The usual cases:
  etcd's --listen-metrics-urls (port 2381 on kubeadm) is plain HTTP; a scheduler or controller-manager older than
  1.22 had a plain port (10251, 10252) which is gone since; the Agent's packaged etcd configuration asks
  http://localhost:2379, where kubeadm's etcd speaks TLS.

How to confirm by hand
    curl -s  -m 5 http://127.0.0.1:2381/metrics | head -n 3
    curl -sk -m 5 https://127.0.0.1:10259/healthz

How to fix
  Write the other scheme into the check's configuration (prometheus_url), with the credentials that it then needs.

References
  etcd: configuration flags, --listen-metrics-urls. Measured on 1.36: 6443, 10250, 10257 and 10259 answer plain
  HTTP with 400 and `Client sent an HTTP request to an HTTPS server.`; 2379 closes without a word.
",
    judge,
};

/// What Go's TLS server says to plain HTTP.
const SENT_HTTP: &str = "Client sent an HTTP request to an HTTPS server";

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let instance = case.instance()?;
    let Some((spec, record)) = case.view.best(instance) else {
        return Err(case.view.gap(instance, format!("{} on {}", instance.component, instance.name)));
    };
    let kind = record.failure.as_ref().map(|failure| failure.kind);
    let other = case.view.in_other_scheme(instance);
    let spoke_tls =
        || other.is_some_and(|(_, other)| other.tls.as_ref().is_some_and(|tls| !tls.chain.is_empty()));
    let right = match spec.endpoint.scheme {
        Scheme::Https if kind == Some(FailureKind::NotTls) => Scheme::Http,
        Scheme::Http if record.status() == Some(400) && record.text().contains(SENT_HTTP) => Scheme::Https,
        Scheme::Http if spoke_tls() => Scheme::Https,
        _ if record.http.is_some() || record.tls.as_ref().is_some_and(|tls| !tls.chain.is_empty()) => {
            let claim = format!("it speaks {}", spec.endpoint.scheme.as_str());
            return Ok(Verdict::Pass(vec![Evidence::in_probe(spec, claim)]));
        }
        _ => return Ok(Verdict::NotApplicable("nothing was answered")),
    };
    let mut evidence = vec![Evidence::in_probe(spec, fold::answer(record))];
    evidence.extend(other.map(|(spec, record)| Evidence::in_probe(spec, fold::answer(record))));
    if !View::is_its_own(instance, spec) {
        let reason = format!(
            "something answered {} in another protocol, but at this address it may be another's",
            spec.vantage
        );
        return Err(Gap::new(
            format!("{} on {}", instance.component, instance.name),
            Why::OutOfReach(reason),
        ));
    }
    let mended = Endpoint { scheme: right, ..spec.endpoint.clone() };
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: format!(
            "{} is asked by {}, but its port speaks {}",
            instance.component,
            spec.endpoint.scheme.as_str(),
            right.as_str()
        ),
        evidence,
        remedies: vec![Remedy {
            title: "write the other scheme into the check's configuration".to_owned(),
            steps: vec![Step::Edit {
                file: format!(
                    "the configuration of the Agent check {}",
                    instance.component.profile().agent_check
                ),
                change: format!("prometheus_url: {mended}"),
            }],
            touches: Touches::Monitoring,
        }],
    }))
}

//! What the four checks of serving certificates share: the certificate that was served, and whether anybody verifies it.

use crate::{
    certs::{self, CertificateFacts},
    doctor::{Case, Remedy, Step, Touches},
    model::{
        answer::{Der, ProbeRecord},
        observed::{Gap, Why},
        question::{ProbeSpec, Scheme},
    },
    view::{Instance, Trust},
};

/// A serving certificate that was seen.
pub(super) struct Served<'a> {
    pub(super) spec: &'a ProbeSpec,
    pub(super) instance: &'a Instance,
    pub(super) record: &'a ProbeRecord,
    pub(super) leaf: &'a Der,
    pub(super) facts: CertificateFacts,
    /// What it is verified with; `None` where nobody verifies, or that is missing.
    pub(super) trust: Option<Trust>,
}

/// Whether there is a serving certificate to judge.
pub(super) enum Serving<'a> {
    Seen(Box<Served<'a>>),
    NotApplicable(&'static str),
}

/// The certificate that the instance served, by the probe that saw most.
///
/// Who does not verify is not hurt by a bad certificate, so where nobody verifies only a named endpoint is judged.
pub(super) fn served<'a>(case: &Case<'a>) -> Result<Serving<'a>, Gap> {
    let instance = case.instance()?;
    if instance.endpoint.scheme == Scheme::Http {
        return Ok(Serving::NotApplicable("the endpoint is plain HTTP"));
    }
    if case.view.is_asked_by_nobody(instance) {
        return Ok(Serving::NotApplicable("no Datadog Agent asks it"));
    }
    let seen = case
        .view
        .probes(instance)
        .find_map(|(spec, record)| Some((spec, record, record.tls.as_ref()?.chain.first()?)));
    let what = format!("the serving certificate of {} on {}", instance.component, instance.name);
    let Some((spec, record, leaf)) = seen else {
        return match case.view.best(instance) {
            None => Err(case.view.gap(instance, what)),
            Some(_) => Ok(Serving::NotApplicable("no certificate was served")),
        };
    };
    let trust = match case.view.trust(instance) {
        Ok(None) if instance.named.is_none() => {
            return Ok(Serving::NotApplicable("the agents do not verify this certificate"));
        }
        // They are to verify, with a file that they lack: what is wrong with the certificate itself shows all the same.
        Err(gap) if instance.is_lacking(&gap) => None,
        trust => trust?,
    };
    let facts = certs::inspect(&leaf.0).map_err(|error| Gap::new(what, Why::Failed(error.to_string())))?;
    Ok(Serving::Seen(Box::new(Served { spec, instance, record, leaf, facts, trust })))
}

/// What to do about a serving certificate that is no longer, or not yet, good.
pub(super) fn renew(served: &Served<'_>) -> Remedy {
    let mut steps = vec![Step::Run(vec![format!(
        "openssl s_client -connect {} </dev/null 2>/dev/null | openssl x509 -noout -subject -issuer -dates",
        served.spec.endpoint.authority()
    )])];
    if served.instance.pod.is_some() {
        steps.push(Step::Run(vec![
            "kubeadm certs check-expiration".to_owned(),
            "kubeadm certs renew all".to_owned(),
        ]));
        steps.push(Step::Read(
            "on each control-plane node, as root; then restart the static pods (move their manifests away for 20 s)",
        ));
    } else {
        steps.push(Step::Read("renew the certificate where the server gets it from, and restart the server"));
    }
    Remedy { title: "renew the serving certificate".to_owned(), steps, touches: Touches::ControlPlane }
}

//! The serving certificate does not lead to the CA that it is verified with.

use super::serving::{Served, Serving, served};
use crate::{
    certs::{Issuer, chain::reaches, inspect, issuer_among},
    doctor::{Case, Check, CheckId, Finding, Remedy, Severity, Step, Subjects, Touches, Verdict},
    model::{component::Component, evidence::Evidence, observed::Gap},
    view::Trust,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("serving-cert-untrusted"),
    title: "the serving certificate does not lead to the CA that it is verified with",
    subjects: Subjects::EachInstance(&Component::ALL),
    symptom_of: &[],
    explain: r"
What was seen
  The chain that the server presented does not lead to any certificate of the CA file that it is verified with.
  ctlmon compares names and keys itself, and says which of three it is: a CA of another name; a CA of the same
  name with another key; a CA whose name reads the same but is written in other bytes.

What it means
  Whoever verifies the server breaks the connection off: `signed by unknown authority`, `unable to get local
  issuer certificate`, `BadSignature`. The same name with another key is the commonest: the etcd CA of every
  kubeadm cluster is called `etcd-ca`, so the CA file of another cluster, or of this one before it was built
  again, looks right to the eye.

How to confirm by hand
    openssl s_client -connect 127.0.0.1:2379 -showcerts </dev/null 2>/dev/null | openssl x509 -noout -issuer -ext authorityKeyIdentifier
    openssl x509 -in ca.crt -noout -subject -ext subjectKeyIdentifier

How to fix
  Verify with the CA that signed the certificate: for kubeadm's etcd /etc/kubernetes/pki/etcd/ca.crt, not
  /etc/kubernetes/pki/ca.crt.

References
  RFC 5280, section 6.1. Go's crypto/x509 chains by the exact bytes of the issuer's name.
",
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let served = match served(case)? {
        Serving::Seen(served) => served,
        Serving::NotApplicable(reason) => return Ok(Verdict::NotApplicable(reason)),
    };
    let Some(trust) = &served.trust else {
        return Ok(Verdict::NotApplicable("no CA was given to verify it with"));
    };
    let chain = served.record.tls.as_ref().map_or(&[][..], |tls| &tls.chain[..]);
    let issued = format!("its certificate is issued by {}", served.facts.issuer);
    if reaches(served.leaf, chain.get(1..).unwrap_or_default(), &trust.anchors) {
        let claim = format!("{issued}, which {} holds", trust.origin);
        return Ok(Verdict::Pass(vec![Evidence::in_probe(served.spec, claim)]));
    }
    // The last certificate of the chain is the one whose issuer nobody has.
    let last = chain.last().unwrap_or(served.leaf);
    let how = match issuer_among(last, &trust.anchors) {
        Issuer::SameName(_) => "the CA file has a CA of the same name with another key",
        Issuer::SameText(_) => "the CA file has a CA whose name reads the same but is written in other bytes",
        Issuer::Signed(_) | Issuer::Stranger => "the CA file holds no CA of that name",
    };
    Ok(Verdict::Problem(Finding {
        severity: Severity::Error,
        own_cause: false,
        summary: format!(
            "the serving certificate of {} does not lead to the CA that it is verified with: {how}",
            served.instance.component
        ),
        evidence: vec![Evidence::in_probe(served.spec, issued), held(trust)],
        remedies: vec![remedy(&served)],
    }))
}

fn held(trust: &Trust) -> Evidence {
    let subjects: Vec<String> = trust
        .anchors
        .iter()
        .filter_map(|anchor| inspect(&anchor.0).ok())
        .map(|facts| match facts.subject_key_id {
            Some(id) => format!("{} (key id {id})", facts.subject),
            None => facts.subject,
        })
        .collect();
    Evidence {
        claim: format!("holds {}", subjects.join(", ")),
        locator: crate::model::evidence::Locator::Given(trust.origin.clone()),
    }
}

fn remedy(served: &Served<'_>) -> Remedy {
    let ca = served
        .instance
        .flags
        .as_ref()
        .and_then(|flags| flags.get("trusted-ca-file").or_else(|| flags.get("client-ca-file")));
    let step = match ca {
        Some(path) => Step::Run(vec![format!("cat {path}")]),
        None => Step::Run(vec![format!(
            "openssl s_client -connect {} -showcerts </dev/null",
            served.spec.endpoint.authority()
        )]),
    };
    Remedy {
        title: "verify with the CA that signed the certificate".to_owned(),
        steps: vec![
            step,
            Step::Read("take this CA into the configuration, after comparing its key id on the node"),
        ],
        touches: Touches::Monitoring,
    }
}

//! How etcd took a client certificate, and what is wrong with the certificate by its own content.
//!
//! An alert proves that a certificate was refused and never why: etcd built with an older Go sends
//! `bad_certificate` for every cause. So the cause is judged from the certificate, and the probe only says
//! whether it was refused.

use crate::{
    certs::{Issuer, issuer_among},
    doctor::{Case, fold},
    model::{
        answer::{Der, ProbeRecord, Rung, TlsSeen},
        evidence::Evidence,
        observed::{Gap, Why},
        question::{Credential, ProbeSpec, Scheme},
    },
    view::{Instance, Presented},
};
use x509_parser::prelude::{FromDer as _, X509Name};

/// A client certificate, and how etcd took it.
pub(super) struct Examined<'a> {
    pub(super) instance: &'a Instance,
    pub(super) presented: Presented,
    pub(super) taken: Taken<'a>,
}

/// Whether there is a client certificate to examine.
pub(super) enum Examination<'a> {
    Certificate(Box<Examined<'a>>),
    NotApplicable(&'static str),
}

/// How etcd took the certificate.
pub(super) enum Taken<'a> {
    /// It answered over HTTP.
    Accepted(&'a ProbeSpec, &'a ProbeRecord),
    /// It asked for a certificate, got this one and broke off.
    Refused(&'a ProbeSpec, &'a ProbeRecord),
    /// It could not be asked, or fell earlier.
    Unseen(Gap),
}

/// What its issuer is to etcd.
pub(super) enum Descent {
    /// A CA that the same configuration trusts signed it, and etcd names no other.
    Known,
    /// Its issuer is not who etcd takes certificates from.
    Foreign(String),
    /// Nothing to compare with.
    Unclear,
}

/// The client certificate of the case's instance, with how etcd took it.
pub(super) fn examine<'a>(case: &Case<'a>) -> Result<Examination<'a>, Gap> {
    let instance = case.instance()?;
    if instance.endpoint.scheme == Scheme::Http {
        return Ok(Examination::NotApplicable("plain HTTP needs no client certificate"));
    }
    if case.view.is_asked_by_nobody(instance) {
        return Ok(Examination::NotApplicable("no Datadog Agent asks it"));
    }
    let presented = match case.view.client_certificate(instance) {
        Ok(Some(presented)) => presented,
        Ok(None) => return Ok(Examination::NotApplicable("no client certificate is configured")),
        Err(gap) if instance.is_lacking(&gap) => {
            return Ok(Examination::NotApplicable(
                "the agents lack the certificate, which is another problem",
            ));
        }
        Err(gap) => return Err(gap),
    };
    let taken = taken(case, instance, &presented);
    Ok(Examination::Certificate(Box::new(Examined { instance, presented, taken })))
}

fn taken<'a>(case: &Case<'a>, instance: &'a Instance, presented: &Presented) -> Taken<'a> {
    let what = format!("how etcd on {} takes the client certificate", instance.name);
    let wanted = Credential::ClientCertificate(presented.source.clone());
    let Some((spec, record)) = case.view.best_as(instance, |credential| *credential == wanted) else {
        return Taken::Unseen(case.view.gap(instance, what));
    };
    if record.rung == Rung::Answered {
        Taken::Accepted(spec, record)
    } else if record.broke_off_over_certificate() {
        Taken::Refused(spec, record)
    } else {
        let words =
            record.failure.as_ref().map_or_else(|| "nothing was seen".to_owned(), ToString::to_string);
        let gap = case.view.gap(instance, what);
        // A connection that did not come about stands in only for a better way that was refused.
        let is_makeshift = record.rung < Rung::Connected && matches!(gap.why, Why::Denied(_));
        Taken::Unseen(if is_makeshift { gap } else { Gap::new(gap.what, Why::Failed(words)) })
    }
}

impl Examined<'_> {
    /// What the certificate says of itself.
    pub(super) fn certificate(&self) -> Evidence {
        let facts = &self.presented.facts;
        Evidence::in_certificate(&self.presented.source, format!("client certificate: {}", facts.describe()))
    }

    /// What etcd did with it.
    pub(super) fn reaction(&self) -> Evidence {
        match &self.taken {
            Taken::Accepted(spec, record) | Taken::Refused(spec, record) => {
                Evidence::in_probe(spec, fold::answer(record))
            }
            Taken::Unseen(gap) => {
                Evidence::in_certificate(&self.presented.source, format!("not confirmed by a probe: {gap}"))
            }
        }
    }

    /// Whether etcd answered over HTTP although something seems wrong: then nothing is.
    pub(super) const fn is_accepted(&self) -> bool {
        matches!(self.taken, Taken::Accepted(..))
    }

    /// Whether etcd was seen to refuse it.
    pub(super) const fn is_refused(&self) -> bool {
        matches!(self.taken, Taken::Refused(..))
    }

    /// Both pieces of evidence.
    pub(super) fn evidence(&self) -> Vec<Evidence> {
        vec![self.certificate(), self.reaction()]
    }

    /// What its issuer is to etcd, by names and keys.
    ///
    /// What is known of etcd's own trust: the names that it sends when it asks for a certificate, and the CA that
    /// verifies its serving certificate, which on every distribution that ctlmon knows signs client
    /// certificates too.
    pub(super) fn descent(&self) -> Descent {
        let facts = &self.presented.facts;
        let tls = match &self.taken {
            Taken::Refused(_, record) | Taken::Accepted(_, record) => record.tls.as_ref(),
            Taken::Unseen(_) => None,
        };
        if let Some(tls) = tls
            && !tls.acceptable.is_empty()
            && !tls.acceptable.iter().any(|name| name.0 == facts.raw_issuer)
        {
            return Descent::Foreign(if tls.acceptable.iter().any(|name| read(name) == facts.issuer) {
                "its issuer's name reads like that of etcd's CA, but is written in other bytes".to_owned()
            } else {
                format!(
                    "etcd takes certificates of {}, and this one is issued by {}",
                    tls.acceptable.iter().map(read).collect::<Vec<_>>().join(" or "),
                    facts.issuer
                )
            });
        }
        let Some(authority) = &self.presented.authority else { return self.descent_by_key_ids(tls) };
        match issuer_among(&self.presented.der, &authority.anchors) {
            Issuer::Signed(_) => Descent::Known,
            Issuer::SameName(_) => Descent::Foreign(format!(
                "its issuer has the name of the CA in {} but another key",
                authority.origin
            )),
            Issuer::SameText(_) => Descent::Foreign(format!(
                "its issuer's name reads like that of the CA in {}, but is written in other bytes",
                authority.origin
            )),
            // etcd may take client certificates from a CA that it did not get its own certificate from.
            Issuer::Stranger if tls.is_some_and(|tls| !tls.acceptable.is_empty()) => Descent::Unclear,
            Issuer::Stranger => Descent::Foreign(format!(
                "it is issued by {}, which {} does not hold",
                facts.issuer, authority.origin
            )),
        }
    }

    /// Without a CA at hand: two certificates of one issuer name with two authority key ids have two issuers.
    fn descent_by_key_ids(&self, tls: Option<&TlsSeen>) -> Descent {
        let facts = &self.presented.facts;
        let served =
            tls.and_then(|tls| tls.chain.first()).and_then(|leaf| crate::certs::inspect(&leaf.0).ok());
        match served {
            Some(served) if served.raw_issuer == facts.raw_issuer => {
                match (&served.authority_key_id, &facts.authority_key_id) {
                    (Some(theirs), Some(ours)) if theirs != ours => Descent::Foreign(format!(
                        "its issuer has the name of the CA that signed etcd's own certificate, but another key \
                         (key id {ours} and not {theirs})"
                    )),
                    (Some(_), Some(_)) => Descent::Known,
                    _ => Descent::Unclear,
                }
            }
            _ => Descent::Unclear,
        }
    }
}

/// A name as people write it, out of its DER.
fn read(name: &Der) -> String {
    X509Name::from_der(&name.0).map_or_else(|_| "an unreadable name".to_owned(), |(_, name)| name.to_string())
}

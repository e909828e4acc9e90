//! Whether etcd takes a client certificate, by what etcd itself accepts; and what a refusal means, told by dates, names and
//! keys. The text of an error or an alert decides nothing.

use super::{
    chain::{Issuer, issuer_among, reaches},
    inspect::{CertificateFacts, InspectError, Purposes, fingerprint, inspect},
    review::Level,
};
use crate::model::{
    answer::{Der, ProbeRecord, Rung, TlsSeen},
    observed::FailureKind,
};
use jiff::{SignedDuration, Timestamp};

/// A certificate that begins so soon after now was rather made by a clock that is ahead than meant to begin then.
const CLOCK_DRIFT: SignedDuration = SignedDuration::from_hours(26);

/// What is verified.
#[derive(Debug)]
pub struct Presented {
    /// The client's certificate first, then what is sent along.
    pub chain: Vec<Der>,
    /// The SHA-256 of its private key's public half in hex.
    pub public_key: Option<String>,
    /// The CA certificates that etcd is said to trust.
    pub anchors: Vec<Der>,
}

/// What was found out about one thing that must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its name, for programs.
    pub id: &'static str,
    /// `None` where it holds.
    pub level: Option<Level>,
    /// What was seen.
    pub text: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// Judges what can be judged without asking etcd.
///
/// # Errors
/// Where a certificate cannot be read.
pub fn offline(presented: &Presented, now: Timestamp) -> Result<Vec<Outcome>, InspectError> {
    let Some((leaf, rest)) = presented.chain.split_first() else { return Ok(Vec::new()) };
    let facts = inspect(&leaf.0)?;
    let mut outcomes = vec![dates(&facts, now), issuer(presented, leaf, rest)?];
    for der in &presented.anchors {
        let anchor = inspect(&der.0)?;
        if anchor.not_after < now && reaches(leaf, rest, std::slice::from_ref(der)) {
            let text = format!("its CA, {}, expired on {}", anchor.subject, anchor.not_after);
            outcomes.push(failed(
                "ca-expired",
                text,
                "replace the CA of etcd, and issue every certificate of it again",
            ));
        }
    }
    outcomes.extend(purpose(&facts));
    outcomes.push(match &presented.public_key {
        Some(public) if *public == fingerprint(&facts.public_key) => {
            holds("key", "the private key belongs to the certificate")
        }
        Some(_) => failed(
            "key-mismatch",
            "the private key does not belong to the certificate".to_owned(),
            "look for the key that was made together with it, or issue both anew",
        ),
        None => failed(
            "key-unread",
            "the private key cannot be read".to_owned(),
            "see what openssl pkey -in FILE -noout says",
        ),
    });
    if facts.version == 1 {
        outcomes.push(said(
            Level::Warning,
            "version-1",
            "it is an X.509 version 1 certificate: etcd accepts it, other TLS libraries refuse to load it",
        ));
    }
    if facts.is_ca {
        let text = "it is a CA: etcd accepts it, and whoever holds its key can make more certificates";
        outcomes.push(said(Level::Warning, "ca-as-client", text));
    }
    if facts.is_signed_weakly && !presented.anchors.contains(leaf) {
        let text =
            format!("it is signed by {}, which etcd built with Go 1.18 or later refuses", facts.signature);
        outcomes.push(failed("weak-signature", text, "issue it again: ctlmon certs issue"));
    }
    Ok(outcomes)
}

fn dates(facts: &CertificateFacts, now: Timestamp) -> Outcome {
    if facts.not_after < now {
        return failed(
            "expired",
            format!("it expired on {}", facts.not_after),
            "issue it again: ctlmon certs renew",
        );
    }
    if facts.not_before > now {
        let ahead = facts.not_before.duration_since(now);
        let text = format!("it is not valid before {}, and here it is {now}", facts.not_before);
        return if ahead < CLOCK_DRIFT {
            failed(
                "clock",
                text,
                "a clock is wrong, here or where it was issued: set both by NTP, and issue it again if that was the one",
            )
        } else {
            failed("not-yet-valid", text, "issue it again, or wait")
        };
    }
    holds("dates", &format!("it is valid from {} until {}", facts.not_before, facts.not_after))
}

fn issuer(presented: &Presented, leaf: &Der, rest: &[Der]) -> Result<Outcome, InspectError> {
    if reaches(leaf, rest, &presented.anchors) {
        return Ok(holds("issuer", "a CA of --ca signed it, verified by its key"));
    }
    // What is wrong is wrong at the last certificate that was followed to.
    let mut last = leaf;
    let mut steps = 0;
    while let Issuer::Signed(place) = issuer_among(last, rest) {
        if rest[place] == *last || steps > rest.len() {
            break;
        }
        last = &rest[place];
        steps += 1;
    }
    let facts = inspect(&last.0)?;
    let subject =
        |place: usize| inspect(&presented.anchors[place].0).map(|facts| facts.subject).unwrap_or_default();
    Ok(match issuer_among(last, &presented.anchors) {
        Issuer::SameName(place) => {
            let ids = inspect(&presented.anchors[place].0).ok().and_then(|anchor| anchor.subject_key_id);
            let ids = match (&facts.authority_key_id, ids) {
                (Some(ours), Some(theirs)) if *ours != theirs => format!(" (key id {ours} and not {theirs})"),
                _ => String::new(),
            };
            failed(
                "same-name-other-key",
                format!("its issuer has the name of the CA, {}, and another key{ids}", subject(place)),
                "it is of another cluster's CA, or of this one's before it was replaced: issue it by the CA that etcd trusts now",
            )
        }
        Issuer::SameText(place) => failed(
            "same-name-other-key",
            format!(
                "its issuer's name reads like {}, and is written in other bytes: Go takes it for another CA",
                subject(place)
            ),
            "issue it again with ctlmon, which takes the CA's name as it is",
        ),
        Issuer::Signed(_) | Issuer::Stranger => failed(
            "other-ca",
            format!("it is issued by {}, which is no CA of --ca", facts.issuer),
            "issue it by the CA that etcd names in --trusted-ca-file",
        ),
    })
}

fn purpose(facts: &CertificateFacts) -> Vec<Outcome> {
    match facts.purposes {
        Purposes::Listed { client: false, .. } => vec![failed(
            "no-client-auth",
            "its purposes do not include client authentication".to_owned(),
            "issue one that has it: ctlmon certs issue",
        )],
        Purposes::Listed { client: true, .. } => vec![holds("purpose", "it is for client authentication")],
        Purposes::Unlimited => {
            vec![said(Level::Note, "no-purpose", "it lists no purpose, which etcd takes for every purpose")]
        }
    }
}

/// Judges what etcd answered, beside what was judged offline.
#[must_use]
pub fn live(
    presented: &Presented,
    host: &str,
    record: &ProbeRecord,
    offline: &[Outcome],
    now: Timestamp,
) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    if let Some(tls) = record.tls.as_ref().filter(|tls| !tls.chain.is_empty()) {
        outcomes.extend(server(presented, host, tls, now));
    }
    outcomes.push(answer(record, offline, now));
    outcomes
}

fn server(presented: &Presented, host: &str, tls: &TlsSeen, now: Timestamp) -> Vec<Outcome> {
    let Some((leaf, rest)) = tls.chain.split_first() else { return Vec::new() };
    let Ok(facts) = inspect(&leaf.0) else {
        return vec![failed(
            "server-untrusted",
            "the server's certificate cannot be read".to_owned(),
            "see what runs there",
        )];
    };
    let mut outcomes = Vec::new();
    if !reaches(leaf, rest, &presented.anchors) {
        let why = match issuer_among(leaf, &presented.anchors) {
            Issuer::SameName(_) => "whose name a CA of --ca has, with another key",
            _ => "which is no CA of --ca",
        };
        outcomes.push(failed(
            "server-untrusted",
            format!("the server's certificate is issued by {}, {why}", facts.issuer),
            "name the CA that signed etcd's own certificate: ctlmon certs inspect https://HOST:PORT shows its issuer",
        ));
    } else if !tls.key_proven {
        let text = "the server did not prove that it holds the key of its certificate".to_owned();
        outcomes.push(failed("server-untrusted", text, "see what stands between here and etcd"));
    }
    if !facts.names_host(host) {
        let text = format!("the server's certificate is not for {host}, but for {}", facts.describe_hosts());
        outcomes.push(failed("name", text, "ask it under one of those names"));
    }
    if facts.not_after < now {
        outcomes.push(failed(
            "server-expired",
            format!("the server's certificate expired on {}", facts.not_after),
            "renew etcd's own certificate, and restart it",
        ));
    } else if facts.not_before > now {
        outcomes.push(failed(
            "clock",
            format!(
                "the server's certificate is not valid before {}, and here it is {now}",
                facts.not_before
            ),
            "set the clocks here and on etcd's machine by NTP",
        ));
    }
    if outcomes.is_empty() {
        outcomes.push(holds(
            "server",
            &format!("the server is {}, of the same CA, and named {host}", facts.subject),
        ));
    }
    outcomes
}

fn answer(record: &ProbeRecord, offline: &[Outcome], now: Timestamp) -> Outcome {
    let was = |id: &str| offline.iter().any(|outcome| outcome.id == id);
    if record.rung == Rung::Answered {
        if was("expired") || was("not-yet-valid") || was("clock") {
            let text = format!("etcd accepted a certificate that by the clock here, {now}, is not valid");
            return failed("clock", text, "set the clocks here and on etcd's machine by NTP");
        }
        return match record.status() {
            Some(200) if record.served_metrics() => {
                holds("answer", "etcd accepted it, and served its metrics")
            }
            Some(status) => failed(
                "answer",
                format!("etcd accepted the certificate, and answered {status} without metrics"),
                "name the URL of the metrics: https://HOST:2379/metrics",
            ),
            None => failed("answer", "no status was answered".to_owned(), "see what runs there"),
        };
    }
    let words = record.failure.as_ref().map_or_else(|| "nothing was seen".to_owned(), ToString::to_string);
    if record.broke_off_over_certificate() {
        let fault = offline.iter().find(|outcome| outcome.level == Some(Level::Error));
        let alert = record.tls.as_ref().and_then(|tls| tls.alert.as_deref()).unwrap_or_default();
        return match fault {
            Some(fault) => failed(
                "refused",
                format!("etcd refused it, as was to be expected: {}", fault.text),
                "see above",
            ),
            // Only this alert has one meaning, and only newer releases of Go send it.
            None if alert == "certificate_expired" => failed(
                "clock",
                format!(
                    "etcd takes it for expired or not yet valid, and by the clock here, {now}, it is valid"
                ),
                "set the clock of etcd's machine by NTP",
            ),
            None => failed(
                "refused",
                "etcd refused it, and nothing in it says why".to_owned(),
                "does etcd trust another CA than --ca (--trusted-ca-file), or want a host name in it (--client-cert-allowed-hostname)?",
            ),
        };
    }
    let remedy = match record.failure.as_ref().map(|failure| failure.kind) {
        Some(FailureKind::Refused) => {
            "does etcd listen there? on most distributions it does so on control-plane nodes alone"
        }
        Some(FailureKind::NotTls) => "it speaks plain HTTP there, and needs no certificate: ask http://",
        _ => "is it reachable from here? ask from a control-plane node",
    };
    failed("unreachable", format!("etcd could not be asked: {words}"), remedy)
}

impl Outcome {
    /// Whether it keeps the certificate from being of use.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.level == Some(Level::Error)
    }
}

fn holds(id: &'static str, text: &str) -> Outcome {
    Outcome { id, level: None, text: text.to_owned(), remedy: None }
}

fn said(level: Level, id: &'static str, text: &str) -> Outcome {
    Outcome { id, level: Some(level), text: text.to_owned(), remedy: None }
}

fn failed(id: &'static str, text: String, remedy: &str) -> Outcome {
    Outcome { id, level: Some(Level::Error), text, remedy: Some(remedy.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        answer::{BodyKind, BodySeen, HttpSeen, MetricsSeen},
        observed::Failure,
    };
    use std::collections::BTreeMap;

    fn accepted() -> ProbeRecord {
        let body = BodySeen { kind: BodyKind::Metrics(MetricsSeen::default()), bytes: 1, complete: true };
        let http = HttpSeen { status: 200, headers: BTreeMap::new(), body };
        ProbeRecord { rung: Rung::Answered, failure: None, tls: None, http: Some(http), elapsed_ms: 1 }
    }

    fn refused(alert: &str) -> ProbeRecord {
        let tls = TlsSeen {
            version: None,
            chain: Vec::new(),
            key_proven: true,
            asked_for_certificate: true,
            acceptable: Vec::new(),
            presented: true,
            alert: Some(alert.to_owned()),
        };
        let failure = Some(Failure::new(FailureKind::Alert, alert));
        ProbeRecord { rung: Rung::Handshaken, failure, tls: Some(tls), http: None, elapsed_ms: 1 }
    }

    /// What was judged offline, what etcd did, and what that means.
    fn check(offline: Option<&'static str>, record: &ProbeRecord, expected: (&str, bool)) {
        let offline: Vec<Outcome> = offline.map(|id| failed(id, "it".to_owned(), "")).into_iter().collect();
        let outcome = answer(record, &offline, Timestamp::UNIX_EPOCH);
        assert_eq!((outcome.id, outcome.is_failure()), expected, "{outcome:?}");
    }

    #[test]
    fn what_etcd_does_is_read_beside_what_the_certificate_says() {
        check(None, &accepted(), ("answer", false));
        // etcd and this machine cannot both have the right time.
        check(Some("expired"), &accepted(), ("clock", true));
        check(Some("not-yet-valid"), &accepted(), ("clock", true));
        check(None, &refused("certificate_expired"), ("clock", true));
        check(Some("expired"), &refused("certificate_expired"), ("refused", true));
        check(None, &refused("bad_certificate"), ("refused", true));
        check(Some("other-ca"), &refused("unknown_ca"), ("refused", true));
        let failure = Some(Failure::new(FailureKind::Refused, ""));
        let record = ProbeRecord { rung: Rung::Resolved, failure, tls: None, http: None, elapsed_ms: 1 };
        check(None, &record, ("unreachable", true));
    }
}

//! What is said before and after a certificate is issued: which CA, what the certificate opens, and what came of it.

use crate::{
    certs::{
        authority::Authority,
        issue::Issued,
        places::{Opens, Place},
        verify::Outcome,
    },
    render::{
        certs::level,
        console::{Console, Tone},
        text::{harmless, wrap},
    },
};

/// Columns before the text of an entry.
const INDENT: usize = 13;

/// What came of issuing.
pub struct Made<'a> {
    /// The certificate.
    pub issued: &'a Issued,
    /// What was written, and where.
    pub written: &'a [String],
    /// What etcd made of it, where it was asked.
    pub outcomes: &'a [Outcome],
    /// What asks etcd in the same way by hand.
    pub curl: Option<&'a str>,
    /// What is left to do.
    pub next: &'a [String],
}

/// Which CA signs, and why this one.
#[must_use]
pub fn chosen(console: &Console, authority: &Authority, path: &str, why: &str) -> String {
    let facts = &authority.facts;
    let mut out = String::new();
    entry(&mut out, console, "CA", &facts.subject);
    whole(&mut out, console, "in", path);
    entry(&mut out, console, "chosen", why);
    if let Some(id) = &facts.subject_key_id {
        entry(&mut out, console, "key id", id);
    }
    entry(&mut out, console, "valid", &format!("until {}", facts.not_after));
    out
}

/// What a certificate of this CA opens, and what would be safer.
#[must_use]
pub fn warning(console: &Console, opens: Opens, place: Option<&Place>) -> String {
    let mut out = String::new();
    let mut say = |label: &str, tone: Tone, text: &str| {
        let lead = console.paint.tone(tone, &format!("{label:<INDENT$}"));
        wrap(&mut out, console.width, &lead, INDENT, text);
    };
    say(
        "warning",
        Tone::Bad,
        "whoever holds a client certificate of this CA reads and writes all of etcd, and so the whole cluster with every Secret in \
         it: etcd's own authorisation is off, as everywhere, and neither the name nor the purpose nor a short life of the \
         certificate limits that. It passes by the API server's audit, admission and RBAC, and nothing takes it back before it \
         expires but a new CA.",
    );
    if opens == Opens::EtcdAndApi {
        say(
            "warning",
            Tone::Bad,
            "this CA is the cluster's own CA as well: the certificate is an identity for the API server, the kubelets and the \
             controller manager too, and whoever gets at the CA's key can make a cluster-admin of any name.",
        );
    }
    if let Some(place) = place {
        for safer in place.safer {
            say("safer", Tone::Good, safer);
        }
    }
    out
}

/// What came of it.
#[must_use]
pub fn summary(console: &Console, made: &Made<'_>) -> String {
    let mut out = String::new();
    let facts = &made.issued.facts;
    entry(&mut out, console, "subject", &facts.subject);
    entry(&mut out, console, "serial", &facts.serial);
    let cut = if made.issued.is_cut { ", cut to the end of its CA" } else { "" };
    entry(&mut out, console, "valid", &format!("from {} until {}{cut}", facts.not_before, facts.not_after));
    entry(&mut out, console, "key", &facts.key.to_string());
    for written in made.written {
        whole(&mut out, console, "wrote", written);
    }
    outcomes(&mut out, console, made.outcomes);
    if let Some(curl) = made.curl {
        whole(&mut out, console, "by hand", curl);
    }
    for next in made.next {
        entry(&mut out, console, "next", next);
    }
    out
}

/// What was made for a CA elsewhere, and how to go on.
#[must_use]
pub fn asked(console: &Console, written: &[String], next: &str) -> String {
    let mut out = String::new();
    for written in written {
        whole(&mut out, console, "wrote", written);
    }
    entry(&mut out, console, "next", next);
    out
}

/// What was found out about each thing that must hold, with what to do where one does not.
pub(super) fn outcomes(out: &mut String, console: &Console, outcomes: &[Outcome]) {
    for outcome in outcomes {
        let (word, tone) = outcome.level.map_or(("ok", Tone::Good), level);
        let lead = console.paint.tone(tone, &format!("{word:<INDENT$}"));
        wrap(out, console.width, &lead, INDENT, &harmless(&format!("{} ({})", outcome.text, outcome.id)));
        if let Some(remedy) = &outcome.remedy {
            wrap(out, console.width, &" ".repeat(INDENT), INDENT, &format!("-> {}", harmless(remedy)));
        }
    }
}

/// The same on one line, however long: a command or path that is broken cannot be pasted.
pub(super) fn whole(out: &mut String, console: &Console, label: &str, text: &str) {
    out.push_str(&console.paint.tone(Tone::Faint, &format!("{label:<INDENT$}")));
    out.push_str(&harmless(text));
    out.push('\n');
}

pub(super) fn entry(out: &mut String, console: &Console, label: &str, text: &str) {
    let lead = console.paint.tone(Tone::Faint, &format!("{label:<INDENT$}"));
    wrap(out, console.width, &lead, INDENT, &harmless(text));
}

//! What a cluster is, in words: the answer first, then what it rests on.

use super::{
    console::{Console, Tone},
    text::{count, harmless, wrap},
};
use crate::{
    distributions::{Candidate, Detection, Place, Placed, Who},
    model::evidence::Evidence,
};
use std::fmt::Write as _;

/// Columns before the text of an entry.
const INDENT: usize = 9;

/// One line: name, version, certainty, place.
#[must_use]
pub fn headline(detection: &Detection) -> String {
    let who = match &detection.who {
        Who::Certain(best) => named(best),
        Who::Likely { best, rivals } if rivals.is_empty() => format!("probably {}", named(best)),
        Who::Likely { best, rivals } => {
            let rivals: Vec<&str> = rivals.iter().map(|rival| rival.distribution.name).collect();
            format!("probably {}, or {}", named(best), rivals.join(" or "))
        }
        Who::Unknown => "unknown distribution".to_owned(),
    };
    format!("{who}; {}", place_words(&detection.place))
}

fn named(candidate: &Candidate) -> String {
    let mut text = candidate.distribution.name.to_owned();
    for part in [&candidate.identity.variant, &candidate.identity.version].into_iter().flatten() {
        text.push(' ');
        text.push_str(&harmless(part));
    }
    text
}

fn place_words(placed: &Placed) -> String {
    let words = match placed.place {
        Place::StaticPods => "runs as static pods",
        Place::HostProcesses => "runs as processes of its nodes",
        Place::Hosted => "is hosted, out of reach",
        Place::HostedPartial => "is hosted, partly readable through the API server",
        Place::Virtual => "runs in a pod of another cluster",
        Place::Unknown => return "where its control plane runs is unknown".to_owned(),
    };
    let maybe = if placed.certain { "" } else { "probably " };
    format!("the control plane {maybe}{words}")
}

/// The answer with its evidence, for people.
#[must_use]
pub fn human(console: &Console, detection: &Detection) -> String {
    let mut out = String::new();
    wrap(&mut out, console.width, "", 0, &console.paint.tone(Tone::Strong, &headline(detection)));
    let mut section = |label: &str, evidence: &[Evidence]| {
        for piece in evidence {
            let lead = console.paint.tone(Tone::Faint, &format!("{label:<INDENT$}"));
            let text = format!("{} ({})", harmless(&piece.claim), harmless(&piece.locator.to_string()));
            wrap(&mut out, console.width, &lead, INDENT, &text);
        }
    };
    if let Some(best) = detection.best() {
        section("because", &best.evidence);
    }
    section("place", &detection.place.evidence);
    section("against", &detection.contradictions);
    for rival in detection.rivals() {
        section(&format!("{:.8}", rival.distribution.id), &rival.evidence);
    }
    for hint in &detection.hints {
        section("hint", &hint.evidence);
    }
    for gap in &detection.gaps {
        let lead = console.paint.tone(Tone::Open, &format!("{:<INDENT$}", "unseen"));
        wrap(&mut out, console.width, &lead, INDENT, &harmless(&gap.to_string()));
    }
    let certainty = certainty(detection);
    let _ = writeln!(
        out,
        "{certainty}{}",
        if detection.gaps.is_empty() {
            String::new()
        } else {
            format!(", {} not looked at", count(detection.gaps.len(), "thing", "things"))
        }
    );
    out
}

/// The id alone, with one newline at its end; `unknown` where none is named.
#[must_use]
pub fn name(detection: &Detection) -> String {
    format!("{}\n", detection.best().map_or("unknown", |best| best.distribution.id))
}

pub(super) const fn certainty(detection: &Detection) -> &'static str {
    match detection.who {
        Who::Certain(_) => "certain",
        Who::Likely { .. } => "likely",
        Who::Unknown => "unknown",
    }
}

//! What a cluster is, in words and as JSON: the answer first, then what it rests on.

use super::{
    console::{Console, Tone},
    json::{EvidenceV1, GapV1},
    text::{count, harmless, wrap},
};
use crate::{
    distributions::{Candidate, Detection, Place, Placed, Who},
    model::{evidence::Evidence, snapshot::Snapshot},
};
use serde::Serialize;
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

const fn certainty(detection: &Detection) -> &'static str {
    match detection.who {
        Who::Certain(_) => "certain",
        Who::Likely { .. } => "likely",
        Who::Unknown => "unknown",
    }
}

#[derive(Serialize)]
struct DetectV1<'a> {
    format: u32,
    tool: &'a str,
    taken_at: String,
    distribution: DistributionV1,
    certainty: &'static str,
    control_plane: ControlPlaneV1,
    evidence: Vec<EvidenceV1>,
    rivals: Vec<RivalV1>,
    contradictions: Vec<EvidenceV1>,
    gaps: Vec<GapV1>,
    exit: u8,
}

/// The distribution in JSON, shared with the report of `doctor`.
#[derive(Serialize)]
pub(super) struct DistributionV1 {
    id: Option<&'static str>,
    name: Option<&'static str>,
    variant: Option<String>,
    version: Option<String>,
    certainty: &'static str,
}

/// The place of the control plane in JSON, shared with the report of `doctor`.
#[derive(Serialize)]
pub(super) struct ControlPlaneV1 {
    place: &'static str,
    certain: bool,
    evidence: Vec<EvidenceV1>,
}

#[derive(Serialize)]
struct RivalV1 {
    id: &'static str,
    name: &'static str,
    evidence: Vec<EvidenceV1>,
}

/// The answer as JSON, with one newline at its end.
///
/// # Errors
/// None that can come about: every type here is a plain tree.
pub fn json(snapshot: &Snapshot, detection: &Detection, exit: u8) -> Result<String, serde_json::Error> {
    let evidence = |pieces: &[Evidence]| pieces.iter().map(EvidenceV1::of).collect();
    let document = DetectV1 {
        format: super::json::FORMAT,
        tool: &snapshot.tool,
        taken_at: snapshot.taken_at.to_string(),
        distribution: DistributionV1::of(detection),
        certainty: certainty(detection),
        control_plane: ControlPlaneV1::of(detection),
        evidence: evidence(detection.best().map_or(&[], |best| best.evidence.as_slice())),
        rivals: detection
            .rivals()
            .iter()
            .map(|rival| RivalV1 {
                id: rival.distribution.id,
                name: rival.distribution.name,
                evidence: evidence(&rival.evidence),
            })
            .collect(),
        contradictions: evidence(&detection.contradictions),
        gaps: detection.gaps.iter().map(GapV1::of).collect(),
        exit,
    };
    serde_json::to_string_pretty(&document).map(|text| text + "\n")
}

impl DistributionV1 {
    pub(super) fn of(detection: &Detection) -> Self {
        let best = detection.best();
        Self {
            id: best.map(|best| best.distribution.id),
            name: best.map(|best| best.distribution.name),
            variant: best.and_then(|best| best.identity.variant.clone()),
            version: best.and_then(|best| best.identity.version.clone()),
            certainty: certainty(detection),
        }
    }
}

impl ControlPlaneV1 {
    pub(super) fn of(detection: &Detection) -> Self {
        Self {
            place: detection.place.place.id(),
            certain: detection.place.certain,
            evidence: detection.place.evidence.iter().map(EvidenceV1::of).collect(),
        }
    }
}

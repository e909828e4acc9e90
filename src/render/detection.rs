//! What a cluster is, in words: the answer first, then what it rests on. It decides nothing.

use super::{
    console::{Console, Tone},
    text::{count, harmless, wrap},
    weighing::Weighing,
};
use crate::{
    distributions::{Candidate, Detection, Facts, Place, Placed, Who},
    model::{
        evidence::Evidence,
        observed::Gap,
        snapshot::{CutShort, Snapshot},
    },
    monitoring::{Found, Monitoring},
};
use jiff::Timestamp;
use std::{collections::BTreeSet, fmt::Write as _};

/// Columns before the text of an entry.
const INDENT: usize = 9;

/// How many pieces of evidence of one kind are shown where the whole weighing is not asked for.
const SHOWN: usize = 4;

/// Everything that `detect` has to say about one cluster.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The version of the ctlmon that looked.
    pub tool: String,
    /// When looking began.
    pub taken_at: Timestamp,
    /// The context that was looked through, where there was one.
    pub context: Option<String>,
    /// Which distribution it is, and where its control plane runs.
    pub detection: Detection,
    /// What monitors it already.
    pub monitoring: Monitoring,
    /// The whole weighing, where it was asked for.
    pub weighing: Option<Vec<Weighing>>,
    /// Whether looking ended early.
    pub cut_short: Option<CutShort>,
}

impl Answer {
    /// Puts together what is known of a cluster; with the whole weighing where that is wanted.
    #[must_use]
    pub fn new(
        snapshot: &Snapshot,
        facts: &Facts,
        detection: Detection,
        monitoring: Monitoring,
        why: bool,
    ) -> Self {
        let weighing = why.then(|| Weighing::all(facts, &detection));
        Self {
            tool: snapshot.tool.clone(),
            taken_at: snapshot.taken_at,
            context: snapshot.wanted.context.clone(),
            detection,
            monitoring,
            weighing,
            cut_short: snapshot.cut_short,
        }
    }
}

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
pub fn human(console: &Console, answer: &Answer) -> String {
    let Answer { detection, monitoring, .. } = answer;
    let mut out = String::new();
    wrap(&mut out, console.width, "", 0, &console.paint.tone(Tone::Strong, &headline(detection)));
    let shown = if answer.weighing.is_some() { usize::MAX } else { SHOWN };
    let mut entry = |tone: Tone, label: &str, text: &str| {
        let lead = console.paint.tone(tone, &format!("{label:<INDENT$}"));
        wrap(&mut out, console.width, &lead, INDENT, &harmless(text));
    };
    let mut section = |label: &str, evidence: &[Evidence]| {
        for piece in evidence.iter().take(shown) {
            entry(Tone::Faint, label, &format!("{} ({})", piece.claim, piece.locator));
        }
        if evidence.len() > shown {
            entry(Tone::Faint, "", &format!("and {} more, which --why shows", evidence.len() - shown));
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
    for found in &monitoring.found {
        entry(Tone::Faint, "monitor", &tool(found));
        for remark in &found.remarks {
            entry(Tone::Weak, "", remark);
        }
        if shown == usize::MAX {
            for piece in &found.evidence {
                entry(Tone::Faint, "", &format!("{} ({})", piece.claim, piece.locator));
            }
        }
    }
    if monitoring.found.is_empty() && monitoring.gaps.is_empty() {
        entry(Tone::Faint, "monitor", "none of the known tools");
    }
    let gaps: BTreeSet<&Gap> = detection.gaps.iter().chain(&monitoring.gaps).collect();
    for gap in &gaps {
        entry(Tone::Open, "unseen", &gap.to_string());
    }
    for weighing in answer.weighing.iter().flatten() {
        weighing.human(&mut out, console);
    }
    let mut last = certainty(detection).to_owned();
    if let Some(sample) = detection.sample {
        let _ = write!(last, ", by {sample}");
    }
    if !gaps.is_empty() {
        let _ = write!(last, ", {} not looked at", count(gaps.len(), "thing", "things"));
    }
    match answer.cut_short {
        Some(CutShort::Interrupted) => last.push_str(", interrupted"),
        Some(CutShort::Deadline) => last.push_str(", out of time"),
        None => {}
    }
    out.push_str(&last);
    out.push('\n');
    out
}

/// A tool in one line.
fn tool(found: &Found) -> String {
    let mut text = found.name.to_owned();
    if let Some(version) = &found.version {
        let _ = write!(text, " {version}");
    }
    let details: Vec<String> =
        found.details.iter().map(|(name, value)| format!("{} {value}", name.replace('_', " "))).collect();
    if !details.is_empty() {
        let _ = write!(text, ": {}", details.join("; "));
    }
    if !found.is_seen
        && let Some(piece) = found.evidence.first()
    {
        let _ = write!(text, ": {}", piece.claim);
    }
    text
}

/// The id alone, with one newline at its end; `unknown` where none is named.
#[must_use]
pub fn name(detection: &Detection) -> String {
    format!("{}\n", id(detection))
}

pub(super) fn id(detection: &Detection) -> &'static str {
    detection.best().map_or("unknown", |best| best.distribution.id)
}

pub(super) const fn certainty(detection: &Detection) -> &'static str {
    match detection.who {
        Who::Certain(_) => "certain",
        Who::Likely { .. } => "likely",
        Who::Unknown => "unknown",
    }
}

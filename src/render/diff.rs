//! What `gen-values --diff` says to people: for each component what becomes of it, then the settings that differ, then what
//! could not be looked at.

use super::{
    console::{Console, Tone},
    text::{count, harmless, wrap},
};
use crate::plan::diff::{By, Change, Collector, Diff, KeyChange, Kind, Reach, Verdict};
use std::{collections::BTreeSet, fmt::Write as _};

/// Columns before a sentence about a component, of which its name takes the second part.
const INDENT: usize = 28;

/// Columns before a setting.
const KEY_INDENT: usize = 4;

/// How many nodes are named where there are more.
const MAX_NODES: usize = 4;

/// The comparison.
#[must_use]
pub fn human(console: &Console, diff: &Diff) -> String {
    let mut out = String::new();
    wrap(&mut out, console.width, "", 0, &console.paint.tone(Tone::Strong, &headline(diff)));
    for change in &diff.components {
        let (word, tone) = word(change.kind());
        let lead = console.paint.tone(tone, &format!("{word:<8}"));
        let lead = format!("{lead} {:<19}", change.component);
        wrap(&mut out, console.width, &lead, INDENT, &harmless(&sentence(change)));
    }
    if !diff.keys.is_empty() && diff.installed.is_none() {
        let lead = format!("\nall {} are new\n", count(diff.keys.len(), "setting", "settings"));
        out.push_str(&lead.replace("all 1 setting are", "the one setting is"));
    } else if !diff.keys.is_empty() {
        let _ = writeln!(out, "\n{}", count(diff.keys.len(), "setting differs", "settings differ"));
        for change in &diff.keys {
            let (sign, tone) = sign(change);
            let lead = console.paint.tone(tone, &format!("{sign:<KEY_INDENT$}"));
            wrap(&mut out, console.width, &lead, KEY_INDENT, &harmless(&key(change)));
        }
    }
    for other in &diff.others {
        out.push('\n');
        wrap(
            &mut out,
            console.width,
            "",
            0,
            &harmless(&format!("{other} stays: nothing here takes it away")),
        );
    }
    for (number, gap) in diff.gaps.iter().enumerate() {
        out.push_str(if number == 0 { "\n" } else { "" });
        let lead = console.paint.tone(Tone::Open, "unknown   ");
        wrap(&mut out, console.width, &lead, 10, &harmless(&gap.to_string()));
    }
    let last = match diff.verdict() {
        Verdict::Same => "nothing would change",
        Verdict::Different => "applying this would change what is deployed",
        Verdict::Unknown => "nothing that could be looked at would change",
    };
    let _ = writeln!(out, "\n{last}");
    out
}

fn headline(diff: &Diff) -> String {
    let Some((chart, revision)) = &diff.installed else { return format!("compared with {}", diff.installer) };
    let mut text = format!("compared with {}", diff.installer);
    if let Some(revision) = revision {
        let _ = write!(text, ", revision {revision}");
    }
    if let Some(chart) = chart {
        let _ = write!(text, ", chart {}", harmless(chart));
    }
    text
}

const fn word(kind: Kind) -> (&'static str, Tone) {
    match kind {
        Kind::Twice => ("twice", Tone::Bad),
        Kind::Stops => ("stops", Tone::Bad),
        Kind::Unknown => ("unknown", Tone::Open),
        Kind::Starts => ("starts", Tone::Good),
        Kind::Otherwise => ("changes", Tone::Weak),
        Kind::Same => ("same", Tone::Faint),
    }
}

fn sentence(change: &Change) -> String {
    let (before, after) = (who(&change.before), who(&change.after));
    let place = |nodes: &BTreeSet<String>| {
        let is_whole = nodes.iter().any(String::is_empty);
        if is_whole { String::new() } else { format!(" on {}", names(nodes)) }
    };
    let mut parts = Vec::new();
    if !change.twice.is_empty() {
        let already = if change.is_change() { "" } else { ", as it is now" };
        parts.push(format!("would be collected twice{}{already}: {after}", place(&change.twice)));
    }
    if !change.stops.is_empty() {
        parts.push(format!("would stop{}: now {before}", place(&change.stops)));
    }
    if !change.starts.is_empty() {
        parts.push(format!("would start{}: {after}", place(&change.starts)));
    }
    if parts.is_empty() && change.is_change() {
        parts.push(format!("now {before}; then {after}"));
    }
    if parts.is_empty() { after } else { parts.join("; ") }
}

fn who(collectors: &[Collector]) -> String {
    if collectors.is_empty() {
        return "nobody".to_owned();
    }
    collectors.iter().map(one).collect::<Vec<_>>().join(" and ")
}

fn one(collector: &Collector) -> String {
    let what = match collector.by {
        By::Packaged => "agents by themselves",
        By::File => "a file of the agents",
        By::Annotation => "an annotation",
        By::ClusterCheck => "a check of the Cluster Agent",
        By::Switch => "the switch of chart or operator",
        By::Sidecar => "agents beside pods",
    };
    let mut details: Vec<String> = Vec::new();
    details.extend(collector.installer.as_ref().map(ToString::to_string));
    details.extend(collector.place.clone());
    if let Reach::On(nodes) = &collector.reach {
        details.push(format!("on {}", names(nodes)));
    }
    if details.is_empty() { what.to_owned() } else { format!("{what} ({})", details.join(", ")) }
}

fn names(nodes: &BTreeSet<String>) -> String {
    let shown: Vec<&str> = nodes.iter().take(MAX_NODES).map(String::as_str).collect();
    match nodes.len().checked_sub(MAX_NODES) {
        Some(more @ 1..) => format!("{} and {more} more", shown.join(", ")),
        _ => shown.join(", "),
    }
}

const fn sign(change: &KeyChange) -> (&'static str, Tone) {
    match (&change.deployed, &change.written) {
        (None, _) => ("+", Tone::Good),
        (_, None) => ("-", Tone::Bad),
        _ => ("~", Tone::Weak),
    }
}

fn key(KeyChange { path, deployed, written }: &KeyChange) -> String {
    match (deployed, written) {
        (Some(deployed), Some(written)) => format!("{path}: {deployed}, then {written}"),
        (Some(value), None) | (None, Some(value)) => format!("{path}: {value}"),
        (None, None) => path.clone(),
    }
}

//! Several clusters in one table, each with its answer or with the reason why there is none.

use super::{
    console::{Console, Tone},
    detection::{self, Answer},
    text::{count, harmless, wrap},
};
use std::fmt::Write as _;

/// One of several clusters.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Its context.
    pub context: String,
    /// The answer, or why there is none.
    pub answer: Result<Box<Answer>, Unanswered>,
    /// The exit code that it would have had alone.
    pub exit: u8,
}

/// Why a cluster has no answer.
#[derive(Clone, Debug)]
pub struct Unanswered {
    /// What is wrong.
    pub error: String,
    /// What could be done about it.
    pub hints: Vec<String>,
}

/// The heads of the columns.
const HEADS: [&str; 6] = ["CONTEXT", "DISTRIBUTION", "VERSION", "CERTAINTY", "CONTROL PLANE", "MONITORED BY"];

/// The table, then what could not be looked at.
#[must_use]
pub fn human(console: &Console, clusters: &[Cluster]) -> String {
    let rows: Vec<[String; 6]> = clusters.iter().map(row).collect();
    let heads = HEADS.map(str::to_owned);
    let mut out = String::new();
    let widths: Vec<usize> = (0..HEADS.len())
        .map(|column| {
            let cells = rows.iter().chain([&heads]).map(|row| row[column].chars().count());
            cells.max().unwrap_or_default()
        })
        .collect();
    for (number, row) in [&heads].into_iter().chain(&rows).enumerate() {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell:<width$}  ");
        }
        let line = line.trim_end();
        let tone = if number == 0 { console.paint.tone(Tone::Faint, line) } else { line.to_owned() };
        let _ = writeln!(out, "{tone}");
    }
    for cluster in clusters {
        if let Err(Unanswered { error, hints }) = &cluster.answer {
            let lead = console.paint.tone(Tone::Bad, "error");
            out.push('\n');
            wrap(
                &mut out,
                console.width,
                &format!("{lead}  "),
                7,
                &format!("{}: {error}", harmless(&cluster.context)),
            );
            for hint in hints {
                wrap(&mut out, console.width, "hint   ", 7, hint);
            }
        }
    }
    let unanswered = clusters.iter().filter(|cluster| cluster.exit != 0).count();
    let _ = write!(out, "\n{}", count(clusters.len(), "cluster", "clusters"));
    if unanswered > 0 {
        let _ = write!(out, ", {unanswered} without a name");
    }
    out.push('\n');
    for cluster in clusters {
        if let Ok(answer) = &cluster.answer
            && answer.weighing.is_some()
        {
            let _ = write!(out, "\n{}\n{}", harmless(&cluster.context), detection::human(console, answer));
        }
    }
    out
}

fn row(cluster: &Cluster) -> [String; 6] {
    let context = harmless(&cluster.context);
    let Ok(answer) = &cluster.answer else {
        return [context, "-".into(), "-".into(), "-".into(), "-".into(), "-".into()];
    };
    let found = &answer.detection;
    let version = found.best().and_then(|best| best.identity.version.as_deref()).unwrap_or("-");
    let tools: Vec<&str> =
        answer.monitoring.found.iter().filter(|found| found.is_seen).map(|found| found.id).collect();
    let tools = match (tools.is_empty(), answer.monitoring.gaps.is_empty()) {
        (false, _) => tools.join(", "),
        (true, true) => "none known".to_owned(),
        (true, false) => "not known".to_owned(),
    };
    let place = found.place.place.id();
    let place =
        if found.place.certain || place == "unknown" { place.to_owned() } else { format!("{place}?") };
    [
        context,
        detection::id(found).to_owned(),
        harmless(version),
        detection::certainty(found).to_owned(),
        place,
        tools,
    ]
}

/// One line for each: the context, a tab, and the id.
#[must_use]
pub fn names(clusters: &[Cluster]) -> String {
    let mut out = String::new();
    for cluster in clusters {
        let id = cluster.answer.as_ref().map_or("unknown", |answer| detection::id(&answer.detection));
        let _ = writeln!(out, "{}\t{id}", harmless(&cluster.context).replace(['\t', '\n'], " "));
    }
    out
}

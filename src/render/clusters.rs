//! Several clusters in one table, each with its answer or with the reason why there is none.

use super::{
    console::{Console, Tone},
    detection::{self, Answer},
    text::{count, harmless, wrap},
};
use std::fmt::Write as _;

/// One of several clusters, with what is said of it.
#[derive(Clone, Debug)]
pub struct Cluster<A> {
    /// Its context.
    pub context: String,
    /// The answer, or why there is none.
    pub answer: Result<Box<A>, Unanswered>,
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
pub fn human(console: &Console, clusters: &[Cluster<Answer>]) -> String {
    let mut out = table(console, HEADS, &clusters.iter().map(row).collect::<Vec<_>>());
    unanswered(&mut out, console, clusters);
    let nameless = clusters.iter().filter(|cluster| cluster.exit != 0).count();
    let _ = write!(out, "\n{}", count(clusters.len(), "cluster", "clusters"));
    if nameless > 0 {
        let _ = write!(out, ", {nameless} without a name");
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

/// Rows below their heads, each column as wide as its widest cell.
pub(super) fn table<const N: usize>(console: &Console, heads: [&str; N], rows: &[[String; N]]) -> String {
    let heads = heads.map(str::to_owned);
    let mut out = String::new();
    let widths: [usize; N] = std::array::from_fn(|column| {
        let cells = rows.iter().chain([&heads]).map(|row| row[column].chars().count());
        cells.max().unwrap_or_default()
    });
    for (number, row) in [&heads].into_iter().chain(rows).enumerate() {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            // Writing to a String cannot fail.
            let _ = write!(line, "{cell:<width$}  ");
        }
        let line = line.trim_end();
        let tone = if number == 0 { console.paint.tone(Tone::Faint, line) } else { line.to_owned() };
        let _ = writeln!(out, "{tone}");
    }
    out
}

/// Why there is no answer, for each cluster that has none.
pub(super) fn unanswered<A>(out: &mut String, console: &Console, clusters: &[Cluster<A>]) {
    for cluster in clusters {
        let Err(Unanswered { error, hints }) = &cluster.answer else { continue };
        let lead = console.paint.tone(Tone::Bad, "error");
        out.push('\n');
        let text = format!("{}: {error}", harmless(&cluster.context));
        wrap(out, console.width, &format!("{lead}  "), 7, &text);
        for hint in hints {
            wrap(out, console.width, "hint   ", 7, hint);
        }
    }
}

fn row(cluster: &Cluster<Answer>) -> [String; 6] {
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
pub fn names(clusters: &[Cluster<Answer>]) -> String {
    let mut out = String::new();
    for cluster in clusters {
        let id = cluster.answer.as_ref().map_or("unknown", |answer| detection::id(&answer.detection));
        let _ = writeln!(out, "{}\t{id}", harmless(&cluster.context).replace(['\t', '\n'], " "));
    }
    out
}

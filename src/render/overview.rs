//! The reports of `doctor` about several clusters: one table for all, then each by itself.

use super::{
    clusters::{Cluster, table, unanswered},
    console::{Console, Tone},
    detection,
    text::{count, harmless},
};
use crate::{
    distributions::Detection,
    doctor::{Report, Severity},
};
use std::fmt::Write as _;

/// What is kept of one of several clusters: its row, and its report as text, which is far smaller than what was seen.
#[derive(Clone, Debug)]
pub struct Diagnosed {
    distribution: &'static str,
    version: Option<String>,
    /// How many problems there are of each severity, the worst first, and how many gaps.
    numbers: [usize; 4],
    /// The report in the format that was asked for.
    pub text: String,
}

impl Diagnosed {
    /// Keeps what the table shows.
    #[must_use]
    pub fn new(detection: &Detection, report: &Report, text: String) -> Self {
        let of = |severity| report.problems().filter(|(of, _)| *of == severity).count();
        Self {
            distribution: detection::id(detection),
            version: detection.best().and_then(|best| best.identity.version.clone()),
            numbers: [of(Severity::Error), of(Severity::Warning), of(Severity::Note), report.gaps().len()],
            text,
        }
    }
}

/// The heads of the columns.
const HEADS: [&str; 8] =
    ["CONTEXT", "RESULT", "DISTRIBUTION", "VERSION", "ERRORS", "WARNINGS", "NOTES", "UNKNOWN"];

/// The table, then what could not be looked at, then each report below its context.
#[must_use]
pub fn human(console: &Console, clusters: &[Cluster<Diagnosed>]) -> String {
    let mut out = table(console, HEADS, &clusters.iter().map(row).collect::<Vec<_>>());
    unanswered(&mut out, console, clusters);
    let _ = write!(out, "\n{}", count(clusters.len(), "cluster", "clusters"));
    for (code, word) in RESULTS {
        let number = clusters.iter().filter(|cluster| cluster.exit == code).count();
        if number > 0 {
            // Writing to a String cannot fail.
            let _ = write!(out, ", {number} {word}");
        }
    }
    out.push('\n');
    for cluster in clusters {
        if let Ok(diagnosed) = &cluster.answer {
            let head = format!("context {}", harmless(&cluster.context));
            let _ = write!(out, "\n{}\n{}", console.paint.tone(Tone::Strong, &head), diagnosed.text);
        }
    }
    out
}

/// The word for each exit code that one of several clusters may have.
const RESULTS: [(u8, &str); 4] = [(1, "fail"), (3, "unknown"), (130, "interrupted"), (0, "ok")];

fn row(cluster: &Cluster<Diagnosed>) -> [String; 8] {
    let result = RESULTS.iter().find(|(code, _)| *code == cluster.exit).map_or("-", |(_, word)| word);
    let none = || "-".to_owned();
    let (distribution, version, numbers) = match &cluster.answer {
        Ok(diagnosed) => (
            diagnosed.distribution.to_owned(),
            diagnosed.version.as_deref().map_or_else(none, harmless),
            diagnosed.numbers.map(|number| number.to_string()),
        ),
        Err(_) => (none(), none(), [none(), none(), none(), none()]),
    };
    let [errors, warnings, notes, unknown] = numbers;
    let context = harmless(&cluster.context);
    [context, result.to_owned(), distribution, version, errors, warnings, notes, unknown]
}

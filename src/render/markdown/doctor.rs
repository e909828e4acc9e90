//! The report of `doctor` for an issue or a pull request. What comes from elsewhere stands in code, where it can be no markup.

use super::{block, code, plain, table};
use crate::{
    distributions::Detection,
    doctor::{Column, Finding, Remedy, Report, Row, Step, Touches, Verdict},
    model::snapshot::Snapshot,
    render::{Unreached, detection, human},
};
use std::fmt::Write as _;

/// The whole report.
#[must_use]
pub fn report(snapshot: &Snapshot, detection: &Detection, report: &Report) -> String {
    let mut out = String::from("# ctlmon doctor\n\n");
    let mut head = Vec::new();
    if snapshot.wanted.endpoints.is_empty() {
        head.push(["cluster".to_owned(), code(&detection::headline(detection))]);
    }
    if let Some(context) = &snapshot.wanted.context {
        head.push(["context".to_owned(), code(context)]);
    }
    head.push([
        "looked".to_owned(),
        format!("on {} with ctlmon {}", snapshot.taken_at, code(&snapshot.tool)),
    ]);
    head.push(["found".to_owned(), human::counts(report)]);
    if let Some(cut_short) = report.cut_short {
        head.push(["partial".to_owned(), human::cut_short(cut_short).to_owned()]);
    }
    if !report.unjudged.is_empty() {
        let names: Vec<String> = report.unjudged.iter().map(ToString::to_string).collect();
        head.push(["not judged".to_owned(), names.join(", ")]);
    }
    out.push_str(&table(["", ""], head));
    matrix(&mut out, report);
    for (_, row) in report.problems() {
        problem(&mut out, row);
    }
    unknowns(&mut out, report);
    let passed: Vec<String> = report.passes().map(|row| code(row.check.id.0)).collect();
    if !passed.is_empty() {
        let _ = write!(out, "\n## Looked for and not found\n\n{}\n", passed.join(", "));
    }
    out
}

/// The report of a run that reached nothing.
#[must_use]
pub fn unreached(unreached: &Unreached<'_>) -> String {
    let Unreached { taken_at, context, error, .. } = unreached;
    let context = context.map(|context| ["context".to_owned(), code(context)]);
    let looked = ["looked".to_owned(), format!("on {taken_at} with ctlmon {}", env!("CARGO_PKG_VERSION"))];
    let head = table(["", ""], context.into_iter().chain([looked]));
    format!("# ctlmon doctor\n\n{head}\n## Nothing could be looked at\n\n{}", block("text", error))
}

fn matrix(out: &mut String, report: &Report) {
    if report.instances.is_empty() {
        return;
    }
    let header = ["component", "on"].into_iter().chain(Column::ALL.map(Column::id)).chain(["answered"]);
    let rows = report.instances.iter().map(|row| {
        let place = [row.component.to_string(), code(&row.name)].into_iter();
        place
            .chain(row.cells.iter().map(|(_, cell)| cell.word().to_owned()))
            .chain([code(&row.answer)])
            .collect()
    });
    let _ = write!(out, "\n## Instances\n\n{}", super::wide_table(&header.collect::<Vec<_>>(), rows));
}

fn problem(out: &mut String, row: &Row) {
    let Verdict::Problem(finding) = &row.verdict else { return };
    let _ = write!(out, "\n## {}: {}\n\n", finding.severity.word(), row.check.id);
    let _ = writeln!(out, "{}: {}\n", code(&human::subjects(row)), code(&finding.summary));
    let seen = finding.evidence.iter().map(|piece| [code(&piece.claim), code(&piece.locator.to_string())]);
    if !finding.evidence.is_empty() {
        out.push_str(&table(["seen", "where"], seen));
    }
    let also: Vec<&Row> =
        row.symptoms.iter().filter(|symptom| matches!(symptom.verdict, Verdict::Problem(_))).collect();
    if !also.is_empty() {
        out.push_str("\nThat explains:\n\n");
        for symptom in also {
            if let Verdict::Problem(Finding { summary, .. }) = &symptom.verdict {
                let (id, about) = (symptom.check.id, code(&human::subjects(symptom)));
                let _ = writeln!(out, "- {id}, {about}: {}", code(summary));
            }
        }
    }
    for (word, remedy) in row.remedies() {
        let word = match word {
            "mend" => "Mend",
            "or" => "Or",
            _ => "And",
        };
        mend(out, word, remedy);
    }
    let _ = writeln!(out, "\n`ctlmon explain {}` tells more.", row.check.id);
}

fn mend(out: &mut String, label: &str, remedy: &Remedy) {
    let touches = match remedy.touches {
        Touches::Nothing => String::new(),
        other => format!(" ({})", other.words()),
    };
    let _ = writeln!(out, "\n**{label}**{touches}: {}", code(&remedy.title));
    for step in &remedy.steps {
        out.push('\n');
        out.push_str(&self::step(step));
    }
}

/// One step of a remedy.
pub(in crate::render) fn step(step: &Step) -> String {
    match step {
        Step::Run(lines) => block("sh", &lines.join("\n")),
        Step::Apply(manifest) => block("yaml", manifest),
        Step::Edit { file, change } => format!("In {}:\n\n{}", code(file), block("", change)),
        // These are this program's own words.
        Step::Read(text) => format!("{}\n", plain(text)),
    }
}

fn unknowns(out: &mut String, report: &Report) {
    let gaps = report.gaps();
    if gaps.is_empty() {
        return;
    }
    let rows = gaps.iter().map(|gap| [code(&gap.what), code(&gap.why.to_string())]);
    let _ = write!(out, "\n## Unknown\n\n{}", table(["what", "why"], rows));
}

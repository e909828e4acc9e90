//! The report as a person reads it: what the cluster is, what answered, then problems, open questions and passes.

use super::{
    console::{Console, Tone},
    text::{SHOWN, count, first, harmless, names, wrap},
};
use crate::{
    distributions::Detection,
    doctor::{
        Cell, Column, Finding, InstanceRow, Remedy, Report, Row, Severity, Step, Subject, Touches, Verdict,
    },
    model::snapshot::{CutShort, Snapshot},
    render::detection,
    view::View,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

/// Columns before the text of a finding.
const INDENT: usize = 8;

/// The whole report.
#[must_use]
pub fn report(console: &Console, snapshot: &Snapshot, detection: &Detection, report: &Report) -> String {
    let mut out = String::new();
    head(&mut out, console, snapshot, detection);
    matrix(&mut out, console, report);
    for row in report.rows.iter().filter(|row| matches!(row.verdict, Verdict::Problem(_))) {
        problem(&mut out, console, row);
    }
    unknowns(&mut out, console, report);
    passes(&mut out, console, report);
    summary(&mut out, console, report);
    out
}

fn head(out: &mut String, console: &Console, snapshot: &Snapshot, detection: &Detection) {
    if snapshot.wanted.endpoints.is_empty() {
        let line = detection::headline(detection);
        wrap(out, console.width, "", 0, &console.paint.tone(Tone::Strong, &line));
    }
    let mut from = "looked from this machine".to_owned();
    if let Some(root) = &snapshot.wanted.on_node {
        let mounted = if root == "/" { String::new() } else { format!(", mounted at {}", harmless(root)) };
        from = format!("looked at this node alone{mounted}, without the API of its cluster");
    }
    let view = View::new(snapshot);
    let standing: Vec<String> = view.standing_on.iter().copied().map(harmless).collect();
    if !standing.is_empty() {
        let _ = write!(from, ", which is node {}", names(&standing));
    }
    if let Some(context) = &snapshot.wanted.context {
        let _ = write!(from, ", at context {}", harmless(context));
    }
    if snapshot.wanted.as_agent {
        let accounts: BTreeSet<String> =
            view.agents.identities().values().map(|workload| workload.account().to_string()).collect();
        let accounts: Vec<String> = accounts.into_iter().collect();
        match accounts.as_slice() {
            [] => {}
            [account] => {
                let _ = write!(from, ", also as service account {account}");
            }
            several => {
                let _ = write!(from, ", also as service accounts {}", several.join(", "));
            }
        }
    }
    wrap(out, console.width, "", 0, &format!("{from}, on {}", snapshot.taken_at));
    out.push('\n');
}

/// What stands above the components.
const HEADING: &str = "COMPONENT";

/// Two lines an instance: how it does, column by column, and below that where it runs and what it answered.
fn matrix(out: &mut String, console: &Console, report: &Report) {
    let instances = &report.instances;
    let ids = instances.iter().map(|row| row.component.profile().id.len());
    let Some(widest) = ids.max().map(|longest| longest.max(HEADING.len())) else { return };
    let line = |first: &str, words: [&str; Column::ALL.len()]| {
        let words = words.map(|word| format!("{word:<width$}", width = Cell::Unknown.word().len()));
        let line = format!("{first:<widest$}  {}", words.join(" "));
        format!("{}\n", line.trim_end())
    };
    out.push_str(&line(HEADING, Column::ALL.map(Column::heading)));
    for alike in alike(report) {
        let (word, row) = alike[0];
        out.push_str(&line(
            row.component.profile().id,
            Column::ALL.map(|column| row.cells.get(column).word()),
        ));
        let name = harmless(&row.name);
        let on = if alike.len() == 1 { name } else { format!("{}, such as {name}", alike.len()) };
        let text = format!("on {on}: {}", harmless(&row.answer));
        wrap(out, console.width, &format!("  {word:<INDENT$}"), INDENT + 2, &text);
    }
    out.push('\n');
}

/// The instances with their words, each by itself, but those together that are many and of which the same is said.
fn alike(report: &Report) -> Vec<Vec<(&'static str, &InstanceRow)>> {
    let mut places: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    let rows: Vec<(&'static str, &InstanceRow)> =
        report.instances.iter().map(|row| (word(report, row), row)).collect();
    for (place, (word, row)) in rows.iter().enumerate() {
        places.entry((row.component, *word, row.cells, &row.answer)).or_default().push(place);
    }
    let many = |places: &[usize]| places.len() > SHOWN + 1;
    let mut groups: Vec<Vec<usize>> = places
        .into_values()
        .flat_map(|places| {
            if many(&places) { vec![places] } else { places.into_iter().map(|place| vec![place]).collect() }
        })
        .collect();
    groups.sort();
    groups.into_iter().map(|places| places.into_iter().map(|place| rows[place]).collect()).collect()
}

/// The worst that is said of an instance, in a word.
fn word(report: &Report, instance: &InstanceRow) -> &'static str {
    fn is_about(row: &Row, instance: &Subject) -> bool {
        row.subjects.binary_search(instance).is_ok()
            || row.symptoms.iter().any(|symptom| is_about(symptom, instance))
    }
    let subject = Subject::Instance { component: instance.component, name: instance.name.clone() };
    let about = || report.rows.iter().filter(|row| is_about(row, &subject)).map(|row| &row.verdict);
    let problem = about().filter_map(|verdict| match verdict {
        Verdict::Problem(finding) => Some(finding.severity),
        _ => None,
    });
    match problem.max() {
        Some(severity) => severity.word(),
        None if instance.vantage.is_none() => "unknown",
        None if about().any(|verdict| matches!(verdict, Verdict::Pass(_))) => "ok",
        None => "unknown",
    }
}

fn problem(out: &mut String, console: &Console, row: &Row) {
    let Verdict::Problem(finding) = &row.verdict else { return };
    let word = console.paint.tone(tone(finding.severity), finding.severity.word());
    let pad = " ".repeat(INDENT - finding.severity.word().len());
    let title = format!("{}: {}", subjects(row), harmless(&finding.summary));
    wrap(out, console.width, &format!("{word}{pad}"), INDENT, &title);
    body(out, console, row, finding);
    let (symptoms, others) = first(&row.symptoms);
    for symptom in symptoms {
        if let Verdict::Problem(finding) = &symptom.verdict {
            let text = format!("{}: {}", subjects(symptom), harmless(&finding.summary));
            labelled(out, console, "so", &text);
        }
    }
    and_others(out, console, others);
    labelled(out, console, "page", &format!("ctlmon explain {}", row.check.id));
    out.push('\n');
}

fn body(out: &mut String, console: &Console, row: &Row, finding: &Finding) {
    let (evidence, others) = first(&finding.evidence);
    for evidence in evidence {
        labelled(out, console, "seen", &harmless(&evidence.claim));
        let place = format!("({})", harmless(&evidence.locator.to_string()));
        let lead = " ".repeat(INDENT + 6);
        wrap(out, console.width, &lead, INDENT + 6, &place);
    }
    and_others(out, console, others);
    let remedies = row.remedies();
    let (remedies, others) = first(&remedies);
    for (word, remedy) in remedies {
        mend(out, console, word, remedy);
    }
    and_others(out, console, others);
}

fn mend(out: &mut String, console: &Console, label: &str, remedy: &Remedy) {
    let touches = match remedy.touches {
        Touches::Nothing => String::new(),
        other => format!(" ({})", other.words()),
    };
    labelled(out, console, label, &format!("{}{touches}", remedy.title));
    let lead = " ".repeat(INDENT + 6);
    for step in &remedy.steps {
        match step {
            Step::Run(lines) => {
                for line in lines {
                    let _ =
                        writeln!(out, "{lead}{} {}", console.paint.tone(Tone::Faint, "$"), harmless(line));
                }
            }
            Step::Apply(manifest) => {
                let _ = writeln!(
                    out,
                    "{lead}{} kubectl apply -f - <<'EOF'",
                    console.paint.tone(Tone::Faint, "$")
                );
                for line in manifest.lines() {
                    let _ = writeln!(out, "{lead}{}", harmless(line));
                }
                let _ = writeln!(out, "{lead}EOF");
            }
            Step::Edit { file, change } => {
                wrap(out, console.width, &lead, INDENT + 6, &format!("in {}:", harmless(file)));
                for line in change.trim_end_matches('\n').lines() {
                    let _ = writeln!(out, "{lead}  {}", harmless(line));
                }
            }
            Step::Read(text) => wrap(out, console.width, &lead, INDENT + 6, text),
        }
    }
}

/// What is not shown because it is too much of the same.
fn and_others(out: &mut String, console: &Console, number: usize) {
    if number > 0 {
        labelled(out, console, "", &format!("and {number} others like these; -o json has them all"));
    }
}

fn labelled(out: &mut String, console: &Console, label: &str, text: &str) {
    let lead = format!("{}{}", " ".repeat(INDENT), console.paint.tone(Tone::Faint, &format!("{label:<6}")));
    wrap(out, console.width, &lead, INDENT + 6, text);
}

/// What could not be looked at, grouped by the reason, so that one missing right is one entry.
fn unknowns(out: &mut String, console: &Console, report: &Report) {
    for gaps in report.gaps().chunk_by(|one, other| one.why == other.why) {
        let lead = format!("{} ", console.paint.tone(Tone::Open, "unknown"));
        wrap(out, console.width, &lead, INDENT, &harmless(&gaps[0].why.to_string()));
        let (shown, others) = first(gaps);
        for gap in shown {
            labelled(out, console, "what", &harmless(&gap.what));
        }
        and_others(out, console, others);
        out.push('\n');
    }
}

/// How many names of checks are still read by anybody.
const NAMED: usize = 20;

/// What was looked for and not found: names alone or, of very many, their number; with `-v` what was seen instead.
fn passes(out: &mut String, console: &Console, report: &Report) {
    let rows: Vec<&Row> = report.passes().collect();
    if rows.is_empty() {
        return;
    }
    let lead = format!("{}{}", console.paint.tone(Tone::Good, "ok"), " ".repeat(INDENT - 2));
    if console.verbosity == 0 {
        let ids: Vec<&str> = rows.iter().map(|row| row.check.id.0).collect();
        let text = if ids.len() > NAMED {
            format!(
                "{} known failures were looked for and not found; -v says what was seen instead",
                ids.len()
            )
        } else {
            format!("looked for and not found: {}", ids.join(", "))
        };
        wrap(out, console.width, &lead, INDENT, &text);
        out.push('\n');
        return;
    }
    for row in rows {
        let Verdict::Pass(evidence) = &row.verdict else { continue };
        wrap(out, console.width, &lead, INDENT, &format!("no {}: {}", row.check.id, subjects(row)));
        let (evidence, others) = first(evidence);
        for piece in evidence {
            labelled(out, console, "seen", &harmless(&piece.claim));
        }
        and_others(out, console, others);
    }
    out.push('\n');
}

fn summary(out: &mut String, console: &Console, report: &Report) {
    let _ = writeln!(out, "{}", console.paint.tone(Tone::Strong, &counts(report)));
    if !report.unjudged.is_empty() {
        let names: Vec<String> = report.unjudged.iter().map(ToString::to_string).collect();
        wrap(out, console.width, "", 0, &format!("not judged at all: {}", names.join(", ")));
    }
    if let Some(cause) = report.cut_short {
        let _ = writeln!(out, "{}", cut_short(cause));
    }
}

/// What a report comes to, in numbers.
#[must_use]
pub fn counts(report: &Report) -> String {
    let of = |severity| report.problems().filter(|(of, _)| *of == severity).count();
    let mut parts = vec![count(of(Severity::Error), "error", "errors")];
    for (severity, one, many) in
        [(Severity::Warning, "warning", "warnings"), (Severity::Note, "note", "notes")]
    {
        if of(severity) > 0 {
            parts.push(count(of(severity), one, many));
        }
    }
    parts.push(format!("{} passed", count(report.passes().count(), "check", "checks")));
    let unknown = report.gaps().len();
    if unknown > 0 {
        parts.push(format!("{unknown} unknown"));
    }
    parts.join(", ")
}

/// Why a report is partial.
pub(super) const fn cut_short(cause: CutShort) -> &'static str {
    match cause {
        CutShort::Interrupted => "interrupted: this report is partial",
        CutShort::Deadline => "the time was over (--timeout): this report is partial",
    }
}

/// The subjects of a row: one by name, several by number.
pub(super) fn subjects(row: &Row) -> String {
    match row.subjects.as_slice() {
        [] => String::new(),
        [one] if row.judged <= 1 => harmless(&one.to_string()),
        several => {
            let kinds: Vec<String> = several.iter().map(Subject::kind).collect();
            let same_kind = kinds.windows(2).all(|pair| pair[0] == pair[1]);
            let places: Vec<String> = several.iter().map(|subject| harmless(&subject.place())).collect();
            if same_kind {
                let kind = kinds.first().map_or("", String::as_str);
                format!("{kind}, {} of {} ({})", several.len(), row.judged, names(&places))
            } else {
                format!("{} of {}", several.len(), row.judged)
            }
        }
    }
}

const fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Weak,
        Severity::Note => Tone::Open,
    }
}

/// A painted word is never wider than the column it stands in.
const _: () = assert!(INDENT > "unknown".len());

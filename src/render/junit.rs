//! The report of `doctor` as `JUnit` XML, for CI systems: a suite for each component, a case for each check and subject.
//!
//! A problem is a failure. What could not be looked at is skipped, since CI systems count a skipped case as neither good nor
//! bad; but a component of which nothing at all could be judged, and a run that ended early or reached nothing, is an error,
//! as it is for the exit code. There is no one schema: what is written here fits that of Ant and those that CI systems have
//! made of it, which order the parts of a suite, allow one outcome a case, and give the root no attributes.

mod xml;

use super::text::harmless;
use crate::{
    distributions::Detection,
    doctor::{ExitPolicy, Finding, Remedy, Report, Row, Step, Subject, Verdict},
    model::{
        component::Component,
        snapshot::{CutShort, Snapshot},
    },
    render::{Unreached, detection, human},
};
use jiff::Timestamp;
use std::{collections::BTreeMap, fmt::Write as _};
use xml::Element;

/// The suite of what is about the run itself.
const RUN: &str = "setup";

/// The cases of every suite, in the order of the components and then of the other kinds of subject.
type Suites = BTreeMap<(Option<Component>, String), Vec<Case>>;

/// What became of one case.
enum Outcome {
    Passed,
    Failed { kind: &'static str, message: String, text: String },
    Errored(String),
    Skipped(String),
}

struct Case {
    name: String,
    outcome: Outcome,
}

/// The whole report.
#[must_use]
pub fn report(snapshot: &Snapshot, detection: &Detection, report: &Report, policy: ExitPolicy) -> String {
    let mut suites = Suites::new();
    // Every component that was found has its suite, whatever was judged of it.
    for row in &report.instances {
        suites.entry(suite_of(row.component)).or_default();
    }
    for row in &report.rows {
        add(&mut suites, row, None);
    }
    for component in &report.unjudged {
        let message = format!("nothing could be judged of {component}");
        let outcome =
            if policy.allow_unknown { Outcome::Skipped(message) } else { Outcome::Errored(message) };
        suites.entry(suite_of(*component)).or_default().push(Case { name: "judged".to_owned(), outcome });
    }
    let mut of_run = Vec::new();
    of_run.extend(report.cut_short.map(|cause| {
        let words = human::cut_short(cause).to_owned();
        let outcome = match cause {
            CutShort::Interrupted => Outcome::Errored(words),
            CutShort::Deadline => Outcome::Skipped(words),
        };
        Case { name: "looked to the end".to_owned(), outcome }
    }));
    of_run.extend(report.unseen.iter().map(|gap| Case {
        name: format!("looked at {}", gap.what),
        outcome: Outcome::Skipped(gap.why.to_string()),
    }));
    if !of_run.is_empty() {
        suites.insert((None, RUN.to_owned()), of_run);
    }
    let mut properties = vec![("tool", snapshot.tool.clone())];
    if snapshot.wanted.endpoints.is_empty() {
        properties.push(("cluster", detection::headline(detection)));
    }
    properties.extend(snapshot.wanted.context.clone().map(|context| ("context", context)));
    let lines = |component: Option<Component>| matrix(report, component);
    document(suites, snapshot.taken_at, &properties, lines)
}

/// The report of a run that reached nothing: one case, which is an error.
#[must_use]
pub fn unreached(unreached: &Unreached<'_>) -> String {
    let case = Case { name: RUN.to_owned(), outcome: Outcome::Errored(unreached.error.to_owned()) };
    let mut properties = vec![("tool", env!("CARGO_PKG_VERSION").to_owned())];
    properties.extend(unreached.context.map(|context| ("context", context.to_owned())));
    let suites = Suites::from([((None, RUN.to_owned()), vec![case])]);
    document(suites, unreached.taken_at, &properties, |_| String::new())
}

fn suite_of(component: Component) -> (Option<Component>, String) {
    (Some(component), component.to_string())
}

/// One case for each subject of a row, and for each of what it explains.
fn add(suites: &mut Suites, row: &Row, cause: Option<&Row>) {
    for (subject, verdict) in row.subjects.iter().zip(&row.each) {
        let outcome = match verdict {
            Verdict::Problem(finding) => Outcome::Failed {
                kind: finding.severity.id(),
                message: finding.summary.clone(),
                text: body(finding, cause, row),
            },
            Verdict::Unknown(gap) => Outcome::Skipped(gap.to_string()),
            Verdict::Pass(_) => Outcome::Passed,
            Verdict::NotApplicable(_) => continue,
        };
        // What is about everything has no place, and one check can lack several things of it.
        let place = match (subject, verdict) {
            (Subject::Monitoring, Verdict::Unknown(gap)) => gap.what.clone(),
            (subject, _) => subject.place(),
        };
        let name =
            if place.is_empty() { row.check.id.to_string() } else { format!("{}: {place}", row.check.id) };
        suites.entry((subject.component(), subject.kind())).or_default().push(Case { name, outcome });
    }
    for symptom in &row.symptoms {
        add(suites, symptom, Some(row));
    }
}

/// What a failure rests on, and what to do about it.
fn body(finding: &Finding, cause: Option<&Row>, row: &Row) -> String {
    let mut out = format!("{}\n", finding.summary);
    if let Some(cause) = cause {
        let _ = writeln!(out, "explained by: {}", cause.check.id);
    }
    for piece in &finding.evidence {
        let _ = writeln!(out, "seen: {}", piece.to_line());
    }
    for (place, remedy) in finding.remedies.iter().enumerate() {
        mend(&mut out, if place == 0 { "mend" } else { "or" }, remedy);
    }
    let _ = writeln!(out, "page: ctlmon explain {}", row.check.id);
    out
}

fn mend(out: &mut String, label: &str, remedy: &Remedy) {
    let _ = writeln!(out, "{label}: {} ({})", remedy.title, remedy.touches.words());
    for step in &remedy.steps {
        match step {
            Step::Run(lines) => lines.iter().for_each(|line| {
                let _ = writeln!(out, "  $ {line}");
            }),
            Step::Apply(manifest) => {
                let _ = writeln!(out, "  $ kubectl apply -f - <<'EOF'\n{}\nEOF", manifest.trim_end());
            }
            Step::Edit { file, change } => {
                let _ = writeln!(out, "  in {file}:\n{}", change.trim_end());
            }
            Step::Read(text) => {
                let _ = writeln!(out, "  {text}");
            }
        }
    }
}

/// How the instances of a component do, a line each.
fn matrix(report: &Report, component: Option<Component>) -> String {
    let mut out = String::new();
    for row in report.instances.iter().filter(|row| Some(row.component) == component) {
        let words: Vec<String> =
            row.cells.iter().map(|(column, cell)| format!("{} {}", column.id(), cell.word())).collect();
        let _ = writeln!(out, "{}: {}; answered {}", row.name, words.join(", "), row.answer);
    }
    out
}

fn document(
    suites: Suites,
    taken_at: Timestamp,
    properties: &[(&str, String)],
    lines: impl Fn(Option<Component>) -> String,
) -> String {
    let mut root = Element::new("testsuites");
    // Components first, each in its place; what belongs to none comes last.
    let (others, components): (Vec<_>, Vec<_>) =
        suites.into_iter().partition(|((component, _), _)| component.is_none());
    for (number, ((component, name), cases)) in components.into_iter().chain(others).enumerate() {
        let count = |is_such: fn(&Outcome) -> bool| {
            cases.iter().filter(|case| is_such(&case.outcome)).count().to_string()
        };
        let mut suite = Element::new("testsuite")
            .with("name", &name)
            .with("package", "ctlmon.doctor")
            .with("id", &number.to_string())
            // The schema wants no time zone; it is UTC.
            .with("timestamp", taken_at.strftime("%Y-%m-%dT%H:%M:%S").to_string().as_str())
            .with("hostname", "localhost")
            .with("tests", &cases.len().to_string())
            .with("failures", &count(|outcome| matches!(outcome, Outcome::Failed { .. })))
            .with("errors", &count(|outcome| matches!(outcome, Outcome::Errored(_))))
            .with("skipped", &count(|outcome| matches!(outcome, Outcome::Skipped(_))))
            .with("time", "0");
        let mut told = Element::new("properties");
        for (name, value) in properties {
            told.add(Element::new("property").with("name", name).with("value", &harmless(value)));
        }
        suite.add(told);
        for case in cases {
            suite.add(element(&name, case));
        }
        suite.add(Element::new("system-out").text(&lines(component)));
        suite.add(Element::new("system-err"));
        root.add(suite);
    }
    root.to_document()
}

fn element(suite: &str, case: Case) -> Element {
    let mut element = Element::new("testcase")
        .with("name", &case.name)
        .with("classname", &format!("ctlmon.doctor.{suite}"))
        .with("time", "0");
    match case.outcome {
        Outcome::Passed => {}
        Outcome::Failed { kind, message, text } => {
            element.add(Element::new("failure").with("type", kind).with("message", &message).text(&text));
        }
        Outcome::Errored(message) => {
            element.add(Element::new("error").with("type", "unknown").with("message", &message));
        }
        Outcome::Skipped(message) => element.add(Element::new("skipped").with("message", &message)),
    }
    element
}

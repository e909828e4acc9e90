//! The remedies of a report as files, in the order in which they are to be applied. It writes nothing and applies nothing.
//!
//! The first remedy of each finding lies in the folder itself, and what can be done in its place lies in a folder of its own:
//! who applies all manifests of a folder applies no two remedies of one finding.

use super::{
    human,
    markdown::{block, code, step, table},
    text::harmless,
};
use crate::{
    distributions::Detection,
    doctor::{Finding, Remedy, Report, Row, Step, Subject, Verdict},
    model::snapshot::Snapshot,
    render::detection,
};
use std::fmt::Write as _;

/// How the line begins by which the README of a fix plan is known.
pub const SIGNATURE: &str = "A fix plan by ctlmon ";

/// Where the remedies lie that take the place of others.
pub const ALTERNATIVES: &str = "alternatives";

/// A file of a fix plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFile {
    /// Its path in the folder.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// A finding with what to do about it, for all subjects for which that is the same.
struct Task<'a> {
    number: usize,
    row: &'a Row,
    subjects: Vec<&'a Subject>,
    finding: &'a Finding,
}

/// What one file of a remedy is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Script,
    Manifest,
    Page,
}

/// The files of the plan, `README.md` first; none where there is no problem.
#[must_use]
pub fn files(snapshot: &Snapshot, detection: &Detection, report: &Report) -> Vec<PlanFile> {
    let tasks = tasks(report);
    if tasks.is_empty() {
        return Vec::new();
    }
    let mut readme = head(snapshot, detection, report);
    let mut rows = Vec::new();
    let mut sections = String::new();
    let mut files = Vec::new();
    for task in &tasks {
        let written: Vec<Vec<PlanFile>> = task
            .finding
            .remedies
            .iter()
            .enumerate()
            .map(|(place, remedy)| task.remedy(place, remedy))
            .collect();
        let first = written.first().map(|files| paths(files)).unwrap_or_default();
        let touches = task.finding.remedies.first().map_or("", |remedy| remedy.touches.words());
        rows.push([task.number.to_string(), task.row.check.id.to_string(), first, touches.to_owned()]);
        sections.push_str(&task.section(&written));
        files.extend(written.into_iter().flatten());
    }
    let _ = write!(readme, "{}{sections}", table(["", "finding", "apply", ""], rows));
    readme.push_str("\n## Afterwards\n\nAsk again what is wrong: `ctlmon doctor`.\n");
    files.insert(0, PlanFile { path: "README.md".to_owned(), text: readme });
    files
}

/// The problems in the order of the report, which is the worst first. What others explain goes away with these.
fn tasks(report: &Report) -> Vec<Task<'_>> {
    let mut tasks: Vec<Task<'_>> = Vec::new();
    for (_, row) in report.problems() {
        let begin = tasks.len();
        for (subject, verdict) in row.subjects.iter().zip(&row.each) {
            let Verdict::Problem(finding) = verdict else { continue };
            match tasks[begin..].iter_mut().find(|task| task.finding.remedies == finding.remedies) {
                Some(task) => task.subjects.push(subject),
                None => {
                    tasks.push(Task { number: tasks.len() + 1, row, subjects: vec![subject], finding });
                }
            }
        }
    }
    tasks
}

fn head(snapshot: &Snapshot, detection: &Detection, report: &Report) -> String {
    let mut out = String::from("# Fix plan\n\n");
    let _ = writeln!(
        out,
        "{SIGNATURE}{}, of what `ctlmon doctor` saw on {}.\n",
        code(&snapshot.tool),
        snapshot.taken_at
    );
    let wanted = &snapshot.wanted;
    if wanted.endpoints.is_empty() {
        let _ = writeln!(out, "- cluster: {}", code(&detection::headline(detection)));
    } else {
        let endpoints: Vec<String> =
            wanted.endpoints.iter().map(|named| code(&named.endpoint.to_string())).collect();
        let _ = writeln!(out, "- endpoints: {}", endpoints.join(", "));
    }
    if let Some(context) = &wanted.context {
        let _ = writeln!(out, "- context: {}", code(context));
    }
    if wanted.on_node.is_some() {
        out.push_str("- looked at one node alone\n");
    }
    let _ = writeln!(out, "- found: {}", human::counts(report));
    if let Some(cause) = report.cut_short {
        let _ = writeln!(out, "- {}", human::cut_short(cause));
    }
    out.push_str(
        "\nNothing of it was applied. Read each file before you apply it, in this order; scripts are for `sh FILE`, manifests \
         for `kubectl apply -f FILE`, and pages tell what to edit.\n\
         What lies in `alternatives` takes the place of the first remedy of the same number: apply one of them and never \
         several.\n\n",
    );
    out
}

impl Task<'_> {
    /// The files of one remedy; those of the first lie in the folder itself.
    fn remedy(&self, place: usize, remedy: &Remedy) -> Vec<PlanFile> {
        let pieces = pieces(remedy);
        let only = pieces.len() == 1;
        let files = pieces.into_iter().enumerate().map(|(number, (kind, text))| {
            let folder = if place == 0 { String::new() } else { format!("{ALTERNATIVES}/") };
            let other = if place == 0 { String::new() } else { format!(".or-{place}") };
            let part = if only { String::new() } else { format!(".{}", number + 1) };
            let ending = kind.ending();
            PlanFile {
                path: format!("{folder}{:02}-{}{other}{part}.{ending}", self.number, self.row.check.id),
                text: kind.whole(&self.remarks(place, remedy), &text),
            }
        });
        files.collect()
    }

    /// What every file of a remedy says first.
    fn remarks(&self, place: usize, remedy: &Remedy) -> Vec<String> {
        let mut remarks = vec![
            format!("{}. {}: {}", self.number, self.row.check.id, self.finding.summary),
            format!("about: {}", self.about()),
            format!("what this does: {} ({})", remedy.title, remedy.touches.words()),
        ];
        if place > 0 {
            remarks.push(format!(
                "this is an alternative: apply it in place of the files that begin with {:02}-, and not together with them",
                self.number
            ));
        }
        remarks
    }

    fn about(&self) -> String {
        let names: Vec<String> = self.subjects.iter().map(ToString::to_string).collect();
        names.join(", ")
    }

    /// What the README says of it.
    fn section(&self, written: &[Vec<PlanFile>]) -> String {
        let Self { number, row, finding, .. } = self;
        let mut out = format!("\n## {number}. {}: {}\n\n", finding.severity.word(), row.check.id);
        let _ = writeln!(out, "{}: {}\n", code(&self.about()), code(&finding.summary));
        for (place, (remedy, files)) in finding.remedies.iter().zip(written).enumerate() {
            let label = if place == 0 { "apply" } else { "or, in its place," };
            let touches = remedy.touches.words();
            let _ = writeln!(out, "- {label} {}: {} ({touches})", paths(files), code(&remedy.title));
        }
        for symptom in &row.symptoms {
            let _ = writeln!(out, "- {} goes away with it", symptom.check.id);
        }
        let _ = writeln!(out, "- `ctlmon explain {}` tells more", row.check.id);
        out
    }
}

/// The files of a remedy as links.
fn paths(files: &[PlanFile]) -> String {
    let links: Vec<String> = files.iter().map(|file| format!("[{0}]({0})", file.path)).collect();
    links.join(", then ")
}

/// The steps of a remedy, those that go into one file together. What is to be known stands where it is to be read.
fn pieces(remedy: &Remedy) -> Vec<(Kind, String)> {
    let mut pieces: Vec<(Kind, String)> = Vec::new();
    let mut before = Vec::new();
    for step in &remedy.steps {
        let kind = match step {
            Step::Run(_) => Kind::Script,
            Step::Apply(_) => Kind::Manifest,
            Step::Edit { .. } => Kind::Page,
            Step::Read(_) => {
                let Some((kind, _)) = pieces.last() else {
                    before.push(step);
                    continue;
                };
                *kind
            }
        };
        match pieces.last_mut() {
            // Each manifest is a file: what they have in common is nobody's to guess.
            Some((last, text)) if *last == kind && !matches!(step, Step::Apply(_)) => {
                text.push_str(&kind.part(step));
            }
            _ => {
                let text = before.drain(..).chain([step]).map(|step| kind.part(step)).collect();
                pieces.push((kind, text));
            }
        }
    }
    if !before.is_empty() {
        pieces.push((Kind::Page, before.into_iter().map(|step| Kind::Page.part(step)).collect()));
    }
    pieces
}

impl Kind {
    const fn ending(self) -> &'static str {
        match self {
            Self::Script => "sh",
            Self::Manifest => "yaml",
            Self::Page => "md",
        }
    }

    /// One step in a file of this kind.
    fn part(self, of: &Step) -> String {
        match (self, of) {
            (Self::Script, Step::Run(lines)) => harmless(&lines.join("\n")) + "\n",
            (Self::Manifest, Step::Apply(manifest)) => format!("{}\n", harmless(manifest.trim_end())),
            (Self::Script | Self::Manifest, Step::Read(text)) => remark(text),
            (_, of) => format!("\n{}", step(of)),
        }
    }

    /// The whole file.
    fn whole(self, remarks: &[String], text: &str) -> String {
        let said: String = remarks.iter().map(|line| remark(line)).collect();
        match self {
            Self::Script => format!("#!/bin/sh\n{said}set -eu\n\n{text}"),
            Self::Manifest => format!("{said}\n{text}"),
            Self::Page => {
                let (title, rest) = remarks.split_first().map_or(("", &[][..]), |(one, rest)| (one, rest));
                format!("# {}\n\n{}{text}", code(title), block("text", &rest.join("\n")))
            }
        }
    }
}

/// A comment, on one line whatever is in it.
fn remark(text: &str) -> String {
    format!("# {}\n", harmless(text).replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Touches;

    fn check(steps: Vec<Step>, expected: &[(&str, &str)]) {
        let remedy = Remedy { title: String::new(), steps, touches: Touches::Nothing };
        let pieces = pieces(&remedy);
        let seen: Vec<(&str, &str)> =
            pieces.iter().map(|(kind, text)| (kind.ending(), text.as_str())).collect();
        assert_eq!(seen, expected);
    }

    fn run(line: &str) -> Step {
        Step::Run(vec![line.to_owned()])
    }

    #[test]
    fn steps_of_one_kind_share_a_file_in_their_order() {
        check(vec![run("a"), Step::Read("b"), run("c")], &[("sh", "a\n# b\nc\n")]);
        check(vec![Step::Read("a"), run("b")], &[("sh", "# a\nb\n")]);
        check(
            vec![run("a"), Step::Apply("b: 1\n".to_owned()), Step::Read("c"), Step::Apply("d: 1".to_owned())],
            &[("sh", "a\n"), ("yaml", "b: 1\n# c\n"), ("yaml", "d: 1\n")],
        );
        check(vec![Step::Read("a")], &[("md", "\na\n")]);
    }

    #[test]
    fn a_remark_is_one_line() {
        assert_eq!(remark("a\nrm -rf /\r\u{1b}"), "# a rm -rf /\u{fffd}\u{fffd}\n");
        let script = Kind::Script.whole(&["a\nb".to_owned()], "c\n");
        assert_eq!(script, "#!/bin/sh\n# a b\nset -eu\n\nc\n");
        let page = Kind::Page.whole(&["a\n# b".to_owned(), "```".to_owned()], "");
        assert_eq!(page, "# `a # b`\n\n````text\n```\n````\n");
    }
}

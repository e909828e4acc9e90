//! The formats of `doctor`: each is written whatever a run came to, can be read by what it is for, tells of the same run, and
//! has the same exit code; nothing that a server says is more than text in any of them.

mod early;
mod hostile;
mod matrix;

use crate::support::{Ran, ctlmon, faults, has, markdown::assert_tame, needs, run, xml::Element};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// The formats for programs; JSON first, which the others are compared with.
const FORMATS: [&str; 5] = ["json", "yaml", "junit", "markdown", "human"];

/// What one run is in every format.
struct Reports {
    json: Value,
    junit: Element,
    ran: Vec<Ran>,
}

impl Reports {
    /// Runs in every format; the reports must be readable and agree.
    #[track_caller]
    fn of(mut doctor: impl FnMut(&str) -> Command) -> Self {
        let ran: Vec<Ran> = FORMATS.iter().map(|format| run(&mut doctor(format))).collect();
        Self::read(ran)
    }

    #[track_caller]
    fn read(ran: Vec<Ran>) -> Self {
        let json = ran[0].json();
        for (format, ran) in FORMATS.iter().zip(&ran) {
            assert_eq!(json["exit"], ran.code, "{format}: {ran:?}");
            assert!(!ran.stderr.contains("panicked"), "{format}: {ran:?}");
        }
        let documents = ctlmon::yaml::documents(&ran[1].stdout).unwrap();
        assert_eq!(documents.len(), 1);
        assert!(of_any_run(&documents[0]) == of_any_run(&json), "{}{}", ran[0].stdout, ran[1].stdout);
        let junit = Element::parse(&ran[2].stdout);
        check_structure(&junit);
        assert_tame(&ran[3].stdout);
        Self { json, junit, ran }
    }

    #[track_caller]
    fn check_agreement(&self) {
        let Self { json, junit, ran } = self;
        let verdicts = verdicts(json);
        let count = |word: &str| verdicts.iter().filter(|verdict| verdict["verdict"] == word).count();
        let cases = junit.all("testcase");
        assert_eq!(junit.all("failure").len(), count("problem"), "{}", ran[2].stdout);
        assert_eq!(junit.all("error").len(), json["unjudged"].as_array().unwrap().len(), "{}", ran[2].stdout);
        let passed = cases.iter().filter(|case| case.children.is_empty()).count();
        assert_eq!(passed, count("pass"), "{}", ran[2].stdout);
        for verdict in verdicts.iter().filter(|verdict| verdict["verdict"] == "problem") {
            let (check, summary) = (verdict["check"].as_str().unwrap(), verdict["summary"].as_str().unwrap());
            let name = match verdict["subject"]["name"].as_str().unwrap() {
                "" => check.to_owned(),
                place => format!("{check}: {place}"),
            };
            // Components of one node have names and summaries in common, and differ in what was seen.
            let shows = |text: &str| {
                let mut evidence = verdict["evidence"].as_array().unwrap().iter();
                evidence.all(|piece| text.contains(piece["claim"].as_str().unwrap()))
            };
            let is_it = |case: &&&Element| {
                let mut found = case.children.iter();
                case.attribute("name") == Some(&name)
                    && found.any(|found| found.attribute("message") == Some(summary) && shows(&found.text))
            };
            let case = cases.iter().find(is_it).unwrap_or_else(|| panic!("{check}: {}", ran[2].stdout));
            let text = &case.children[0].text;
            for remedy in verdict["remedies"].as_array().unwrap() {
                assert!(text.contains(remedy["title"].as_str().unwrap()), "{text}");
            }
            assert!(ran[3].stdout.contains(check), "{}", ran[3].stdout);
        }
    }
}

/// A report without what differs from one run to the next: when it was, and how many bytes were read.
fn of_any_run(json: &Value) -> Value {
    let mut json = json.clone();
    json["taken_at"].take();
    json["waves"].take();
    json
}

/// All verdicts, those that are folded under others included, each once: one can stand under each subject of its cause.
fn verdicts(json: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    let mut left: Vec<&Value> = json["verdicts"].as_array().unwrap().iter().collect();
    while let Some(verdict) = left.pop() {
        left.extend(verdict["symptoms"].as_array().unwrap());
        if !all.contains(verdict) {
            all.push(verdict.clone());
        }
    }
    all
}

/// What the schema says, checked where no program is there that knows schemas.
#[track_caller]
fn check_structure(root: &Element) {
    assert_eq!((root.name.as_str(), root.attributes.len()), ("testsuites", 0));
    let mut names = BTreeSet::new();
    for (number, suite) in root.children.iter().enumerate() {
        assert_eq!(suite.name, "testsuite");
        let of = |name: &str| suite.attribute(name).unwrap_or_else(|| panic!("{name} of {suite:?}"));
        assert!(names.insert(of("name").to_owned()), "a suite is there once: {suite:?}");
        assert_eq!(of("id"), number.to_string());
        assert_eq!((of("hostname"), of("package"), of("time")), ("localhost", "ctlmon.doctor", "0"));
        assert!(of("timestamp").parse::<jiff::civil::DateTime>().is_ok() && of("timestamp").len() == 19);
        let parts: Vec<&str> = suite.children.iter().map(|part| part.name.as_str()).collect();
        let cases = parts.len() - 3;
        let expected: Vec<&str> =
            [&["properties"][..], &vec!["testcase"; cases], &["system-out", "system-err"]].concat();
        assert_eq!(parts, expected);
        for (attribute, element) in [("failures", "failure"), ("errors", "error"), ("skipped", "skipped")] {
            assert_eq!(of(attribute), suite.all(element).len().to_string(), "{attribute}: {suite:?}");
        }
        assert_eq!(of("tests"), cases.to_string());
        let mut names = BTreeSet::new();
        for case in suite.all("testcase") {
            let name = case.attribute("name").unwrap();
            assert!(!name.is_empty() && names.insert(name), "a case is there once: {name}");
            assert!(case.attribute("classname").unwrap().ends_with(of("name")), "{case:?}");
            assert_eq!(case.attribute("time"), Some("0"));
            assert!(case.children.len() <= 1, "one outcome: {case:?}");
            for outcome in &case.children {
                assert!(outcome.attribute("message").is_some_and(|message| !message.is_empty()), "{case:?}");
                assert!(outcome.name == "skipped" || outcome.attribute("type").is_some(), "{case:?}");
            }
        }
    }
}

fn lab(folder: &Path, arguments: &[&str], format: &str) -> Command {
    let mut doctor = ctlmon(folder);
    doctor.args(["doctor", "--lab", "-o", format]).args(arguments);
    doctor
}

#[test]
fn every_fault_is_told_in_every_format() {
    let folder = TempDir::new().unwrap();
    for (fault, check) in faults() {
        let reports = Reports::of(|format| {
            let mut doctor = lab(folder.path(), &["--fault", &fault], format);
            doctor.args(needs(&[&fault]));
            doctor
        });
        reports.check_agreement();
        let found = |severity| reports.ran[0].problems(severity);
        assert_eq!(reports.ran[0].code, i32::from(!found("error").is_empty()), "{fault}");
        assert!(["error", "warning", "note"].iter().any(|it| found(it).contains(&check)), "{fault}");
    }
}

#[test]
fn what_is_to_be_done_about_several_things_is_no_choice() {
    let folder = TempDir::new().unwrap();
    for (format, and, or) in
        [("human", " and   take any form", " or    take"), ("markdown", "**And**", "**Or**")]
    {
        let mut doctor = ctlmon(folder.path());
        doctor.args(["doctor", "--lab=eks", "--fault", "eks-check-without-accept-header", "-o", format]);
        let ran = run(&mut doctor);
        assert!(ran.stdout.contains(and) && !ran.stdout.contains(or), "{}", ran.stdout);
    }
}

#[test]
fn a_healthy_cluster_is_green_in_every_format() {
    let folder = TempDir::new().unwrap();
    let reports = Reports::of(|format| lab(folder.path(), &[], format));
    reports.check_agreement();
    assert_eq!(reports.ran[0].code, 0);
    for bad in ["failure", "error", "skipped"] {
        assert!(reports.junit.all(bad).is_empty(), "{bad}: {}", reports.ran[2].stdout);
    }
    let suites: Vec<&str> =
        reports.junit.children.iter().filter_map(|suite| suite.attribute("name")).collect();
    let components = ["apiserver", "etcd", "controller-manager", "scheduler", "kubelet", "cluster-agent"];
    assert_eq!(suites[..6], components, "a suite each, in the order of the components");
}

#[test]
fn the_schema_takes_every_report() {
    const TEST: &str = "the_schema_takes_every_report";
    if !has(TEST, "xmllint") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/reports/junit.xsd");
    let nowhere = ["doctor", "-o", "junit", "--kubeconfig", "none"];
    let mut reports =
        vec![run(&mut lab(folder.path(), &[], "junit")), run(ctlmon(folder.path()).args(nowhere))];
    let of = |(fault, _): (String, String)| run(&mut lab(folder.path(), &["--fault", &fault], "junit"));
    reports.extend(faults().into_iter().step_by(2).map(of));
    for ran in reports {
        let mut xmllint = Command::new("xmllint");
        xmllint.args(["--nonet", "--noout", "--schema", schema, "-"]);
        let mut judge = xmllint.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        judge.stdin.take().unwrap().write_all(ran.stdout.as_bytes()).unwrap();
        let judged = judge.wait_with_output().unwrap();
        assert!(judged.status.success(), "{}{}", String::from_utf8_lossy(&judged.stderr), ran.stdout);
    }
}

/// Without what a merge patch takes for a field to be removed.
fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

/// kubectl reads a patch with Go's YAML, and writes what it has read.
#[test]
fn go_reads_the_values_that_were_written() {
    const TEST: &str = "go_reads_the_values_that_were_written";
    if !has(TEST, "kubectl") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}});
    std::fs::write(folder.path().join("object"), object.to_string()).unwrap();
    let texts = [
        "yes",
        "off",
        "~",
        "1_000",
        "0o17",
        "12:30:45",
        "2026-06-01",
        "=",
        "<<",
        "1e3",
        ".inf",
        "\u{0}\u{7f}\u{85}",
        "\u{2028}\u{feff}\u{fffe}",
        "# a",
        "- a: b\n",
        "\t",
        "é🦀",
    ];
    let mut expected = vec![json!({"texts": texts})];
    expected.push(run(&mut lab(folder.path(), &["--fault", &faults()[0].0], "json")).json());
    for mut value in expected {
        let patch = ctlmon::yaml::write::to_string(&json!({"report": value})).unwrap();
        std::fs::write(folder.path().join("patch"), patch).unwrap();
        let mut kubectl = Command::new("kubectl");
        kubectl.args([
            "patch",
            "--local",
            "--type",
            "merge",
            "-o",
            "json",
            "-f",
            "object",
            "--patch-file",
            "patch",
        ]);
        let mut read = run(kubectl.current_dir(folder.path()).env("HOME", folder.path())).json();
        without_nulls(&mut read);
        without_nulls(&mut value);
        assert_eq!(read["report"], value);
    }
}

#[test]
fn the_list_of_checks_is_for_people_and_json() {
    let folder = TempDir::new().unwrap();
    for format in ["yaml", "junit", "markdown"] {
        let ran = run(ctlmon(folder.path()).args(["doctor", "--list", "-o", format]));
        assert!(ran.error(2).contains("--list"), "{ran:?}");
    }
}

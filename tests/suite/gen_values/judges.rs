//! The vendor's own programs judge what is written: the real chart rendered by the real helm, and the strict schemas. Where
//! they are not there the tests say so by name.

use super::{AUDIENCES, shared};
use crate::support::{ctlmon, run};
use ctlmon::distributions::ALL;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Volumes that the chart itself declares and mounts nowhere, more or fewer of them as its features go.
const IDLE_BY_THE_CHART: [&str; 4] = ["'apmsocket'", "'etc-system-release'", "'os-release-file'", "'s6-run'"];

/// Whether a judge complains of nothing but the chart's own idle volumes.
fn is_of_the_chart(line: &str) -> bool {
    let named = line.split_once("volumes never mounted: [").and_then(|(_, rest)| rest.strip_suffix(']'));
    named.is_some_and(|names| names.split(", ").all(|name| IDLE_BY_THE_CHART.contains(&name)))
}

/// The folder with helm and the chart; `JUDGE_HOME` names it.
pub(super) fn home(test: &str) -> Option<PathBuf> {
    let home =
        std::env::var_os("JUDGE_HOME").map(PathBuf::from).filter(|home| home.join("bin/helm").is_file());
    if home.is_none() {
        eprintln!("skipped: {test}: JUDGE_HOME names no folder with bin/helm");
    }
    home
}

pub(super) struct Judges {
    pub(super) home: PathBuf,
    pub(super) scripts: PathBuf,
    pub(super) python: PathBuf,
}

impl Judges {
    pub(super) fn found(test: &str) -> Option<Self> {
        let (home, shared) = (home(test)?, shared(test)?);
        let own = home.join("venv/bin/python");
        let python = if own.is_file() { own } else { PathBuf::from("python3") };
        Some(Self { home, scripts: shared.join("judges"), python })
    }

    /// Everything that a judge says but what passes; the last line is its summary.
    fn says(&self, script: &str, arguments: &[&str]) -> Vec<String> {
        let ran = Command::new(&self.python)
            .arg(self.scripts.join(script))
            .args(arguments)
            .arg("--quiet-pass")
            .env("JUDGE_HOME", &self.home)
            .output()
            .unwrap();
        let text = String::from_utf8(ran.stdout).unwrap();
        assert!(text.contains("SUMMARY"), "{script}: {text}{}", String::from_utf8_lossy(&ran.stderr));
        text.lines()
            .filter(|line| !line.starts_with("SUMMARY") && !is_of_the_chart(line))
            .map(str::to_owned)
            .collect()
    }
}

/// What is tried with every distribution, as a user types it.
const OPTIONS: [&[&str]; 4] = [
    &[],
    &["--etcd-source", "secret"],
    &["--exposed", "etcd,controller-manager,scheduler"],
    &[
        "--logs",
        "--apm",
        "--processes",
        "--runners",
        "3",
        "--cluster-name",
        "prod-1",
        "--tag",
        "a:{{b",
        "--registry",
        "r.example/dd",
        "--image-pull-secret",
        "pull",
        "--log-level",
        "debug",
        "--site",
        "datadoghq.eu",
    ],
];

/// Writes one document, or nothing where the command refuses it.
fn written(folder: &Path, arguments: &[&str]) -> Option<PathBuf> {
    let ran = run(ctlmon(folder).arg("gen-values").args(arguments));
    match ran.code {
        0 => {
            let path = folder.join("document.yaml");
            fs::write(&path, ran.stdout).unwrap();
            Some(path)
        }
        2 | 3 => None,
        _ => panic!("{arguments:?}: {ran:?}"),
    }
}

/// Judges every document once, and says of all what is wrong.
fn each(format: &str, judge: impl Fn(&Path) -> Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let (mut count, mut judged, mut wrong) = (0, BTreeSet::new(), Vec::new());
    for distribution in ALL {
        for audience in AUDIENCES {
            let audience = audience.to_string();
            for options in OPTIONS {
                let mut arguments =
                    vec!["--distribution", distribution.id, "--format", format, "--for", &audience];
                arguments.extend(options);
                if let Some(document) = written(folder.path(), &arguments) {
                    // Many distributions are configured alike; comments are for people.
                    let text = fs::read_to_string(&document).unwrap();
                    let bare: Vec<&str> =
                        text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
                    if judged.insert(bare.join("\n")) {
                        wrong.extend(
                            judge(&document).into_iter().map(|it| format!("{}: {it}", arguments.join(" "))),
                        );
                    }
                    count += 1;
                }
            }
        }
    }
    assert!(count >= ALL.len(), "{count} documents judged");
    assert_eq!(wrong, [] as [&str; 0], "{}", wrong.join("\n"));
}

#[test]
fn the_chart_knows_and_uses_every_value() {
    let Some(judges) = Judges::found("the_chart_knows_and_uses_every_value") else { return };
    each("helm", |document| judges.says("judge_values.py", &[document.to_str().unwrap(), "--ablate"]));
}

#[test]
fn the_operator_knows_every_field() {
    let Some(judges) = Judges::found("the_operator_knows_every_field") else { return };
    each("datadog-agent", |document| judges.says("judge_dda.py", &[document.to_str().unwrap()]));
}

#[test]
fn kubernetes_knows_every_field_of_the_other_manifests() {
    let Some(judges) = Judges::found("kubernetes_knows_every_field_of_the_other_manifests") else { return };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    for distribution in ALL {
        let arguments =
            ["gen-values", "--distribution", distribution.id, "--out", out.to_str().unwrap(), "--force"];
        if run(ctlmon(folder.path()).args(arguments)).code != 0 {
            continue;
        }
        let mut manifests: Vec<PathBuf> =
            fs::read_dir(out.join("manifests")).unwrap().map(|entry| entry.unwrap().path()).collect();
        manifests.sort();
        let manifests: Vec<&str> = manifests.iter().map(|path| path.to_str().unwrap()).collect();
        assert_eq!(judges.says("judge_dda.py", &manifests), [] as [&str; 0], "{}", distribution.id);
    }
}

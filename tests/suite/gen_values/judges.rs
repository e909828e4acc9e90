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
fn home(test: &str) -> Option<PathBuf> {
    let home =
        std::env::var_os("JUDGE_HOME").map(PathBuf::from).filter(|home| home.join("bin/helm").is_file());
    if home.is_none() {
        eprintln!("skipped: {test}: JUDGE_HOME names no folder with bin/helm");
    }
    home
}

/// The real helm: that of the real servers, else that of the judges.
pub(super) fn helm(test: &str) -> Option<PathBuf> {
    let places = [("KUBEBUILDER_ASSETS", "helm"), ("JUDGE_HOME", "bin/helm")];
    let mut paths = places
        .into_iter()
        .filter_map(|(variable, path)| Some(PathBuf::from(std::env::var_os(variable)?).join(path)));
    let helm = paths.find(|path| path.is_file());
    if helm.is_none() {
        eprintln!("skipped: {test}: neither KUBEBUILDER_ASSETS nor JUDGE_HOME has helm");
    }
    helm
}

/// The vendor's chart with its dependencies, and what renders it.
pub(super) struct Chart {
    pub(super) helm: PathBuf,
    pub(super) chart: PathBuf,
}

impl Chart {
    pub(super) fn found(test: &str) -> Option<Self> {
        let helm = helm(test)?;
        let chart = std::env::var_os("JUDGE_HOME").map(|home| PathBuf::from(home).join("chart/datadog"));
        let chart = chart.filter(|chart| chart.join("charts").is_dir());
        if chart.is_none() {
            eprintln!("skipped: {test}: JUDGE_HOME names no folder with chart/datadog");
        }
        Some(Self { helm, chart: chart? })
    }
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
const OPTIONS: [&[&str]; 6] = [
    &[],
    &["--etcd-source", "secret"],
    &["--checks-by", "annotations"],
    &["--checks-by", "annotations", "--etcd-source", "secret", "--runners", "2"],
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

/// The paths of a setup.
struct Setup {
    main: String,
    /// What else is applied to a cluster.
    manifests: Vec<String>,
}

impl Setup {
    /// Writes one, or nothing where the command refuses it.
    fn written(folder: &Path, arguments: &[&str]) -> Option<Self> {
        let out = folder.join("out");
        let arguments = [&["gen-values", "--force", "--out", out.to_str().unwrap()], arguments].concat();
        let ran = run(ctlmon(folder).args(&arguments));
        match ran.code {
            0 => {}
            2 | 3 => return None,
            _ => panic!("{arguments:?}: {ran:?}"),
        }
        let [main] = documents(&out).try_into().unwrap();
        Some(Self { main, manifests: documents(&out.join("manifests")) })
    }

    /// Everything that a cluster takes, without comments: many distributions are configured alike.
    fn bare(&self) -> String {
        let texts =
            std::iter::once(&self.main).chain(&self.manifests).map(|path| fs::read_to_string(path).unwrap());
        let lines = texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>());
        lines.filter(|line| !line.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n")
    }
}

/// The YAML files right in a folder, in the order of their names.
fn documents(folder: &Path) -> Vec<String> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_yaml = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "yaml");
    let mut paths: Vec<String> =
        paths.filter(is_yaml).map(|path| path.to_str().unwrap().to_owned()).collect();
    paths.sort();
    paths
}

/// Judges every setup once, and says of all what is wrong.
fn each(format: &str, judge: impl Fn(&Setup) -> Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let (mut count, mut judged, mut wrong) = (0, BTreeSet::new(), Vec::new());
    for distribution in ALL {
        for audience in AUDIENCES {
            let audience = audience.to_string();
            for options in OPTIONS {
                let mut arguments =
                    vec!["--distribution", distribution.id, "--format", format, "--for", &audience];
                arguments.extend(options);
                let Some(setup) = Setup::written(folder.path(), &arguments) else { continue };
                if judged.insert(setup.bare()) {
                    let said = judge(&setup).into_iter();
                    wrong.extend(said.map(|it| format!("{}: {it}", arguments.join(" "))));
                }
                count += 1;
            }
        }
    }
    assert!(count >= ALL.len(), "{count} setups judged");
    println!("{format}: {count} setups, {} of them different", judged.len());
    assert_eq!(wrong, [] as [&str; 0], "{}", wrong.join("\n"));
}

#[test]
fn the_chart_knows_and_uses_every_value() {
    let Some(judges) = Judges::found("the_chart_knows_and_uses_every_value") else { return };
    each("helm", |setup| {
        let beside = setup.manifests.iter().flat_map(|path| ["--manifests", path]);
        judges.says("judge_values.py", &[&[&*setup.main, "--ablate"], &*beside.collect::<Vec<_>>()].concat())
    });
}

#[test]
fn the_operator_knows_every_field() {
    let Some(judges) = Judges::found("the_operator_knows_every_field") else { return };
    each("datadog-agent", |setup| {
        let all = std::iter::once(&setup.main).chain(&setup.manifests).map(String::as_str);
        judges.says("judge_dda.py", &all.collect::<Vec<_>>())
    });
}

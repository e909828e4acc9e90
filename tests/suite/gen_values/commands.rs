//! Every command that is printed for a setup is one that a shell, helm and kubectl take.

use super::{DIALECTS, judges, names, of, plain, planned, plans};
use ctlmon::{
    distributions::Distribution,
    model::component::Component,
    plan::{Audience, Choices, Dialect, Folder, folder},
};
use std::{
    fs,
    io::Write as _,
    process::{Command, Stdio},
    sync::LazyLock,
};

/// Every folder of the variety, written once for all tests.
fn folders() -> &'static [(String, Dialect, Folder)] {
    static FOLDERS: LazyLock<Vec<(String, Dialect, Folder)>> = LazyLock::new(|| {
        let with = |plan: &_, dialect| (of(plan), dialect, folder(plan, dialect, &names()).unwrap());
        plans().iter().flat_map(|plan| DIALECTS.map(|dialect| with(plan, dialect))).collect()
    });
    &FOLDERS
}

/// Without comments: many distributions are configured alike.
fn bare(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with('#')).collect()
}

fn lines(folder: &Folder) -> impl Iterator<Item = &String> {
    folder.steps.iter().flat_map(|step| step.commands.iter().chain(&step.undo))
}

#[test]
fn a_shell_reads_every_line() {
    let mut all: Vec<String> = folders().iter().flat_map(|(_, _, folder)| lines(folder).cloned()).collect();
    all.sort();
    all.dedup();
    assert!(all.len() > 5, "{all:?}");
    for line in all {
        let mut shell =
            Command::new("sh").arg("-n").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        shell.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
        let ended = shell.wait_with_output().unwrap();
        assert!(ended.status.success(), "{line}: {}", String::from_utf8_lossy(&ended.stderr));
        assert!(!line.contains('\n') && !line.contains('<') || line.contains("$keys"), "{line}");
    }
}

#[test]
fn pages_print_the_same_commands_and_every_file_that_they_name_is_there() {
    for (label, _, folder) in folders() {
        for line in folder.steps.iter().flat_map(|step| &step.commands) {
            assert!(folder.readme.contains(line.as_str()), "{label}: {line}");
        }
        for line in folder.steps.iter().flat_map(|step| &step.undo) {
            assert!(folder.undo.contains(line.as_str()), "{label}: {line}");
        }
        for word in lines(folder).flat_map(|line| line.split(' ')) {
            if let Some(name) = word.strip_prefix("manifests/") {
                assert!(folder.manifests.iter().any(|it| it.name == name), "{label}: {word}");
            } else if word.strip_suffix(".yaml").is_some() {
                assert_eq!(word, folder.main.name, "{label}");
            }
        }
        assert!(folder.steps.iter().all(|step| !step.rights.is_empty()), "{label}");
    }
}

#[test]
fn whatever_is_brought_is_taken_away_again() {
    for (label, _, folder) in folders() {
        for step in &folder.steps {
            assert_eq!(step.commands.is_empty(), step.undo.is_empty(), "{label}: {}", step.title);
        }
        // No installer knows of what the Cluster Agent makes by itself.
        let brings = !label.contains("for workers");
        assert_eq!(folder.undo.contains("webhookconfiguration datadog-webhook"), brings, "{label}");
    }
}

/// Without its flag, of a static pod that kubeadm wrote, a program takes another default than kubeadm gave it.
#[test]
fn what_kubeadm_wrote_is_put_back() {
    let exposed = [Component::Etcd, Component::ControllerManager, Component::Scheduler].into();
    let choices = Choices { exposed, ..plain(Audience::All) };
    let plan = planned(Distribution::named("kubeadm").unwrap(), &choices).unwrap();
    let undo = folder(&plan, Dialect::Helm, &names()).unwrap().undo;
    for (flag, program) in [
        ("listen-metrics-urls=http://127.0.0.1:2381", "etcd"),
        ("bind-address=127.0.0.1", "kube-controller-manager"),
        ("bind-address=127.0.0.1", "kube-scheduler"),
    ] {
        let said = format!("write `--{flag}` into /etc/kubernetes/manifests/{program}.yaml again");
        assert!(undo.contains(&said), "{said}: {undo}");
    }
}

/// The keys are typed: no command has one as an argument, and the token is the system's randomness.
#[test]
fn no_key_is_an_argument() {
    for (label, dialect, folder) in folders() {
        let text: String = lines(folder).map(String::as_str).collect::<Vec<_>>().join("\n");
        assert!(!text.contains("--from-literal"), "{label}");
        if *dialect != Dialect::ArgoCd && text.contains("api-key") {
            assert!(text.contains("/dev/urandom") && text.contains("stty -echo"), "{label}: {text}");
        }
    }
}

#[test]
fn helm_renders_what_it_would_install() {
    let Some(judge) = judges::Chart::found("helm_renders_what_it_would_install") else { return };
    let files = tempfile::tempdir().unwrap();
    // The chart of the operator needs a sibling of its, which an archive would bring along.
    let charts = judge.chart.join("charts");
    let copy = |from: &str, to: &str| {
        let to = files.path().join(to);
        fs::create_dir_all(&to).unwrap();
        let ended = Command::new("cp").arg("-R").arg(charts.join(from)).arg(to).status().unwrap();
        assert!(ended.success(), "{from}");
    };
    copy("datadog-operator", "");
    copy("datadog-crds", "datadog-operator/charts");
    let mut rendered = std::collections::BTreeSet::new();
    for (label, dialect, folder) in folders() {
        for line in lines(folder).filter(|line| line.starts_with("helm upgrade")) {
            let words: Vec<&str> = line.split(' ').collect();
            let (release, chart) = (words[3], words[4]);
            let rest = &words[5..];
            let namespace = rest.iter().position(|word| *word == "-n").map(|at| rest[at + 1]).unwrap();
            let mut helm = Command::new(&judge.helm);
            helm.args(["template", release, "-n", namespace]);
            if chart == "datadog" {
                if !rendered.insert(bare(&folder.main.text)) {
                    continue;
                }
                let values = files.path().join("values.yaml");
                fs::write(&values, &folder.main.text).unwrap();
                helm.arg(&judge.chart).arg("-f").arg(values);
            } else if rendered.insert(line.clone()) {
                let sets = rest.iter().position(|word| *word == "--set").map_or(&[][..], |at| &rest[at..]);
                helm.args(sets.iter().map(|word| word.trim_matches('\'')));
                helm.arg(files.path().join(chart));
            } else {
                continue;
            }
            let ran = helm.output().unwrap();
            assert!(
                ran.status.success(),
                "{label}, {dialect:?}: {line}: {}",
                String::from_utf8_lossy(&ran.stderr)
            );
        }
    }
}

//! `--fix-plan`: the remedies as files that their programs take, whole or not at all, and nothing is applied.

use crate::support::{
    ctlmon, faults, has,
    markdown::assert_tame,
    needs,
    pki::{Authority, server, write},
    run,
    server::{page, runtime, serve},
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// A fault that is an error, where any will do.
const FAULT: &str = "account-role-bound-to-another";

/// Every file of a folder by its path in it; none where there is no folder.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut left = vec![folder.to_owned()];
    while let Some(place) = left.pop() {
        for entry in fs::read_dir(&place).into_iter().flatten() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
                continue;
            }
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o111, 0, "{}", path.display());
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            found.insert(name, fs::read_to_string(path).unwrap());
        }
    }
    found
}

fn ends(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|of| of == ending)
}

/// What every plan must be: each file is one that its program takes, and the README leads to each.
fn check(folder: &Path) -> BTreeMap<String, String> {
    let files = files(folder);
    let readme = &files["README.md"];
    assert!(readme.contains("A fix plan by ctlmon "), "{readme}");
    for (name, text) in &files {
        if name != "README.md" {
            assert!(readme.contains(&format!("[{name}]({name})")), "{name}: {readme}");
        }
        match name.rsplit_once('.').unwrap().1 {
            "sh" => {
                assert!(text.starts_with("#!/bin/sh\n") && text.contains("\nset -eu\n"), "{text}");
                let judged = Command::new("sh").arg("-n").arg(folder.join(name)).output().unwrap();
                assert!(judged.status.success(), "{name}: {judged:?}: {text}");
            }
            "yaml" => {
                assert_eq!(ctlmon::yaml::documents(text).map(|all| all.is_empty()), Ok(false), "{text}");
            }
            "md" => assert_tame(text),
            _ => panic!("{name}"),
        }
        let is_alternative = name.starts_with("alternatives/");
        assert_eq!(is_alternative, text.contains("this is an alternative"), "{name}: {text}");
    }
    files
}

#[test]
fn every_fault_gets_a_plan_whose_files_can_be_used() {
    let folder = TempDir::new().unwrap();
    for (fault, check_id) in faults() {
        let plan = folder.path().join(&fault);
        let mut doctor = ctlmon(folder.path());
        doctor.args(["doctor", "--lab", "-o", "json", "--fault", &fault, "--fix-plan"]).arg(&plan);
        let ran = run(doctor.args(needs(&[&fault])));
        assert_eq!(ran.code, i32::from(!ran.problems("error").is_empty()), "{fault}: {ran:?}");
        assert_eq!(ran.stderr, format!("wrote {}; begin with its README.md\n", plan.display()));
        let files = check(&plan);
        let readme = &files["README.md"];
        for said in ["2026-06-01T09:00:00Z", "kubernetes-admin@practice", "kubeadm"] {
            assert!(readme.contains(said), "{fault}: {said}: {readme}");
        }
        assert!(files.keys().any(|name| name.starts_with(&format!("01-{check_id}."))), "{fault}: {files:?}");
        // Every remedy of every problem is somewhere, and so is every line of it.
        let all: String = files.values().flat_map(|text| [text.as_str(), "\n"]).collect();
        for verdict in ran.json()["verdicts"].as_array().unwrap() {
            for remedy in verdict["remedies"].as_array().unwrap() {
                assert!(all.contains(remedy["title"].as_str().unwrap()), "{fault}: {remedy}");
                for line in remedy["steps"].as_array().unwrap().iter().flat_map(lines) {
                    assert!(all.contains(&line), "{fault}: {line}");
                }
            }
        }
    }
}

/// The lines of a step that are to be typed or written.
fn lines(step: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().trim_end().to_owned();
    match (&step["run"], &step["apply"], &step["edit"]["change"]) {
        (Value::Array(lines), ..) => lines.iter().map(text).collect(),
        (_, manifest @ Value::String(_), _) => vec![text(manifest)],
        (.., change @ Value::String(_)) => vec![text(change)],
        _ => Vec::new(),
    }
}

#[test]
fn alternatives_lie_apart_and_the_first_remedy_is_the_reports() {
    let folder = TempDir::new().unwrap();
    let ran = run(ctlmon(folder.path())
        .args(["doctor", "--lab", "-o", "json", "--fix-plan", "plan"])
        .args(["--fault", "etcd-client-cert-expired", "--fault", "scheduler-no-credentials"]));
    let files = check(&folder.path().join("plan"));
    let json = ran.json();
    let problems: Vec<&Value> = json["verdicts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|verdict| verdict["verdict"] == "problem")
        .collect();
    assert_eq!(problems.len(), 2);
    for (number, problem) in problems.iter().enumerate() {
        let check = problem["check"].as_str().unwrap();
        let prefix = format!("{:02}-{check}.", number + 1);
        for (place, remedy) in problem["remedies"].as_array().unwrap().iter().enumerate() {
            let prefix =
                if place == 0 { prefix.clone() } else { format!("alternatives/{prefix}or-{place}.") };
            let title = remedy["title"].as_str().unwrap();
            let of = files.iter().filter(|(name, _)| name.starts_with(&prefix));
            assert!(
                of.clone().count() > 0 && of.clone().all(|(_, text)| text.contains(title)),
                "{prefix}: {files:?}"
            );
        }
    }
}

#[test]
fn a_replay_writes_the_same_plan() {
    let folder = TempDir::new().unwrap();
    let arguments = ["doctor", "--lab", "--fault", FAULT, "--save", "seen", "--fix-plan", "live"];
    assert_eq!(run(ctlmon(folder.path()).args(arguments)).code, 1);
    let again = run(ctlmon(folder.path()).args(["doctor", "--from", "seen", "--fix-plan", "again"]));
    assert_eq!(again.code, 1, "{again:?}");
    assert_eq!(check(&folder.path().join("live")), check(&folder.path().join("again")));
}

#[test]
fn nothing_to_mend_writes_nothing() {
    let folder = TempDir::new().unwrap();
    let ran = run(ctlmon(folder.path()).args(["doctor", "--lab", "--fix-plan", "plan"]));
    assert_eq!((ran.code, ran.stderr.as_str()), (0, "no problem was found, so plan was not written\n"));
    assert!(!folder.path().join("plan").exists());
    assert_eq!(run(ctlmon(folder.path()).args(["doctor", "--fix-plan", "plan"])).code, 3, "no cluster");
    assert!(!folder.path().join("plan").exists());
}

#[test]
fn a_folder_that_is_there_stays_unless_force_is_said() {
    let folder = TempDir::new().unwrap();
    let doctor = |more: &[&str]| {
        run(ctlmon(folder.path())
            .args(["doctor", "--lab", "--fault", FAULT, "--fix-plan", "plan"])
            .args(more))
    };
    let plan = folder.path().join("plan");
    fs::create_dir(&plan).unwrap();
    fs::write(plan.join("mine.md"), "x").unwrap();
    assert!(doctor(&[]).error(3).contains("plan is there already"));
    assert!(doctor(&["--force"]).error(3).contains("which ctlmon has not written"));
    assert_eq!(files(&plan).into_keys().collect::<Vec<_>>(), ["mine.md"]);
    fs::remove_file(plan.join("mine.md")).unwrap();
    assert_eq!(doctor(&["--force"]).code, 1);
    let first = check(&plan);
    assert!(doctor(&[]).error(3).contains("--force") || first == files(&plan));
    assert_eq!(doctor(&["--force"]).code, 1);
    assert_eq!(check(&plan), first);
    let left: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(left, ["plan"], "nothing is left beside it");
    let ran = run(ctlmon(folder.path()).args(["doctor", "--lab", "--force"]));
    assert_eq!(ran.code, 2, "--force is for --fix-plan");
}

#[test]
fn what_a_server_says_is_neither_command_nor_markup() {
    let runtime = runtime();
    let authority = Authority::new("site");
    for text in [
        "x\nrm -rf /tmp/pwned",
        "$(touch pwned) `touch pwned`; touch pwned #'\"",
        "a | `` ``` <b>@octocat</b> \u{1b}[31m",
    ] {
        let folder = TempDir::new().unwrap();
        let ca = write(folder.path(), "ca.crt", &authority.pem).display().to_string();
        let token = write(folder.path(), "token", "hunter2-hunter2").display().to_string();
        let leaf = authority.issue(text, &server());
        let refusal = format!("Forbidden (user={text}, verb=get, resource=nodes, subresource=metrics)");
        let port = serve(&runtime, Some(&leaf), page("403 Forbidden", "text/plain", &refusal));
        let endpoint = format!("kubelet=https://127.0.0.1:{port}");
        let mut doctor = ctlmon(folder.path());
        doctor.args(["doctor", "--ca", &ca, "--token-file", &token, "--endpoint", &endpoint]);
        let ran = run(doctor.args(["--fix-plan", "plan"]));
        assert_eq!(ran.code, 1, "{ran:?}");
        let files = check(&folder.path().join("plan"));
        for (name, script) in files.iter().filter(|(name, _)| ends(name, "sh")) {
            let commands = script.lines().filter(|line| !line.starts_with('#'));
            assert!(commands.clone().all(|line| !line.contains("pwned")), "{name}: {script}");
        }
    }
}

#[test]
fn kubectl_takes_the_manifests() {
    const TEST: &str = "kubectl_takes_the_manifests";
    if !has(TEST, "kubectl") {
        return;
    }
    let folder = TempDir::new().unwrap();
    for (fault, _) in faults() {
        let plan = folder.path().join(&fault);
        run(ctlmon(folder.path()).args(["doctor", "--lab", "--fault", &fault, "--fix-plan"]).arg(&plan));
        for name in files(&plan).into_keys().filter(|name| ends(name, "yaml")) {
            // Without a server: what kubectl itself knows of manifests.
            let mut kubectl = Command::new("kubectl");
            kubectl
                .args(["label", "--local", "--dry-run=client", "-o", "name", "a=b", "-f"])
                .arg(plan.join(&name));
            let ran = run(kubectl.env("HOME", folder.path()));
            assert_eq!(ran.code, 0, "{fault}: {name}: {ran:?}");
        }
    }
}

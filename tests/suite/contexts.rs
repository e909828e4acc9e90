//! Several clusters in one run of `detect`: all at once, and none of them spoils another.

use crate::support::{
    Measured, Ran,
    api::{api, kubeconfig, silent},
    ctlmon, measured, run,
    server::runtime,
};
use std::{fs, sync::atomic::Ordering, time::Duration};
use tempfile::TempDir;

/// A healthy cluster, one where nobody listens, and one that takes connections and says nothing.
fn three(arguments: &[&str]) -> Ran {
    let runtime = runtime();
    let folder = TempDir::new().unwrap();
    let (healthy, _) = api(&runtime, &[], Duration::ZERO);
    let contexts = [("b-good", healthy), ("c-refused", 1), ("a-silent", silent(&runtime))];
    let contexts = contexts.map(|(name, port)| (name.to_owned(), port));
    let path = folder.path().join("config");
    fs::write(&path, kubeconfig(&contexts).to_string()).unwrap();
    let mut command = ctlmon(folder.path());
    command.arg("detect").args(arguments).arg("--kubeconfig").arg(&path);
    run(command.args(["--request-timeout", "500ms"]))
}

#[test]
fn one_bad_cluster_spoils_no_other() {
    let ran = three(&["--all-contexts"]);
    assert_eq!(ran.code, 3, "the worst of all: {ran:?}");
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(lines[0].starts_with("CONTEXT"), "{ran:?}");
    for (line, words) in [
        (1, vec!["a-silent", "-"]),
        (2, vec!["b-good", "kind", "v1.33.1", "certain"]),
        (3, vec!["c-refused", "-"]),
    ] {
        assert!(words.iter().all(|word| lines[line].contains(word)), "{}", lines[line]);
    }
    assert!(ran.stdout.contains("error  a-silent: cannot reach"), "{ran:?}");
    assert!(ran.stdout.contains("error  c-refused: cannot reach"), "{ran:?}");
    assert!(ran.stdout.ends_with("3 clusters, 2 without a name\n"), "{ran:?}");

    let names = three(&["--all-contexts", "-o", "name"]);
    assert_eq!(
        (names.code, names.stdout.as_str()),
        (3, "a-silent\tunknown\nb-good\tkind\nc-refused\tunknown\n")
    );
}

#[test]
fn contexts_are_answered_in_the_order_in_which_they_are_named() {
    let ran = three(&["--context", "c-refused", "--context", "b-good", "--context", "b-good", "-o", "json"]);
    let json = ran.json();
    let list = json.as_array().unwrap();
    assert_eq!(list.len(), 2, "each once");
    assert_eq!(list[0]["cluster"]["context"], "c-refused");
    assert!(list[0]["error"].as_str().unwrap().contains("refused"), "{json}");
    assert_eq!((&list[0]["exit"], &list[1]["exit"]), (&3.into(), &0.into()));
    assert_eq!(list[1]["cluster"]["context"], "b-good");
    assert_eq!(list[1]["distribution"]["id"], "kind");
    let yaml = three(&["--context", "c-refused", "--context", "b-good", "-o", "yaml"]);
    let yaml = &ctlmon::yaml::documents(&yaml.stdout).unwrap()[0];
    assert_eq!(yaml[1]["distribution"], list[1]["distribution"]);
}

#[test]
fn one_context_is_answered_as_ever_and_an_unknown_one_is_that_ones_error() {
    let one = three(&["--context", "b-good", "-o", "name"]);
    assert_eq!((one.code, one.stdout.as_str()), (0, "kind\n"));
    let all = three(&["--context", "b-good", "--context", "gone", "-o", "name"]);
    assert_eq!((all.code, all.stdout.as_str()), (3, "b-good\tkind\ngone\tunknown\n"));
}

#[test]
fn what_makes_no_sense_beside_several_clusters_is_a_usage_error() {
    for arguments in [
        &["--all-contexts", "--context", "b-good"][..],
        &["--all-contexts", "-f", "x"],
        &["--all-contexts", "--from", "x"],
        &["--all-contexts", "--save", "x"],
        &["--context", "a", "--context", "b", "--save", "x"],
    ] {
        assert_eq!(three(arguments).code, 2, "{arguments:?}");
    }
}

/// `cargo test --release --test suite contexts -- --ignored --nocapture`
#[test]
#[ignore = "measures time and memory, which mean something in a release build alone"]
fn two_hundred_clusters_take_as_long_as_one() {
    let runtime = runtime();
    let folder = TempDir::new().unwrap();
    let measure = |count: usize| {
        let (port, load) = api(&runtime, &[], Duration::from_millis(50));
        let contexts: Vec<(String, u16)> = (0..count).map(|number| (format!("c{number:03}"), port)).collect();
        let path = folder.path().join("config");
        fs::write(&path, kubeconfig(&contexts).to_string()).unwrap();
        let mut command = ctlmon(folder.path());
        command.args(["detect", "--all-contexts", "-o", "name", "--kubeconfig"]).arg(&path);
        let Measured { took, peak, ran } = measured(command);
        let text = ran.stdout;
        assert_eq!(text.lines().filter(|line| line.ends_with("\tkind")).count(), count, "{text}");
        let (requests, most) = (load.requests.load(Ordering::Relaxed), load.most.load(Ordering::Relaxed));
        println!("{count} clusters: {took:?}, {peak} KiB, {requests} requests, {most} at once");
        (took, peak)
    };
    measure(1);
    let (took, peak) = measure(200);
    assert!(took < Duration::from_secs(10) && peak < 300 << 10, "{took:?} {peak} KiB");
}

//! Where the distribution is known from: a name, a cluster, a recording, what kubectl printed.

use crate::support::{ctlmon, practice::Practice, run};
use serde_json::json;
use std::fs;

#[test]
fn a_cluster_and_its_recording_give_the_same_as_its_name() {
    let practice = Practice::start(&[]);
    let (folder, kubeconfig) = (practice.path(), practice.kubeconfig().to_str().unwrap());
    let gen_values = |more: &[&str]| run(ctlmon(folder).arg("gen-values").args(more));
    let live = gen_values(&["--kubeconfig", kubeconfig, "--save", "run.json"]);
    assert_eq!(live.code, 0, "{live:?}");
    let replayed = gen_values(&["--from", "run.json"]);
    assert_eq!((replayed.code, &replayed.stdout), (0, &live.stdout), "{replayed:?}");
    let bare = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !line.trim_start().starts_with('#')).map(str::to_owned).collect()
    };
    let named = gen_values(&["--distribution", "kubeadm"]);
    assert_eq!(bare(&live.stdout), bare(&named.stdout));
    let both = gen_values(&["--distribution", "kubeadm", "--kubeconfig", kubeconfig, "-o", "json"]).json();
    assert!(both["distribution"]["version"].is_string(), "the release is the cluster's: {both}");
}

#[test]
fn what_is_only_likely_is_said_loudly_and_what_is_unknown_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let node = |name: &str| json!({"kind": "NodeList", "apiVersion": "v1", "items": [{"metadata": {"name": name, "labels": {}}}]});
    fs::write(folder.path().join("kind.json"), node("kind-control-plane").to_string()).unwrap();
    fs::write(folder.path().join("any.json"), node("a").to_string()).unwrap();
    let likely = run(ctlmon(folder.path()).args(["gen-values", "-f", "kind.json"]));
    assert_eq!(likely.code, 0, "{likely:?}");
    assert!(likely.stdout.contains("# BEWARE: the distribution is not certain"), "{likely:?}");
    assert!(likely.stderr.contains("warning: probably kind"), "{likely:?}");
    let unknown = run(ctlmon(folder.path()).args(["gen-values", "-f", "any.json"]));
    assert!(
        unknown.error(3).contains("cannot be told") && unknown.stderr.contains("--distribution"),
        "{unknown:?}"
    );
    let nothing = run(ctlmon(folder.path()).arg("gen-values"));
    assert!(
        nothing.error(3).contains("no kubeconfig") && nothing.stderr.contains("--distribution ID"),
        "{nothing:?}"
    );
    let inner = run(ctlmon(folder.path()).args(["gen-values", "--distribution", "vcluster"]));
    assert!(inner.error(3).contains("vcluster") && inner.stderr.contains("cluster around it"), "{inner:?}");
}

//! What the command says, where it writes, and what it refuses.

use crate::support::{Ran, ctlmon, run};
use ctlmon::{
    distributions::{ALL, Exposure},
    model::component::Component,
};
use serde_json::Value;
use std::{fs, path::Path};
use tempfile::TempDir;

fn ran(arguments: &[&str]) -> Ran {
    let folder = TempDir::new().unwrap();
    run(ctlmon(folder.path()).arg("gen-values").args(arguments))
}

#[test]
fn prints_the_document_alone_and_talks_beside_it() {
    let ran = ran(&["--distribution", "kubeadm"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.stdout.starts_with("# Written by ctlmon") && ran.stdout.contains("useHostNetwork: true"),
        "{ran:?}"
    );
    assert_eq!(ran.stderr.lines().count(), Component::ALL.len(), "{ran:?}");
}

#[test]
fn says_of_each_component_what_the_table_says() {
    for distribution in ALL {
        let ran = ran(&["--distribution", distribution.id, "-o", "json"]);
        if ran.code != 0 {
            assert_eq!(ran.code, 3, "{ran:?}");
            continue;
        }
        let json = ran.json();
        let components = json["components"].as_array().unwrap();
        assert_eq!(components.len(), Component::ALL.len());
        for (component, said) in Component::ALL.into_iter().zip(components) {
            assert_eq!(said["component"], component.profile().id);
            let exposure = (distribution.exposure)(component, &distribution.identity());
            if let Exposure::Hidden { reason, .. } = exposure {
                assert_eq!(
                    (&said["collected"], &said["reason"]),
                    (&Value::Bool(false), &reason.into()),
                    "{said}"
                );
                continue;
            }
            let ports =
                exposure.listeners().iter().map(|listener| format!(":{}{}", listener.port, listener.path));
            let ports: Vec<String> =
                ports.chain([format!(":%%port%%{}", exposure.listeners()[0].path)]).collect();
            for instance in said["instances"].as_array().unwrap() {
                let several = instance["possible_prometheus_urls"].as_array().into_iter().flatten();
                let urls: Vec<&Value> = several.chain(instance.get("prometheus_url")).collect();
                assert!(!urls.is_empty(), "{instance}");
                for url in urls.into_iter().filter_map(Value::as_str) {
                    assert!(
                        ports.iter().any(|port| url.ends_with(port)),
                        "{}: {url}: {ports:?}",
                        distribution.id
                    );
                }
            }
            assert_eq!(said["collected"] == true, said["reason"].is_null(), "{said}");
        }
    }
}

#[test]
fn refuses_what_cannot_be() {
    let check = |arguments: &[&str], code: i32, words: &[&str]| {
        let ran = ran(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.starts_with("error: "), "{arguments:?}: {ran:?}");
        for word in words {
            assert!(ran.stderr.contains(word), "{word}: {arguments:?}: {ran:?}");
        }
    };
    let kubeadm = ["--distribution", "kubeadm"];
    let with = |more: &[&'static str]| [&kubeadm, more].concat();
    check(&["--distribution", "nothing"], 2, &["kubeadm", "kind"]);
    check(&with(&["--cluster-name", "Prod"]), 2, &["--cluster-name", "\"Prod\""]);
    check(&with(&["--cluster-name", "1prod", "--chart-version", "3.100.0"]), 2, &["letter first"]);
    check(&with(&["--namespace", "a b"]), 2, &["--namespace"]);
    check(&with(&["--site", "https://datadoghq.eu"]), 2, &["--site", "host name"]);
    check(&with(&["--tag", "a\nb"]), 2, &["--tag"]);
    check(&with(&["--kubelet-tls", "maybe"]), 2, &["verify, skip or ca=PATH"]);
    check(&with(&["--kubelet-tls", "ca=pki/ca.crt"]), 2, &["absolute path"]);
    check(&with(&["--chart-version", "new"]), 2, &["3.240.0"]);
    check(&with(&["--runners", "0"]), 2, &["at least 1"]);
    check(&with(&["--for", "all", "--etcd-source", "metrics"]), 2, &["loopback", "--for control-plane"]);
    check(&with(&["--for", "all", "--etcd-source", "node-certificate"]), 2, &["--for control-plane"]);
    check(&with(&["--etcd-source", "metrics-certificate"]), 2, &["no such listener", "auto"]);
    check(&with(&["--target-system", "windows"]), 2, &["--for workers"]);
    check(&with(&["--for", "workers", "--external-metrics"]), 2, &["Cluster Agent"]);
    check(&with(&["--for", "workers", "--release", "control-plane-ddagent"]), 2, &["another release"]);
    check(&["--distribution", "eks", "--exposed", "scheduler"], 2, &["no setting", "scheduler"]);
    check(&["--distribution", "eks", "--for", "control-plane"], 2, &["no node", "--for all"]);
    check(&["--distribution", "eks-fargate", "--logs"], 2, &["no node"]);
    check(&["--distribution", "eks", "--sidecar-account", "a/b"], 2, &["--sidecars"]);
    check(&["--distribution", "eks-fargate", "--sidecar-account", "a"], 2, &["NAMESPACE/NAME"]);
    check(&with(&["--etcd-pki-dir", "/x"]), 2, &["no certificate of the nodes"]);
    check(&with(&["--for", "workers", "--runners", "2"]), 2, &["Cluster Agent"]);
    check(&["--distribution", "kops", "--for", "workers", "--sidecars"], 2, &["Cluster Agent"]);
    check(&with(&["--format", "datadog-agent", "--no-leader-election"]), 2, &["--format helm"]);
    check(
        &with(&["--format", "datadog-agent", "--for", "workers", "--target-system", "windows"]),
        2,
        &["Windows"],
    );
    check(&with(&["--force"]), 2, &["--out"]);
    check(&with(&["--operator-version", "1.7.0"]), 2, &["--operator-version", "1.8.0 or newer"]);
    check(&with(&["--sidecars"]), 2, &["Fargate"]);
    check(&with(&["--checks-by", "annotations"]), 2, &["need no annotation"]);
    check(&with(&["--exposed", "kubelet"]), 2, &["scheduler"]);
}

#[test]
fn says_what_one_release_for_all_nodes_cannot_do() {
    let ran = ran(&["--distribution", "kubeadm", "--for", "all"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for component in ["etcd", "controller-manager", "scheduler"] {
        let line = ran.stderr.lines().find(|line| line.starts_with(&format!("{component}: NOT"))).unwrap();
        assert!(line.contains("--for control-plane and --for workers"), "{line}");
    }
    assert!(!ran.stdout.contains("hostPath") && !ran.stdout.contains("useHostNetwork"), "{ran:?}");
}

#[test]
fn a_folder_is_whole_and_never_over_another() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let write = |more: &[&str]| {
        let arguments = ["gen-values", "--distribution", "kubeadm", "--out", out.to_str().unwrap()];
        run(ctlmon(folder.path()).args(arguments).args(more))
    };
    let first = write(&["--for", "control-plane"]);
    assert_eq!((first.code, first.stdout.as_str()), (0, ""), "{first:?}");
    assert!(out.join("master-node-datadog-values.yaml").is_file(), "the article's name");
    for name in ["README.md", "undo.md", "manifests/00-namespace.yaml"] {
        assert!(fs::read_to_string(out.join(name)).unwrap().len() > 50, "{name}");
    }
    assert_eq!(write(&["--for", "workers"]).error(3).lines().count(), 1);
    assert!(!out.join("worker-node-datadog-values.yaml").exists());
    assert_eq!(write(&["--for", "workers", "--force"]).code, 0);
    assert!(
        out.join("worker-node-datadog-values.yaml").is_file()
            && !out.join("master-node-datadog-values.yaml").exists()
    );
    assert_eq!(write(&["--force"]).code, 0);
    assert!(out.join("values.yaml").is_file());
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, [Path::new("out").as_os_str()], "nothing beside it is left");
}

/// What is written needs no cluster; what is compared does.
#[test]
fn without_a_cluster_each_is_told_what_works() {
    let folder = TempDir::new().unwrap();
    let nowhere = ["--kubeconfig", "/nonexistent/kubeconfig"];
    for (more, hint, other) in [
        (&[][..], "--distribution ID", "--from FILE"),
        (&["--diff"], "--from FILE", "--distribution ID"),
        (&["--diff", "-o", "json", "--distribution", "kubeadm"], "--from FILE", "--distribution ID"),
    ] {
        let ran = run(ctlmon(folder.path()).arg("gen-values").args(nowhere).args(more));
        ran.error(3);
        assert!(ran.stderr.contains(hint) && !ran.stderr.contains(other), "{more:?}: {ran:?}");
    }
}

#[test]
fn a_platforms_key_is_written_where_the_chart_reads_it() {
    let talos = ["--distribution", "talos", "--for", "workers"];
    for (more, is_written) in [(&[][..], true), (&["--target-system", "windows"], false)] {
        let ran = ran(&[&talos[..], more].concat());
        assert_eq!((ran.code, ran.stdout.contains("talos\":")), (0, is_written), "{ran:?}");
    }
}

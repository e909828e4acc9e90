//! Every command that is printed for a setup, run as it is printed by a shell, with the real kubectl against the real API
//! server: each change as a strict dry run. Helm's lines are rendered by the real helm elsewhere.

use crate::{
    control_plane::{ControlPlane, Shared},
    manifests::install_datadog_crd,
    programs::Program,
    support::{ctlmon, run},
};
use ctlmon::distributions::ALL;
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tempfile::TempDir;

const FORMATS: [&str; 3] = ["helm", "datadog-agent", "argocd"];

/// What is tried with every distribution and format, as a user types it; what a distribution refuses is left out.
const OPTIONS: [&[&str]; 7] = [
    &[],
    &["--for", "workers"],
    &["--for", "all", "--external-metrics", "--api-key-secret", "api", "--token-secret", "0123"],
    &["--etcd-source", "secret"],
    &["--chart-version", "3.151.0", "--operator-version", "1.28.0"],
    &["--checks-by", "annotations", "--image-pull-secret", "pull"],
    &["--sidecar-account", "shop/web", "--sidecar-account", "1e3/on"],
];

/// Where the commands are tried: programs that stand in the way of the real ones, and what kubectl cannot make up.
struct Bench {
    plane: Shared,
    has_agents: bool,
    programs: TempDir,
    done: BTreeSet<String>,
}

impl Bench {
    fn set_up(test: &str) -> Option<Self> {
        let plane = ControlPlane::shared(test)?;
        let has_agents = install_datadog_crd(&plane, test);
        for (group, version, kind, plural) in [
            ("argoproj.io", "v1alpha1", "Application", "applications"),
            ("external-secrets.io", "v1", "ExternalSecret", "externalsecrets"),
        ] {
            let file = plane.file(&format!("{plural}.json"), &open(group, version, kind, plural).to_string());
            plane.apply(&file);
            let served = format!("/apis/{group}/{version}");
            plane.wait_for("a definition is not served", || plane.api.get(&served).is_ok()).unwrap();
        }
        for (namespace, name) in [
            ("openshift-etcd-operator", "etcd-metric-client"),
            ("openshift-monitoring", "kube-etcd-client-certs"),
        ] {
            plane.api.namespace(namespace);
            let data = json!({"tls.crt": "eA==", "tls.key": "eA==", "etcd-client.crt": "eA==", "etcd-client.key": "eA=="});
            let secret = json!({"metadata": {"name": name}, "type": "kubernetes.io/tls", "data": data});
            plane.api.ensure(&format!("/api/v1/namespaces/{namespace}/secrets"), &secret);
        }
        let programs = tempfile::tempdir().unwrap();
        let real = Program::Kubectl.path();
        let kubectl = format!(
            "#!/bin/sh\ncase \"$1\" in\napply|create) set -- \"$@\" --dry-run=server --validate=strict ;;\n\
             delete|annotate) set -- \"$@\" --dry-run=server ;;\nesac\nexec {} --kubeconfig {} \"$@\"\n",
            real.display(),
            plane.kubeconfig().display()
        );
        // Nobody types, and no chart is fetched.
        for (name, text) in [("kubectl", kubectl.as_str()), ("stty", "#!/bin/sh\n"), ("helm", "#!/bin/sh\n")]
        {
            let path = programs.path().join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        }
        Some(Self { plane, has_agents, programs, done: BTreeSet::new() })
    }

    /// Runs what is printed for one setup, unless the same was run before.
    fn try_all(&mut self, folder: &Path, setup: &Value, label: &str) {
        let mut manifests: Vec<PathBuf> = fs::read_dir(folder.join("manifests"))
            .unwrap()
            .chain(fs::read_dir(folder).unwrap())
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
            .collect();
        manifests.sort();
        let texts: Vec<String> = manifests.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
        texts
            .iter()
            .zip(&manifests)
            .filter(|(_, path)| path.parent() != Some(folder))
            .for_each(|(text, _)| self.make_room(text));
        let issued = folder.join("etcd-client");
        fs::create_dir_all(&issued).unwrap();
        for name in ["ca.crt", "tls.crt", "tls.key"] {
            fs::write(issued.join(name), "x").unwrap();
        }
        for step in setup["steps"].as_array().unwrap() {
            for part in ["commands", "undo"] {
                let lines: Vec<&str> =
                    step[part].as_array().unwrap().iter().filter_map(Value::as_str).collect();
                let named = |path: &PathBuf| {
                    lines.iter().any(|line| line.contains(path.file_name().unwrap().to_str().unwrap()))
                };
                let bodies: Vec<String> = manifests
                    .iter()
                    .zip(&texts)
                    .filter(|(path, _)| named(path))
                    .map(|(_, text)| bare(text))
                    .collect();
                if self.done.insert([lines.join("\n"), bodies.join("\n")].concat()) {
                    let ran = self.run(folder, &lines);
                    ran.unwrap_or_else(|said| panic!("{label}:\n{}\n{said}", lines.join("\n")));
                }
            }
        }
    }

    /// Runs lines in one shell; what was said where one of them failed.
    fn run(&self, folder: &Path, lines: &[&str]) -> Result<(), String> {
        let path = format!("{}:{}", self.programs.path().display(), std::env::var("PATH").unwrap());
        let mut shell = Command::new("sh")
            .args(["-e", "-c", &lines.join("\n")])
            .current_dir(folder)
            .env("PATH", path)
            .env("HOME", folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A shell that reads no key has ended, or closes its input.
        shell.stdin.take().unwrap().write_all(b"typed\ntyped\n").ok();
        let ended = shell.wait_with_output().unwrap();
        let said = [ended.stdout, ended.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        if ended.status.success() { Ok(()) } else { Err(said) }
    }

    /// What the objects of a manifest need that are not of this setup: their namespaces, and Services that are there.
    fn make_room(&self, text: &str) {
        for object in serde_yaml::from_multiple::<Value>(text).unwrap() {
            let metadata = &object["metadata"];
            let name = if object["kind"] == "Namespace" { &metadata["name"] } else { &metadata["namespace"] };
            let Some(namespace) = name.as_str() else { continue };
            self.plane.api.namespace(namespace);
            for subject in object["subjects"].as_array().into_iter().flatten() {
                self.plane.api.namespace(subject["namespace"].as_str().unwrap());
            }
            if object["kind"] == "Service" && object["spec"].is_null() && namespace != "default" {
                let service =
                    json!({"metadata": {"name": metadata["name"]}, "spec": {"ports": [{"port": 1}]}});
                self.plane.api.ensure(&format!("/api/v1/namespaces/{namespace}/services"), &service);
            }
        }
    }
}

/// The definition of a kind of which only the name is known here; its fields are held by lists elsewhere.
fn open(group: &str, version: &str, kind: &str, plural: &str) -> Value {
    let schema = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.{group}")},
        "spec": {
            "group": group, "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural, "singular": kind.to_lowercase(), "listKind": format!("{kind}List")},
            "versions": [{"name": version, "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}}],
        },
    })
}

/// Without comments: many distributions are configured alike.
fn bare(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with('#')).collect()
}

#[test]
fn kubectl_takes_every_command_of_every_setup() {
    const TEST: &str = "kubectl_takes_every_command_of_every_setup";
    let Some(mut bench) = Bench::set_up(TEST) else { return };
    for namespace in ["argocd", "shop", "1e3"] {
        bench.plane.api.namespace(namespace);
    }
    let work = tempfile::tempdir().unwrap();
    let out = work.path().join("out");
    let mut setups = 0;
    for distribution in ALL {
        let has_agents = bench.has_agents;
        for format in FORMATS.iter().filter(|format| **format != "datadog-agent" || has_agents) {
            for options in OPTIONS {
                let mut arguments = vec!["gen-values", "--distribution", distribution.id, "--format", format];
                arguments.extend(["-o", "json", "--force", "--out", out.to_str().unwrap()]);
                arguments.extend(options);
                fs::remove_dir_all(&out).ok();
                let ran = run(ctlmon(work.path()).args(&arguments));
                match ran.code {
                    0 => bench.try_all(&out, &ran.json(), &arguments.join(" ")),
                    2 | 3 => continue,
                    _ => panic!("{arguments:?}: {ran:?}"),
                }
                setups += 1;
            }
        }
    }
    assert!(setups > 3 * ALL.len(), "{setups} setups");
    println!("{TEST}: {setups} setups, {} scripts", bench.done.len());

    let kubernetes = bench.plane.api.get("/api/v1/namespaces/default/services/kubernetes").unwrap();
    assert!(kubernetes["metadata"]["annotations"].is_null(), "nothing was stored: {kubernetes}");
    let wrong =
        "apiVersion: v1\nkind: Service\nmetadata: {name: kubernetes, namespace: default, anotations: {}}\n";
    fs::write(work.path().join("wrong.yaml"), wrong).unwrap();
    let line = "kubectl apply --server-side --field-manager=ctlmon -f wrong.yaml";
    let said = bench.run(work.path(), &[line]).unwrap_err();
    assert!(said.contains("metadata.anotations"), "a wrong line would be seen: {said}");
}

/// What is found only in a cluster that was looked at: pods of Rancher's monitoring, with Services in front of them.
#[test]
fn kubectl_takes_the_services_in_front_of_ranchers_monitoring() {
    const TEST: &str = "kubectl_takes_the_services_in_front_of_ranchers_monitoring";
    let Some(mut bench) = Bench::set_up(TEST) else { return };
    let work = tempfile::tempdir().unwrap();
    let node = json!({"kind": "Node", "apiVersion": "v1", "metadata": {"name": "a", "annotations": {"rke.cattle.io/internal-ip": "10.0.0.1"}}});
    let monitoring =
        json!({"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "cattle-monitoring-system"}});
    let seen = work.path().join("seen.json");
    fs::write(&seen, json!({"kind": "List", "apiVersion": "v1", "items": [node, monitoring]}).to_string())
        .unwrap();
    for checks_by in ["files", "annotations"] {
        let out = work.path().join(checks_by);
        let arguments = ["gen-values", "-f", seen.to_str().unwrap(), "-o", "json", "--checks-by", checks_by];
        let ran = run(ctlmon(work.path()).args(arguments).args(["--out", out.to_str().unwrap()]));
        assert_eq!(ran.code, 0, "{ran:?}");
        let services = fs::read_to_string(out.join("manifests/20-services.yaml")).unwrap();
        assert_eq!(services.contains("endpoints.checks"), checks_by == "annotations", "{services}");
        bench.try_all(&out, &ran.json(), checks_by);
    }
}
